import { describe, expect, it } from 'vitest';
import { expirePlaceholders } from '../../src/chat/answering/expiry.ts';
import { resumeHeard } from '../../src/chat/open-chat.ts';
import type { Person } from '../../src/consent/who.ts';
import { joinMoved } from '../../src/housekeeping/moved.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { SHELVES, type Shelf } from '../../src/queue/pending.ts';
import { ownerOf } from '../../src/queue/sealed-shelf.ts';
import { BESIDE, DORA, damage, damageBeside, openLivedIn, PRIVATE, putSealed, type Stage, swept } from './damage.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

/** Counts what people did, which must not begin anew for somebody who is erased and comes back. */
const OUTLIVES: readonly Shelf[] = ['proof', 'closed', 'taken', 'swept', 'presence', 'anchor', 'journal', 'witness'];

describe.each(SHELVES)('when the items of the shelf %s are damaged', (name) => {
  it('others do all they could, the program starts, and their owner can leave for good', async () => {
    const { stage, button } = await openLivedIn();
    await using _ = stage;
    let damaged = await damage(stage, name);
    if (damaged.length === 0) {
      await putSealed(stage, name);
      damaged = await damage(stage, name);
    }
    expect(damaged).not.toEqual([]);
    await goesOn(stage);
    // Alice goes on too: with the photo that was asked for, with her series, with another ask.
    const told = [
      ...(await stage.say(ALICE, '', ['anna'])),
      ...(await stage.say(ALICE, 'me', ['anna'], PRIVATE)),
      ...(await stage.say(ALICE, 'mydata')),
    ];
    expect(told.filter((reply) => reply.kind === 'error')).toEqual([]);
    await stage.restart();
    await startsAgain(stage);
    await goesOn(stage);
    const pressed = await stage.press(ALICE, button);
    if (name === 'parked') expect(pressed).toMatchObject([{ code: 'expired' }]);
    if (name === 'parked') expect(await forget(stage, ALICE)).toContain('receipt');
    else expect(kinds(pressed)).toContain('receipt');
    const { pending } = stage.parts.stores;
    for (const one of SHELVES) {
      const left = await pending.owned(one, ownerOf(stage.flow.keys, ALICE));
      expect([one, left.filter(({ body }) => body !== '')]).toEqual([one, []]);
    }
    const bob = ownerOf(stage.flow.keys, BOB);
    const left = (await pending.list(name)).filter(
      ({ id, owner, body }) => damaged.includes(id) && body !== '' && owner !== bob,
    );
    if (!OUTLIVES.includes(name)) expect(left).toEqual([]);
    expect(await stage.flow.eraser.unfinished()).toMatchObject({ count: 0 });
  });
});

/** The worst bit of each column. Once flipped, an id or owner is no text, or a time before 1970. */
const WORST = BESIDE.filter(([, [bit]]) => bit === 7 || bit === 63);

describe.each(SHELVES)('when what stands beside the values of the shelf %s is damaged', (name) => {
  it.each(WORST)(
    '(%s, bits %j) others do all they could, the program starts, and their owner can leave',
    async (...at) => {
      const { stage, button } = await openLivedIn();
      await using _ = stage;
      let damaged = await damageBeside(stage, name, at);
      if (damaged === 0) {
        await putSealed(stage, name);
        damaged = await damageBeside(stage, name, at);
      }
      // Items that belong to nobody have no owner that could be damaged.
      if (at[0] !== 'owner') expect(damaged).toBeGreaterThan(0);
      await goesOn(stage);
      await stage.restart();
      await startsAgain(stage);
      await goesOn(stage);
      // A noted erasure is done at the start. Otherwise Alice leaves now.
      if (name !== 'erasure' || isLost(name, at)) {
        const isReceipt = kinds(await stage.press(ALICE, button)).includes('receipt');
        if (!isReceipt) expect(await forget(stage, ALICE)).toContain('receipt');
      }
      await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
      await expect.poll(() => stage.flow.eraser.unfinished()).toMatchObject({ count: isLost(name, at) ? 1 : 0 });
    },
  );
});

/** A note whose id is no text any more is never found again. */
const isLost = (name: Shelf, [column, [bit]]: (typeof BESIDE)[number]) =>
  name === 'erasure' && column === 'id' && bit === 7;

it('a gesture is asked for anew when what is kept of the request is damaged', async () => {
  await using stage = await openStage({ ENROL_PROOF: 'gesture' });
  const asked = await stage.agreed(ALICE, 'enroll', ['anna', 'anna~']);
  await damage(stage, 'proof');
  expect(asked).toMatchObject([{ kind: 'confirm' }]);
  const again = await stage.say(ALICE, 'enroll', ['anna']);
  expect(again).toMatchObject([{ kind: 'confirm' }]);
  expect(await stage.proves(ALICE, again, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
});

/** Dora enrols, is found, finds herself, and leaves, while the program does its usual work. */
async function goesOn(stage: Stage): Promise<void> {
  await stage.press(DORA, action(await stage.say(DORA, 'enroll', ['dora']), 'agree', 1));
  expect(kinds(await stage.agreed(DORA, 'find', ['dora']))).toContain('result');
  expect(kinds(await stage.agreed(DORA, 'me', ['dora']))).toContain('presence');
  expect(kinds(await stage.say(DORA, 'mydata'))).not.toContain('error');
  await upkeep(stage.parts);
  await stage.workOnSeries();
  await swept(stage, 'gone', 365);
  await joinMoved(stage.parts);
  await stage.flow.progress.round();
  expect(await forget(stage, DORA)).toContain('receipt');
}

/** What the program does when it starts. */
async function startsAgain({ flow }: Stage): Promise<void> {
  await flow.alone.clear();
  await flow.series.resume();
  await expirePlaceholders(flow, () => true);
  await flow.eraser.resume(0);
  await resumeHeard(flow, 0);
}

async function forget(stage: Stage, person: Person): Promise<string[]> {
  return kinds(await stage.press(person, action(await stage.say(person, 'forget'), 'confirm')));
}

const kinds = (replies: readonly { readonly kind: string }[]) => replies.map(({ kind }) => kind);
