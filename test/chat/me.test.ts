import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import type { Mark } from '../../src/face/face.ts';
import { Failure } from '../../src/failure.ts';
import { distanceBetween, meanDirection } from '../../src/match/distance.ts';
import { presenceIn, textOf } from './presence.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const marksOf = (replies: readonly Reply[]) =>
  presenceIn(replies).photos.flatMap(({ picture }): Mark[][] =>
    picture ? [JSON.parse(Buffer.from(picture.jpeg).toString())] : [],
  );
const verdicts = (replies: readonly Reply[]) => presenceIn(replies).photos.map(({ verdict }) => verdict);

/** A face at this distance from Anna's. */
async function away(name: string, distance: number) {
  const anna = (await stage.flow.gallery.dossier(await stage.scope(), ALICE))?.templates[0]?.embedding;
  if (!anna) throw new Error('Alice is not enrolled');
  const cosine = 1 - distance ** 2 / 2;
  const across = anna.indexOf(0);
  const face = anna.map((value, at) => (at === across ? Math.sqrt(1 - cosine ** 2) : value * cosine));
  expect(distanceBetween(anna, face)).toBeCloseTo(distance, 3);
  stage.embeddings.set(name, face);
}

describe('/me', () => {
  beforeEach(async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
  });

  it('of photos that cannot be looked at says why, and nothing of the asker', async () => {
    await stage.agreed(ALICE, 'me', ['anna']);
    const { fetchPhoto } = stage.platform.courier;
    const bad = new Set(['broken', 'torn']);
    Object.assign(stage.platform.courier, {
      fetchPhoto: async (...of: Parameters<typeof fetchPhoto>) => {
        if (bad.has(String(of[0].who))) throw new Failure('image_unreadable');
        return await fetchPhoto(...of);
      },
    });
    const refused = { kind: 'error', code: 'image_unreadable' };
    expect(await stage.say(ALICE, 'me', ['broken', 'torn'])).toMatchObject([refused, refused]);
    const some = await stage.say(ALICE, 'me', ['broken', 'anna', 'anna~']);
    expect(some).toMatchObject([{ text: 'You are in photos 2 and 3 of 3.' }, refused]);
  });

  it('asks for a purpose of its own, and says in which photos the asker is', async () => {
    const notice = await stage.say(ALICE, 'me', ['anna~,ben', 'ben', '', 'carl,anna~']);
    expect(notice).toMatchObject([{ kind: 'consent', text: expect.stringContaining('I look for you alone') }]);
    const replies = await stage.press(ALICE, action(notice, 'agree'));
    expect(presenceIn(replies)).toMatchObject({ seen: 4, found: 2, text: 'You are in photos 1 and 4 of 4.' });
    expect(verdicts(replies)).toEqual(['match', 'absent', 'absent', 'match']);
    const { agreed } = await stage.flow.gallery.standing(await stage.scope(), ALICE);
    expect(Object.keys(agreed).toSorted()).toEqual(['enrol', 'self']);
  });

  it('gives back those photos alone, with the asker framed and everybody else blurred', async () => {
    const replies = await stage.agreed(ALICE, 'me', ['ben', 'carl,anna~,ben']);
    const [marks, ...others] = marksOf(replies);
    expect(others).toEqual([]);
    expect(marks?.map(({ box: [x], tone }) => [x, tone])).toEqual([
      [10, 'blur'],
      [100, 'match'],
      [190, 'blur'],
    ]);
    expect(marks?.find(({ tone }) => tone === 'match')?.number).toBe(2);
  });

  it('names nobody else who is enrolled, and counts for nobody as a find', async () => {
    await stage.agreed(BOB, 'enroll', ['ben']);
    const replies = await stage.agreed(ALICE, 'me', ['ben', 'anna~,ben']);
    expect(textOf(replies)).toBe('You are in photo 2 of 2.');
    expect(textOf(await stage.say(BOB, 'mydata'))).toContain('Nobody has found you');
    expect(textOf(await stage.say(ALICE, 'mydata'))).toContain('Nobody has found you');
    expect(textOf(await stage.say(ALICE, 'mydata'))).toContain('You agreed to look for yourself');
  });

  it('neither enrols nor lets search: whoever is not enrolled is told to do that first, before any notice', async () => {
    expect(await stage.say(BOB, 'me', ['ben'])).toMatchObject([
      { kind: 'error', code: 'not_enrolled', text: expect.stringContaining('Send /enroll with a selfie first') },
    ]);
    expect(await stage.flow.gallery.standing(await stage.scope(), BOB)).toMatchObject({ agreed: {} });
    await stage.agreed(ALICE, 'me', ['anna']);
    expect(await stage.say(ALICE, 'find', ['anna'])).toMatchObject([{ kind: 'consent' }]);
  });

  it('counts the chance for the whole answer: what is a match alone may be one of many by chance', async () => {
    await away('near', 1.16);
    expect(verdicts(await stage.agreed(ALICE, 'me', ['near']))).toEqual(['match']);
    const ten = Array.from({ length: 10 }, (_, index) => (index === 0 ? 'near' : `other ${index},another ${index}`));
    const replies = await stage.say(ALICE, 'me', ten);
    expect(verdicts(replies)[0]).toBe('possible');
    expect(marksOf(replies)).toEqual([]);
    expect(textOf(replies)).toContain('You may be in photo');
    const shown = await stage.press(ALICE, action(replies, 'confirm'));
    expect(marksOf(shown)).toHaveLength(1);
  });

  it('finds by all selfies together what would be uncertain by each of them', async () => {
    await away('old', 1);
    await stage.say(ALICE, 'enroll', ['old']);
    const { templates = [] } = (await stage.flow.gallery.dossier(await stage.scope(), ALICE)) ?? {};
    const [anna, old] = templates.map(({ embedding }) => embedding);
    if (!anna || !old) throw new Error('no two selfies');
    const mean = meanDirection([anna, old]);
    const across = anna.findIndex((value, at) => value === 0 && old[at] === 0);
    const cosine = 1 - 1.1 ** 2 / 2;
    stage.embeddings.set(
      'between',
      mean.map((value, at) => (at === across ? Math.sqrt(1 - cosine ** 2) : value * cosine)),
    );
    const ten = Array.from({ length: 10 }, (_, index) => (index === 0 ? 'between' : `other ${index},another ${index}`));
    expect(verdicts(await stage.agreed(ALICE, 'me', ten))[0]).toBe('match');
  });

  describe('with a photo that surely shows the asker', () => {
    const others = Array.from({ length: 8 }, (_, index) => `other ${index},another ${index}`);

    /**
     * `sure` is near Anna's selfie. `late` is too far from the selfie, but near enough to the mean
     * direction of the selfie and `sure`.
     */
    beforeEach(async () => {
      await away('sure', 0.8);
      const anna = (await stage.flow.gallery.dossier(await stage.scope(), ALICE))?.templates[0]?.embedding;
      const sure = stage.embeddings.get('sure');
      if (!anna || !sure) throw new Error('no face');
      const across = anna.findIndex((value, at) => value === 0 && sure[at] === 0);
      const late = sure.map((value, at) => (at === across ? Math.sqrt(0.75) : value / 2));
      stage.embeddings.set('late', late);
      expect(distanceBetween(anna, late)).toBeGreaterThan(1.14);
      expect(distanceBetween(meanDirection([anna, sure]), late)).toBeLessThan(1.05);
    });

    it('finds on the others what the selfie alone leaves uncertain', async () => {
      const alone = await stage.agreed(ALICE, 'me', ['late', 'nobody,else', ...others]);
      expect(verdicts(alone)[0]).toBe('possible');
      const together = await stage.say(ALICE, 'me', ['late', 'sure', ...others]);
      expect(verdicts(together).slice(0, 3)).toEqual(['match', 'match', 'absent']);
      expect(marksOf(together)).toHaveLength(2);
    });

    it('goes no further by a photo that was taken out: it shows somebody else', async () => {
      const replies = await stage.agreed(ALICE, 'me', ['late', 'sure', ...others]);
      const second = presenceIn(replies).actions?.find(({ label }) => label === 'Photo 2 is not me');
      const without = await stage.press(ALICE, second ?? { id: '' });
      expect(verdicts(without).slice(0, 2)).toEqual(['possible', 'absent']);
    });

    it('counts each look, so that all of them keep the chance of one', async () => {
      const { matcher } = stage.parts.recognition;
      const limit = (looks: number) =>
        matcher.distanceAtChance(0.01, { templates: looks, faces: 18, power: matcher.powerIn(undefined) });
      await away('near', (limit(1) + limit(3)) / 2);
      const one = await stage.agreed(ALICE, 'me', ['near', 'no,body', ...others]);
      expect(verdicts(one)[0]).toBe('match');
      // The photo "anna" has the same face as the selfie, so looking for both finds nothing more.
      // But it makes further looks possible, and the chance counts these.
      const more = await stage.say(ALICE, 'me', ['near', 'anna', ...others]);
      expect(verdicts(more).slice(0, 2)).toEqual(['possible', 'match']);
    });

    it('finds in a later part of an album what an earlier one left open, and says which that may be', async () => {
      const album = { args: 'of 30' };
      await stage.agreed(ALICE, 'me', ['ben']);
      const [open] = presenceIn(await stage.say(ALICE, 'me', ['late', ...others], album)).photos;
      expect(open).toMatchObject({ again: true });
      expect(open?.verdict).not.toBe('match');
      const part = presenceIn(await stage.say(ALICE, 'me', ['sure', ...others], album));
      expect(part.photos.map(({ verdict, again }) => [verdict, again]).slice(0, 2)).toEqual([
        ['match', undefined],
        ['absent', undefined],
      ]);
      const again = await stage.say(ALICE, 'me', ['sure', 'late'], { args: 'of 30 again' });
      expect(verdicts(again)).toEqual(['match', 'match']);
      expect(presenceIn(again).photos.some((photo) => 'again' in photo)).toBe(false);
    });
  });

  it('counts it for the whole album of which the photos are a part', async () => {
    await away('near', 1.14);
    expect(verdicts(await stage.agreed(ALICE, 'me', ['near', 'anna~']))).toEqual(['match', 'match']);
    const part = await stage.say(ALICE, 'me', ['near', 'anna~'], { args: 'of 2000' });
    expect(verdicts(part)).toEqual(['absent', 'match']);
    const talk = await stage.say(ALICE, 'me', ['near', 'anna~'], { args: '2024 summer party' });
    expect(verdicts(talk)).toEqual(['match', 'match']);
  });

  it('tells of a part of an album in which nothing can be looked at, so that the next one comes', async () => {
    await stage.agreed(ALICE, 'me', ['ben']);
    Object.assign(stage.platform.courier, { fetchPhoto: () => Promise.reject(new Failure('image_unreadable')) });
    expect(await stage.say(ALICE, 'me', ['torn'], { args: 'of 214' })).toMatchObject([
      { kind: 'presence', seen: 0, found: 0 },
      { kind: 'error', code: 'image_unreadable' },
    ]);
  });

  it('takes out a photo of which the asker says that it is somebody else, and says so', async () => {
    const replies = await stage.agreed(ALICE, 'me', ['anna~', 'ben', 'carl,anna~', 'anna']);
    expect(presenceIn(replies)).toMatchObject({ seen: 4, found: 3, text: 'You are in photos 1, 3 and 4 of 4.' });
    const labels = (of: readonly Reply[]) => presenceIn(of).actions?.map(({ label }) => label);
    expect(labels(replies)).toEqual(['Photo 1 is not me', 'Photo 3 is not me', 'Photo 4 is not me']);
    const third = presenceIn(replies).actions?.[1] ?? { id: '' };
    const without = await stage.press(ALICE, third);
    expect(presenceIn(without)).toMatchObject({ seen: 4, found: 2 });
    expect(textOf(without)).toBe('You are in photos 1 and 4 of 4. Photo 3 is taken out: you said that it is not you.');
    expect(verdicts(without)).toEqual(['match', 'absent', 'absent', 'match']);
    expect(marksOf(without)).toHaveLength(2);
    expect(labels(without)).toEqual(['Photo 1 is not me', 'Photo 4 is not me']);
    const [first = { id: '' }] = presenceIn(without).actions ?? [];
    const left = await stage.press(ALICE, first);
    expect(textOf(left)).toBe(
      'You are in photo 4 of 4. Photos 1 and 3 are taken out: you said that they do not show you.',
    );
    expect(await stage.press(ALICE, third)).toMatchObject([{ kind: 'error', code: 'expired' }]);
  });

  it('takes out one that was shown although uncertain, and leaves it so when the others are asked for', async () => {
    await away('near', 1.16);
    const ten = Array.from({ length: 10 }, (_, index) =>
      index === 0 ? 'near' : index === 1 ? 'anna~' : `other ${index},another ${index}`,
    );
    const replies = await stage.agreed(ALICE, 'me', ten);
    const [possible, match] = presenceIn(replies).actions ?? [];
    expect([possible?.label, match?.label]).toEqual(['Show where I may be', 'Photo 2 is not me']);
    const shown = await stage.press(ALICE, possible ?? { id: '' });
    expect(marksOf(shown)).toHaveLength(2);
    const [uncertain] = presenceIn(shown).actions ?? [];
    expect(uncertain?.label).toBe('Photo 1 is not me');
    const without = await stage.press(ALICE, uncertain ?? { id: '' });
    expect(verdicts(without).slice(0, 2)).toEqual(['absent', 'match']);
    expect(textOf(without)).toContain('Photo 1 is taken out');
    expect(marksOf(without)).toHaveLength(1);
  });

  it('offers nothing of the kind for a part of an album, whose asker is told of all of it elsewhere', async () => {
    await stage.agreed(ALICE, 'me', ['anna~']);
    const [reply] = await stage.say(ALICE, 'me', ['anna~'], { args: 'of 30' });
    expect(reply).toMatchObject({ kind: 'presence', found: 1 });
    expect(reply).not.toHaveProperty('actions');
  });

  it('looks for nobody by a face that somebody else enrolled before', async () => {
    const taken = await stage.agreed(BOB, 'enroll', ['anna~']);
    await stage.proves(BOB, await stage.press(BOB, action(taken, 'confirm')), 'anna~');
    expect(await stage.agreed(BOB, 'me', ['anna~'])).toMatchObject([
      { kind: 'error', code: 'not_enrolled', text: expect.stringContaining('Somebody else says') },
    ]);
  });

  it('speaks the asker’s language', async () => {
    const notice = await stage.say(ALICE, 'me', ['anna~', 'ben', 'anna'], { locale: 'de' });
    const replies = await stage.press(ALICE, action(notice, 'agree'), { locale: 'de' });
    expect(textOf(replies)).toBe('Du bist auf den Fotos 1 und 3 von 3.');
  });
});
