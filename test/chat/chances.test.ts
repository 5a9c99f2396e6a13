import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import { DAY_MS } from '../../src/consent/sweep.ts';
import type { Person } from '../../src/consent/who.ts';
import { face, faceAt } from '../gallery/people.ts';
import { ALICE, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const member = (n: number): Person => ({ platform: 'telegram', id: `${2000 + n}`, name: `Member ${n}` });

/**
 * Makes a face for `from`, and faces at these distances from it, each in a direction of its own.
 */
async function away(from: string, distances: Readonly<Record<string, number>>): Promise<void> {
  const { dims } = await describePack(DEFAULT_PACK, '');
  const own = face(dims);
  stage.embeddings.set(from, own);
  for (const [name, distance] of Object.entries(distances)) stage.embeddings.set(name, faceAt(distance, own));
}

describe('an answer', () => {
  it('counts the faces of all its photos: what is a match in one may be no more than possible in ten', async () => {
    await away('anna', { near: 1.16 });
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const named = (verdict: string) => ({ faces: [{ verdict, matches: [{ name: 'Alice', verdict }] }] });
    expect(await stage.agreed(BOB, 'find', ['near'])).toMatchObject([{ ...named('match'), compared: { faces: 1 } }]);
    const ten = Array.from({ length: 10 }, (_, index) => (index === 0 ? 'near' : `other ${index},another ${index}`));
    const [first, ...others] = await stage.say(BOB, 'find', ten);
    expect(first).toMatchObject({ ...named('possible'), compared: { faces: 19 } });
    for (const one of others) expect(one).toMatchObject({ compared: { faces: 19 } });
    expect(others.flatMap((one) => (one.kind === 'result' ? one.faces : [])).map(({ number }) => number)).toEqual(
      Array.from({ length: 18 }, (_, index) => index + 2),
    );
  });

  it('names nobody if that would be wrong more often than right, and says only that somebody looks similar', async () => {
    await away('anna', { similar: 1.165 });
    await stage.agreed(ALICE, 'enroll', ['anna']);
    for (let n = 1; n < 8; n++) await stage.agreed(member(n), 'enroll', [`face ${n}`]);
    const [answer] = await stage.agreed(BOB, 'find', ['similar']);
    expect(answer).toMatchObject({ faces: [{ verdict: 'possible', matches: [] }] });
    expect(answer?.text).toContain('somebody who is enrolled there looks similar');
    expect(answer?.text).not.toContain('Alice');
    // Nobody was found, so nobody is told of a find.
    expect((await stage.say(ALICE, 'mydata')).map(({ text }) => text).join()).toContain('Nobody has found you');
  });

  it('does not say that somebody looks similar if they have left the group', async () => {
    await away('anna', { similar: 1.165 });
    await stage.agreed(ALICE, 'enroll', ['anna']);
    for (let n = 1; n < 8; n++) await stage.agreed(member(n), 'enroll', [`face ${n}`]);
    stage.platform.memberships.set(ALICE.id, 'gone');
    const [answer] = await stage.agreed(BOB, 'find', ['similar']);
    expect(answer).toMatchObject({ faces: [{ verdict: 'unknown', matches: [] }] });
  });

  it('says no chance below 1 in 10,000', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const [answer] = await stage.agreed(BOB, 'find', ['anna']);
    expect(answer).toMatchObject({ faces: [{ matches: [{ distance: 0, chance: 1e-4 }] }] });
    expect(answer?.text).toContain('at most 1 in 10,000 answers like this would be wrong');
  });

  it('says whether its chances rest on the group’s own pairs, from 20 people on, or on the worst group measured, for a week at a time', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const worst = { templates: 1, faces: 1, power: expect.any(Number), chancesRestOn: 'worst' };
    expect(await stage.agreed(BOB, 'find', ['anna~'])).toMatchObject([{ compared: worst }]);
    for (let n = 1; n < 20; n++) await stage.agreed(member(n), 'enroll', [`face ${n}`]);
    expect(await stage.say(BOB, 'find', ['anna~'])).toMatchObject([{ compared: { ...worst, templates: 20 } }]);
    stage.clock.ms += 7 * DAY_MS;
    const own = { ...worst, templates: 20, chancesRestOn: 'own' };
    expect(await stage.say(BOB, 'find', ['anna~'])).toMatchObject([{ compared: own }]);
  });
});
