import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import { TAKE_BACK } from '../../src/chat/shown.ts';
import { Failure } from '../../src/failure.ts';
import { change } from './erasure-stage.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

const CARL = { platform: 'telegram', id: '1003', name: 'Carl' };

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  for (const [person, who] of [
    [ALICE, 'anna'],
    [CARL, 'carl'],
  ] as const) {
    await stage.press(person, action(await stage.say(person, 'enroll', [who]), 'agree', 1));
  }
});
afterEach(() => stage[Symbol.asyncDispose]());

const posts = () => [...stage.platform.posts];
const kept = () => stage.house.stores.pending.list('shown');
const nameOf = () => posts()[0]?.[0] ?? 'nothing is shown';
const deleted = (person: typeof ALICE, id = nameOf()) => stage.chat.deleteShown(person, { platform: 'telegram', id });

/** Bob shows the group a photo of these people. */
async function showOnly(...who: string[]): Promise<void> {
  const result = (await stage.agreed(BOB, 'find', [who.join()])).find(({ kind }) => kind === 'result');
  if (result?.kind !== 'result' || !result.show) throw new Error('nothing can be shown');
  await stage.press(BOB, result.show);
}

/** The same, once it is noted. */
async function show(...who: string[]): Promise<void> {
  const before = posts().length;
  await showOnly(...who);
  await expect.poll(() => posts().length).toBe(before + 1);
  await expect.poll(async () => (await kept()).length).toBe(before + 1);
}

async function forget(person: typeof ALICE): Promise<Reply> {
  const question = await stage.say(person, 'forget');
  const [receipt] = await stage.press(person, action(question, 'confirm'));
  if (!receipt) throw new Error('no receipt');
  return receipt;
}

