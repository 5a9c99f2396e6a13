import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import { de, en } from '../support/words.ts';
import { ALICE, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const detailsOf = (replies: readonly Reply[]) =>
  replies.flatMap((reply) => (reply.kind === 'result' ? (reply.details ?? []) : []));
const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join('\n');

/** The answer to Bob's search of these photos, and the one button that explains it. */
async function found(photos = ['anna']) {
  const replies = await stage.agreed(BOB, 'find', photos);
  const [details, ...others] = detailsOf(replies);
  expect(others).toEqual([]);
  return { replies, details: details ?? expect.fail('no details') };
}

/** The distances in a text, in its order. */
const figures = (text: string) => [...text.matchAll(/\d\.\d\d/g)].map(Number);

describe('an answer that names somebody', () => {
  it('begins with the names, one line each; the scale is behind one button for all photos', async () => {
    const { replies } = await found(['carl', 'anna,carl', 'anna~']);
    const lines = textOf(replies.slice(1)).split('\n');
    expect(lines[0]).toMatch(/^Photo 2: “Alice” \(face 2\), match: distance 0\.00; at most 1 in [\d,]+ answers/);
    expect(lines[1]).toBe('1 of these 2 people is enrolled in “Club”.');
    expect(textOf(replies)).not.toContain(en.find.details.how);
  });

  it('is explained with its own limits, rounded as distances are, and without anybody in it', async () => {
    const { replies, details } = await found();
    expect(details.label).toBe('Details');
    const [explained, ...others] = await stage.press(BOB, details);
    expect(others).toEqual([]);
    const text = explained?.text ?? '';
    expect(text).toContain(en.find.details.how);
    expect(text).toContain(en.find.details.chance({ rest: 'other' }));
    expect(text).not.toContain('Alice');
    const compared = replies[0]?.kind === 'result' && replies[0].compared;
    const limits = compared ? stage.parts.recognition.matcher.limits(compared) : expect.fail('not compared');
    const [, match = 0, possible = match] = figures(text);
    expect(Math.abs(match - limits.match)).toBeLessThanOrEqual(0.0251);
    expect(Math.abs(possible - limits.possible)).toBeLessThanOrEqual(0.0251);
    for (const shown of [match, possible]) expect(Math.abs(shown * 20 - Math.round(shown * 20))).toBeLessThan(1e-9);
  });

  it('is explained as often as somebody likes, after a restart and days later, for nothing', async () => {
    const { details } = await found();
    const first = textOf(await stage.press(BOB, details));
    const told = await stage.parts.stores.pending.list('revealed');
    const { length } = stage.platform.fetched;
    await stage.restart();
    stage.clock.ms += 30 * 86_400_000;
    expect(textOf(await stage.press(BOB, details))).toBe(first);
    expect(await stage.parts.stores.pending.list('revealed')).toEqual(told);
    expect(stage.platform.fetched).toHaveLength(length);
  });

  it('is explained in the language of who presses', async () => {
    const { details } = await found();
    expect(textOf(await stage.press(BOB, details, { locale: 'de' }))).toContain(de.find.details.how);
  });

  it('whose limits differ, but are the same once rounded, is explained by what holds for both', async () => {
    // A match ends at 0.78 and a possible at 0.82, say.
    const text = textOf(await stage.press(BOB, { id: 'details:80-80-own' }));
    expect(text).toContain('everybody who is named, as a match or as possible, is at most about 0.80 away');
  });

  it('judged by a plain threshold says that one', async () => {
    await stage.restart({ MATCH_DISTANCE: '0.8' });
    const { details } = await found();
    const told = en.find.details.limits({ isOne: true, match: '0.80', possible: '0.80' });
    expect(textOf(await stage.press(BOB, details))).toContain(told);
  });
});

it('an answer that names nobody has no such button', async () => {
  expect(detailsOf(await stage.agreed(BOB, 'find', ['carl']))).toEqual([]);
});

it('a button that was made up explains nothing', async () => {
  for (const id of ['details:', 'details:90-100-mine', 'details:9000-1-own', 'details:90-100-own-more']) {
    expect(await stage.press(BOB, { id })).toMatchObject([{ code: 'expired' }]);
  }
});
