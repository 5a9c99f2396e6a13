import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TAKE_BACK } from '../../src/chat/showing/shown.ts';
import { Failure } from '../../src/failure.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { change } from './erasure-stage.ts';
import { CARL, claimsOf, openShows } from './shown-stage.ts';
import { ALICE, action, BOB, CLUB, TEAM } from './stage.ts';

let shows: Awaited<ReturnType<typeof openShows>>;
let stage: (typeof shows)['stage'];
beforeEach(async () => {
  shows = await openShows();
  ({ stage } = shows);
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('what a group was shown', () => {
  it.each([
    [['anna'], '“Alice” is in this picture: face 1.'],
    [['anna', 'eve'], '“Alice” is in this picture: face 1.\n1 other face is blurred.'],
    [
      ['eve', 'carl', 'anna', 'mallory'],
      '“Carl” is in this picture: face 2.\n“Alice” is in this picture: face 3.\n2 other faces are blurred.',
    ],
  ])('says of %j who is in it, and how many are blurred', async (who, text) => {
    await shows.show(...who);
    expect(shows.posts()[0]?.[1]).toMatchObject([{ text }]);
  });

  it('is deleted by somebody whom it names, or who showed it, and by nobody else', async () => {
    const dora = { ...ALICE, id: '1004' };
    for (const person of [ALICE, CARL, BOB]) {
      await shows.show('anna', 'carl');
      const id = shows.nameOf();
      expect(await shows.deleted(dora)).toBe('not_yours');
      expect(shows.posts()).toHaveLength(1);
      expect(await shows.deleted(person)).toBe('gone');
      expect(shows.posts()).toEqual([]);
      expect(await shows.kept()).toEqual([]);
      // The button is pressed again while the first press is still being answered.
      expect(await shows.deleted(person, id)).toBe('gone');
    }
  });

  it('is deleted by anybody if it is not noted, because nobody can tell any more whom it names', async () => {
    await shows.show('anna');
    // This happens when a process ends between the post and its note, or a store loses its memory.
    for (const { id } of await shows.kept()) await stage.parts.stores.pending.drop('shown', id);
    stage.platform.deleting.refusal = 'out_of_reach';
    expect(await shows.deleted(ALICE)).toBe('out_of_reach');
    delete stage.platform.deleting.refusal;
    expect(await shows.deleted(ALICE)).toBe('gone');
    expect(shows.posts()).toEqual([]);
  });

  it('is mentioned in /mydata of the people it names, until it is deleted', async () => {
    const times = async (person: typeof ALICE) => {
      const [data] = await stage.say(person, 'mydata');
      return data?.kind === 'info' ? data.data : undefined;
    };
    await shows.show('anna');
    const at = new Date(stage.clock.ms).toISOString();
    expect(await times(ALICE)).toMatchObject([{ shownToGroup: [at] }]);
    expect(await times(CARL)).toMatchObject([{ shownToGroup: [] }]);
    await shows.deleted(ALICE);
    expect(await times(ALICE)).toMatchObject([{ shownToGroup: [] }]);
  });

  it('leaves out photos that could not be looked at, because its asker has read of them', async () => {
    const replies = await stage.agreed(BOB, 'find', ['anna', '']);
    expect(replies).toMatchObject([{ kind: 'result' }, { kind: 'error', code: 'no_face' }]);
    const [first] = replies;
    if (first?.kind !== 'result' || !first.show) throw new Error('nothing can be shown');
    await stage.press(BOB, first.show);
    await expect.poll(() => shows.posts().length).toBe(1);
    expect(shows.posts()[0]?.[1]).toMatchObject([{ kind: 'result' }]);
    await expect.poll(shows.noted).toBe(1);
  });

  it('is shown even if its asker has alerts, which come with their next answer', async () => {
    const [found] = await stage.agreed(ALICE, 'find', ['carl']);
    if (found?.kind !== 'result' || !found.show) throw new Error('nothing can be shown');
    await stage.agreed({ ...ALICE, id: '1004' }, 'enroll', ['anna']);
    await stage.press(ALICE, found.show);
    await expect.poll(shows.noted).toBe(1);
    expect(shows.posts()[0]?.[1]).toMatchObject([{ kind: 'result' }]);
    expect(await stage.say(ALICE, 'find', ['carl'])).toMatchObject([{ kind: 'result' }, { kind: 'info' }]);
  });

  it('is never a photo with faces that were not looked at, because they are not blurred', async () => {
    for (const photos of [['anna,+9'], ['anna', 'carl,+1']]) {
      const results = await stage.agreed(BOB, 'find', photos);
      expect(results).toMatchObject(photos.map(() => ({ kind: 'result' })));
      for (const result of results) expect(result).not.toHaveProperty('show');
    }
  });

  it('is deleted with every person whom it names, and the receipt says so', async () => {
    await shows.show('anna');
    await shows.show('anna', 'carl');
    await shows.show('carl');
    const receipt = await shows.forget(ALICE);
    expect(receipt).toMatchObject({ kind: 'receipt', text: expect.stringContaining('2 messages deleted.') });
    expect(claimsOf(receipt)).toMatchObject({ shown: { deleted: 2, left: 0 } });
    expect(shows.posts()).toHaveLength(1);
    expect(await shows.kept()).toHaveLength(1);
  });

  it('stays if the platform refuses, is counted, and keeps nothing of the person who left', async () => {
    await shows.show('anna', 'carl');
    stage.platform.deleting.refusal = 'out_of_reach';
    expect(await shows.deleted(ALICE)).toBe('out_of_reach');
    const receipt = await shows.forget(ALICE);
    expect(receipt.text).toContain('1 more is out of my reach and may still name you: ask an admin');
    expect(claimsOf(receipt)).toMatchObject({ shown: { deleted: 0, left: 1 } });
    expect(await shows.deleted(ALICE)).toBe('not_yours');
    delete stage.platform.deleting.refusal;
    expect(await shows.deleted(CARL)).toBe('gone');
  });

  it('keeps nobody from leaving while the platform is down: it is deleted later, and the receipt says so', async () => {
    await shows.show('anna');
    await shows.show('anna', 'carl');
    stage.platform.deleting.refusal = new Failure('unavailable');
    const receipt = await shows.forget(ALICE);
    expect(claimsOf(receipt)).toMatchObject({ shown: { deleted: 0, left: 2 } });
    expect(receipt.text).toContain('2 more cannot be deleted now, because their platform does not answer: I try again');
    await expect(shows.deleted(CARL, shows.posts()[1]?.[0])).rejects.toMatchObject({ code: 'unavailable' });
    // The program tries again, after a restart too, as often as needed.
    await stage.restart();
    await upkeep(stage.parts);
    expect(shows.posts()).toHaveLength(2);
    delete stage.platform.deleting.refusal;
    await upkeep(stage.parts);
    expect(shows.posts()).toEqual([]);
    expect(await shows.kept()).toEqual([]);
  });

  it('that waits to be deleted is noted without any person', async () => {
    await shows.show('anna', 'carl');
    stage.platform.deleting.refusal = new Failure('unavailable');
    await shows.forget(ALICE);
    expect(claimsOf(await shows.forget(CARL))).not.toHaveProperty('shown');
    expect(await shows.kept()).toHaveLength(1);
  });

  it('is deleted with people whom it names after a passing failure of the platform, too', async () => {
    await shows.show('anna');
    await shows.show('anna', 'carl');
    const courier = stage.flow.couriers.telegram;
    if (!courier?.takeBack) throw new Error('nothing can be taken back');
    const { takeBack } = courier;
    let asked = 0;
    change(courier, {
      async takeBack(post) {
        asked += 1;
        if (asked === 1) throw new Failure('unavailable');
        return await takeBack(post);
      },
    });
    expect(claimsOf(await shows.forget(ALICE))).toMatchObject({ shown: { deleted: 2, left: 0 } });
    expect(shows.posts()).toEqual([]);
  });

  it('stays when the person who showed it leaves, who can then no longer delete it', async () => {
    await shows.show('anna');
    const receipt = await shows.forget(BOB);
    expect(claimsOf(receipt)).not.toHaveProperty('shown');
    expect(shows.posts()).toHaveLength(1);
    expect(await shows.deleted(BOB)).toBe('not_yours');
    expect(await shows.deleted(ALICE)).toBe('gone');
  });

  it('is deleted with people who leave the group, and when the bot is removed', async () => {
    await shows.show('anna');
    await stage.chat.left(CLUB, ALICE);
    expect(shows.posts()).toEqual([]);
    await shows.show('carl');
    await stage.chat.removed(CLUB);
    expect(await shows.kept()).toEqual([]);
  });

  it('belongs to the group that the group became', async () => {
    await shows.show('anna');
    // Carl is now enrolled under both ids of the group. That happens when somebody enrols under the
    // new id before the bot hears of the move.
    await stage.press(CARL, action(await stage.say(CARL, 'enroll', ['carl'], { place: TEAM }), 'agree', 1), {
      place: TEAM,
    });
    await stage.chat.moved(CLUB, TEAM);
    const question = await stage.say(ALICE, 'forget', [], { place: TEAM });
    const [receipt] = await stage.press(ALICE, action(question, 'confirm'), { place: TEAM });
    expect(claimsOf(receipt)).toMatchObject({ shown: { deleted: 1, left: 0 } });
  });
});

it('leaves no id, no name and no message’s id on the disk, and after /forget no byte', async () => {
  await shows.show('anna');
  const [item] = await shows.kept();
  if (!item) throw new Error('nothing is kept');
  const found = (text: string) => filesOf(stage.dataDir).some((bytes) => bytes.includes(text));
  expect(found(item.id)).toBe(true);
  for (const secret of [shows.nameOf(), ALICE.name, `"${ALICE.id}"`]) expect(found(secret)).toBe(false);
  await shows.forget(ALICE);
  expect(found(item.id)).toBe(false);
});

it('the button’s id fits every platform', () => expect(TAKE_BACK).toMatch(/^[\w:-]{1,64}$/));

function filesOf(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
}
