import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply, ResultFace } from '../../src/chat/reply.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage({ FINDS_PER_HOUR: '10000' });
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'find', ['nobody']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const facesOf = (replies: readonly Reply[]): ResultFace[] =>
  replies.flatMap((reply) => (reply.kind === 'result' ? reply.faces : []));
const distances = (replies: readonly Reply[]) =>
  facesOf(replies).map(({ matches }) => matches.map((match) => match.distance ?? 'not told'));

/** This many faces that somewhat resemble Anna's, each in another way. */
function likeAnna(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `anna${'~'.repeat(1 + index)}`);
}

it('somebody who is on a photo many times is named once, at the nearest face, with one distance', async () => {
  const replies = await stage.say(BOB, 'find', [['carl', 'anna~', 'anna', 'anna~~'].join()]);
  expect(distances(replies)).toEqual([[], [], [0], []]);
});

it('only one photo of a message says how near somebody is; the others say which photo that is', async () => {
  const replies = await stage.say(BOB, 'find', ['anna~,carl', 'anna', 'anna~~']);
  expect(distances(replies)).toEqual([['not told'], [], [0], ['not told']]);
  expect(replies.map(({ text }) => text)).toEqual([
    expect.stringContaining('“Alice” (face 1), match: how close stands at face 3'),
    expect.stringContaining('“Alice” (face 3), match: distance 0.00; at most 1 in '),
    expect.stringContaining('“Alice” (face 4), match: how close stands at face 3'),
  ]);
});

it('a collage of many likenesses is refused with the time to wait, and so is every search after it', async () => {
  const collage = () => [likeAnna(60).join()];
  // A collage of clear likenesses tells little, so only a search with many of them is refused.
  const first = await stage.say(BOB, 'find', Array.from({ length: 10 }, collage).flat());
  expect(first).toMatchObject([{ code: 'rate_limited', text: expect.stringMatching(/again in \d+ days/) }]);
  expect(await stage.say(BOB, 'find', ['carl'])).toMatchObject([{ code: 'rate_limited' }]);
  await stage.restart({});
  expect(await stage.say(BOB, 'find', ['carl'])).toMatchObject([{ code: 'rate_limited' }]);
});

it('somebody who searches for the same person again and again still gets the name when there are no more distances', async () => {
  for (let find = 0; find < 9; find++) expect(distances(await stage.say(BOB, 'find', ['anna']))).toEqual([[0]]);
  const [result] = await stage.say(BOB, 'find', ['anna']);
  expect(result).toMatchObject({ text: expect.stringMatching(/“Alice” \(face 1\), match$/m) });
});

it('on the page too, where there is no limit of finds', async () => {
  await stage[Symbol.asyncDispose]();
  stage = await openStage({}, 'alone');
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'find', ['nobody']);
  for (let find = 0; find < 9; find++) await stage.say(BOB, 'find', ['anna']);
  expect(distances(await stage.say(BOB, 'find', ['anna']))).toEqual([['not told']]);
});

it('/forget takes what was revealed of a person with it, byte for byte', async () => {
  await stage.say(BOB, 'find', ['anna']);
  const { pending } = stage.parts.stores;
  const [noted] = await pending.list('revealed');
  expect(await holds(noted?.id)).toBe(true);
  const asked = await stage.say(ALICE, 'forget');
  expect(await stage.press(ALICE, action(asked, 'confirm'))).toMatchObject([{ kind: 'receipt' }]);
  expect(await pending.list('revealed')).toEqual([]);
  expect(await holds(noted?.id)).toBe(false);
  expect(await holds(noted?.body)).toBe(false);
});

it('somebody who is erased and comes back has no new budget', async () => {
  for (let find = 0; find < 9; find++) await stage.say(BOB, 'find', ['anna']);
  await stage.press(BOB, action(await stage.say(BOB, 'forget'), 'confirm'));
  expect(distances(await stage.agreed(BOB, 'find', ['anna']))).toEqual([['not told']]);
});

it('/enroll reveals by its refusals no more than /find does: both spend the same budget', async () => {
  const { sameDistance } = nearTaken();
  let tries = 0;
  for (let refused = false; !refused && tries < 30; tries++) {
    const selfies = [0, 1, 2].map((index) => sameDistance(3 * tries + index));
    const [reply] = await stage.agreed(BOB, 'enroll', selfies);
    refused = reply?.kind === 'error' && reply.code === 'rate_limited';
  }
  // Three faces near the limit cost 1.2 of the 14 units.
  expect(tries).toBe(12);
  expect(await stage.say(BOB, 'find', ['carl'])).toMatchObject([{ code: 'rate_limited' }]);
});

/** The stage's face of Anna: one number is 1, and all others are 0. */
function annasFace(dims: number): Float32Array {
  const face = new Float32Array(dims);
  face[[...'anna'].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % dims, 7)] = 1;
  return face;
}

/** Selfies of one person just beyond the distance at which Anna's face counts as taken. */
function nearTaken() {
  const { matcher, dims } = stage.parts.recognition;
  let taken = 0;
  while (matcher.sameFace(taken)) taken += 0.01;
  const cosine = 1 - (taken + 0.03) ** 2 / 2;
  const annas = Array.from({ length: dims }, (_, at) => (annasFace(dims)[at] ? cosine : 0));
  const free = annas.flatMap((value, at) => (value === 0 ? [at] : []));
  const rest = Math.sqrt(1 - cosine ** 2);
  return {
    sameDistance(number: number): string {
      const own = Float32Array.from(annas);
      own[free[0] ?? 0] = rest * 0.9;
      own[free[1 + number] ?? 0] = rest * Math.sqrt(1 - 0.81);
      stage.embeddings.set(`like-${number}`, own);
      return `like-${number}`;
    },
  };
}

async function holds(text = '?'): Promise<boolean> {
  const files = await readdir(stage.dataDir);
  const bytes = await Promise.all(files.map((file) => readFile(join(stage.dataDir, file))));
  return bytes.some((one) => one.includes(text));
}

describe('if a group got another id, and was used under both,', () => {
  const supergroup = { ...CLUB, id: '-1000000500' };
  const revealed = () => stage.parts.stores.pending.list('revealed');

  /** Bob finds Alice this often under the old id, then the bot hears of the new one. */
  async function moves(finds: number) {
    for (let find = 0; find < finds; find++) await stage.say(BOB, 'find', ['anna']);
    const notice = await stage.say(BOB, 'find', ['carl'], { place: supergroup });
    await stage.press(BOB, action(notice, 'agree'), { place: supergroup });
    await stage.chat.moved(CLUB, supergroup);
  }

  it('what was revealed of somebody still counts', async () => {
    await moves(9);
    expect(distances(await stage.say(BOB, 'find', ['anna'], { place: supergroup }))).toEqual([['not told']]);
  });

  it('/forget erases it', async () => {
    await moves(1);
    expect(await revealed()).toHaveLength(1);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget', [], { place: supergroup }), 'confirm'));
    expect(await revealed()).toEqual([]);
  });
});