describe('what a group was shown', () => {
  it.each([
    [['anna'], '“Alice” is in this picture: face 1.'],
    [['anna', 'eve'], '“Alice” is in this picture: face 1.\n1 other face is blurred.'],
    [
      ['eve', 'carl', 'anna', 'mallory'],
      '“Carl” is in this picture: face 2.\n“Alice” is in this picture: face 3.\n2 other faces are blurred.',
    ],
  ])('says of %j who is in it, and how many are blurred', async (who, text) => {
    await show(...who);
    expect(posts()[0]?.[1]).toMatchObject([{ text }]);
  });

  it('goes when somebody whom it names, or who showed it, deletes it, and for nobody else', async () => {
    const dora = { ...ALICE, id: '1004' };
    for (const person of [ALICE, CARL, BOB]) {
      await show('anna', 'carl');
      const id = nameOf();
      expect(await deleted(dora)).toBe('not_yours');
      expect(posts()).toHaveLength(1);
      expect(await deleted(person)).toBe('gone');
      expect(posts()).toEqual([]);
      expect(await kept()).toEqual([]);
      // Pressed again, while the first press was on its way.
      expect(await deleted(person, id)).toBe('gone');
    }
  });

  it('goes for anybody where nothing is noted of it: whom it names nobody can tell any more', async () => {
    await show('anna');
    // As after a process that ended between the two, or a store that lost its memory.
    for (const { id } of await kept()) await stage.house.stores.pending.drop('shown', id);
    stage.platform.deleting.refusal = 'out_of_reach';
    expect(await deleted(ALICE)).toBe('out_of_reach');
    delete stage.platform.deleting.refusal;
    expect(await deleted(ALICE)).toBe('gone');
    expect(posts()).toEqual([]);
  });

  it('stands in /mydata of whom it names, until it is deleted', async () => {
    const times = async (person: typeof ALICE) => {
      const [data] = await stage.say(person, 'mydata');
      return data?.kind === 'info' ? data.data : undefined;
    };
    await show('anna');
    const at = new Date(stage.clock.ms).toISOString();
    expect(await times(ALICE)).toMatchObject([{ shownToGroup: [at] }]);
    expect(await times(CARL)).toMatchObject([{ shownToGroup: [] }]);
    await deleted(ALICE);
    expect(await times(ALICE)).toMatchObject([{ shownToGroup: [] }]);
  });

  it('leaves out what could not be looked at, of which its asker read before', async () => {
    const replies = await stage.agreed(BOB, 'find', ['anna', '']);
    expect(replies).toMatchObject([{ kind: 'result' }, { kind: 'error', code: 'no_face' }]);
    const [first] = replies;
    if (first?.kind !== 'result' || !first.show) throw new Error('nothing can be shown');
    await stage.press(BOB, first.show);
    await expect.poll(() => posts().length).toBe(1);
    expect(posts()[0]?.[1]).toMatchObject([{ kind: 'result' }]);
    await expect.poll(async () => (await kept()).length).toBe(1);
  });

  it('is shown though its asker is to be told something, which they are with their next answer', async () => {
    const [found] = await stage.agreed(ALICE, 'find', ['carl']);
    if (found?.kind !== 'result' || !found.show) throw new Error('nothing can be shown');
    await stage.agreed({ ...ALICE, id: '1004' }, 'enroll', ['anna']);
    await stage.press(ALICE, found.show);
    await expect.poll(async () => (await kept()).length).toBe(1);
    expect(posts()[0]?.[1]).toMatchObject([{ kind: 'result' }]);
    expect(await stage.say(ALICE, 'find', ['carl'])).toMatchObject([{ kind: 'result' }, { kind: 'info' }]);
  });

  it('is never a photo with faces that were not looked at: nobody blurs them', async () => {
    for (const photos of [['anna,+9'], ['anna', 'carl,+1']]) {
      const results = await stage.agreed(BOB, 'find', photos);
      expect(results).toMatchObject(photos.map(() => ({ kind: 'result' })));
      for (const result of results) expect(result).not.toHaveProperty('show');
    }
  });

  it('goes with whomever it names, and the receipt says so', async () => {
    await show('anna');
    await show('anna', 'carl');
    await show('carl');
    const receipt = await forget(ALICE);
    expect(receipt).toMatchObject({ kind: 'receipt', text: expect.stringContaining('2 messages deleted.') });
    expect(claimsOf(receipt)).toMatchObject({ shown: { deleted: 2, left: 0 } });
    expect(posts()).toHaveLength(1);
    expect(await kept()).toHaveLength(1);
  });

  it('stays where the platform refuses, is counted, and of who left nothing is kept', async () => {
    await show('anna', 'carl');
    stage.platform.deleting.refusal = 'out_of_reach';
    expect(await deleted(ALICE)).toBe('out_of_reach');
    const receipt = await forget(ALICE);
    expect(receipt.text).toContain('1 more is out of my reach and still names you: ask an admin');
    expect(claimsOf(receipt)).toMatchObject({ shown: { deleted: 0, left: 1 } });
    expect(await deleted(ALICE)).toBe('not_yours');
    delete stage.platform.deleting.refusal;
    expect(await deleted(CARL)).toBe('gone');
  });

  it('keeps nobody from leaving while the platform is down', async () => {
    await show('anna');
    await show('anna', 'carl');
    stage.platform.deleting.refusal = new Failure('unavailable');
    expect(claimsOf(await forget(ALICE))).toMatchObject({ shown: { deleted: 0, left: 2 } });
    // The one that named her alone is known no more.
    expect(await kept()).toHaveLength(1);
    await expect(deleted(CARL, posts()[1]?.[0])).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('goes with whomever it names after a failure of the platform that passes, too', async () => {
    await show('anna');
    await show('anna', 'carl');
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
    expect(claimsOf(await forget(ALICE))).toMatchObject({ shown: { deleted: 2, left: 0 } });
    expect(posts()).toEqual([]);
  });

  it('stays when whoever showed it leaves, who can delete it no more', async () => {
    await show('anna');
    const receipt = await forget(BOB);
    expect(claimsOf(receipt)).not.toHaveProperty('shown');
    expect(posts()).toHaveLength(1);
    expect(await deleted(BOB)).toBe('not_yours');
    expect(await deleted(ALICE)).toBe('gone');
  });

  it('goes with who leaves the group, and with the bot’s removal', async () => {
    await show('anna');
    await stage.chat.left(CLUB, ALICE);
    expect(posts()).toEqual([]);
    await show('carl');
    await stage.chat.removed(CLUB);
    expect(await kept()).toEqual([]);
  });

  it('is of the group that the group became', async () => {
    await show('anna');
    // People are known under both ids, as when something was open while the group moved.
    await stage.press(CARL, action(await stage.say(CARL, 'enroll', ['carl'], { place: TEAM }), 'agree', 1), {
      place: TEAM,
    });
    await stage.chat.moved(CLUB, TEAM);
    const question = await stage.say(ALICE, 'forget', [], { place: TEAM });
    const [receipt] = await stage.press(ALICE, action(question, 'confirm'), { place: TEAM });
    expect(claimsOf(receipt)).toMatchObject({ shown: { deleted: 1, left: 0 } });
  });

  it('goes at once when somebody whom it names left while it was posted', async () => {
    let wasThere = false;
    const { answer } = stage.platform.courier;
    stage.platform.courier.answer = async (...args) => {
      const post = await answer(...args);
      if (post) await stage.flow.eraser.erase(ALICE, CLUB, 'left');
      wasThere ||= posts().length > 0;
      return post;
    };
    await showOnly('anna');
    await expect.poll(() => wasThere && posts().length === 0).toBe(true);
    await expect.poll(kept).toEqual([]);
  });

  it('knows nothing of who showed it and left while it was posted', async () => {
    let hasLeft = false;
    const { answer } = stage.platform.courier;
    stage.platform.courier.answer = async (...args) => {
      const post = await answer(...args);
      if (post) await stage.flow.eraser.erase(BOB, CLUB, 'left');
      hasLeft ||= post !== undefined;
      return post;
    };
    await showOnly('anna');
    await expect.poll(async () => hasLeft && (await kept()).length).toBe(1);
    stage.platform.deleting.refusal = 'out_of_reach';
    await expect.poll(() => deleted(BOB)).toBe('not_yours');
    delete stage.platform.deleting.refusal;
    expect(await deleted(ALICE)).toBe('gone');
  });

  it('does not stay where it cannot be noted', async () => {
    let wasThere = false;
    const { pending } = stage.house.stores;
    const { put } = pending;
    pending.put = async (shelf, item) => {
      if (shelf !== 'shown') return await put(shelf, item);
      wasThere = posts().length > 0;
      throw new Failure('busy');
    };
    await showOnly('anna');
    await expect.poll(() => wasThere && posts().length === 0).toBe(true);
  });
});

it('of whom it names no id, no name and no message’s id stands on the disk, and after /forget no byte', async () => {
  await show('anna');
  const [item] = await kept();
  if (!item) throw new Error('nothing is kept');
  const found = (text: string) => filesOf(stage.dataDir).some((bytes) => bytes.includes(text));
  expect(found(item.id)).toBe(true);
  for (const secret of [nameOf(), ALICE.name, `"${ALICE.id}"`]) expect(found(secret)).toBe(false);
  await forget(ALICE);
  expect(found(item.id)).toBe(false);
});

it('the button’s id fits every platform', () => expect(TAKE_BACK).toMatch(/^[\w:-]{1,64}$/));

function filesOf(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
}

function claimsOf(reply: Reply | undefined): object {
  const [, payload = ''] = reply?.kind === 'receipt' ? reply.receipt.split('.') : [];
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
