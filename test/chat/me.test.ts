import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import type { Mark } from '../../src/face/face.ts';
import { Failure } from '../../src/failure.ts';
import { distanceBetween, meanDirection } from '../../src/match/distance.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const presenceIn = (replies: readonly Reply[]) => {
  const reply = replies.find((one) => one.kind === 'presence');
  if (!reply) throw new Error(`no presence in ${JSON.stringify(replies)}`);
  return reply;
};
const marksOf = (replies: readonly Reply[]) =>
  presenceIn(replies).photos.flatMap(({ picture }): Mark[][] =>
    picture ? [JSON.parse(Buffer.from(picture.jpeg).toString())] : [],
  );
const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join('\n');
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

  it('counts it for the whole album of which the photos are a part', async () => {
    await away('near', 1.16);
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

describe('/me of somebody who is not enrolled', () => {
  const BY_SELFIE = 'I looked by the selfie that came first.';
  const others = ['anna', 'anna,ben', 'carl'];

  it('goes by the selfie that comes first, which is kept nowhere', async () => {
    const notice = await stage.say(BOB, 'me', ['ben', ...others]);
    expect(notice).toMatchObject([{ kind: 'consent', text: expect.stringContaining('I look for you alone') }]);
    const replies = await stage.press(BOB, action(notice, 'agree'));
    expect(presenceIn(replies)).toMatchObject({ seen: 3, found: 1, bySelfie: true });
    expect(presenceIn(replies).photos.map(({ number, verdict }) => [number, verdict])).toEqual([
      [2, 'absent'],
      [3, 'match'],
      [4, 'absent'],
    ]);
    expect(textOf(replies)).toContain(`You are in photo 3 of 4. ${BY_SELFIE}`);
    const held = await stage.flow.gallery.dossier(await stage.scope(), BOB);
    expect(held?.templates).toEqual([]);
    expect(Object.keys(held?.standing.agreed ?? {})).toEqual(['self']);
    // The next ask has a selfie of its own, and one photo alone has none.
    expect(textOf(await stage.say(BOB, 'me', ['carl', ...others]))).toContain('You are in photo 4 of 4.');
    expect(await stage.say(BOB, 'me', ['ben'])).toMatchObject([{ kind: 'error', code: 'not_enrolled' }]);
  });

  it('takes as a selfie what /enroll would take, and says which of the others it could not look at', async () => {
    expect(await stage.agreed(BOB, 'me', ['ben,carl', ...others])).toMatchObject([{ code: 'several_faces' }]);
    expect(await stage.say(BOB, 'me', ['', ...others])).toMatchObject([{ code: 'no_face' }]);
    // None of these asks was answered, so none counts.
    expect(await stage.parts.metrics.text()).not.toMatch(/harm="me_by_selfie"\} [1-9]/);
    const { fetchPhoto } = stage.platform.courier;
    Object.assign(stage.platform.courier, {
      fetchPhoto: async (...of: Parameters<typeof fetchPhoto>) => {
        if (of[0].who === 'torn') throw new Failure('image_unreadable');
        return await fetchPhoto(...of);
      },
    });
    const replies = await stage.say(BOB, 'me', ['ben', 'torn', 'ben~']);
    expect(presenceIn(replies)).toMatchObject({ seen: 1, found: 1 });
    expect(replies[1]).toMatchObject({ code: 'image_unreadable', text: expect.stringContaining('2') });
  });

  it.each([
    ['forwarded', { borrowed: true }],
    ['sent by somebody else', { isOfOthers: true, sender: '1009' }],
  ] as const)('takes no selfie that was %s', async (_, how) => {
    await stage.restart({ FIND_PHOTOS: 'any' });
    const ben = { platform: 'telegram', who: 'ben' } as const;
    const borrowed = { platform: 'telegram', who: 'anna', ...how } as const;
    const notice = await stage.say(BOB, 'me', [], { photos: [borrowed, ben] });
    expect(await stage.press(BOB, action(notice, 'agree'))).toMatchObject([
      { code: 'not_enrolled', text: expect.stringContaining('not a forwarded one, and not somebody else’s') },
    ]);
    expect(stage.platform.fetched).toEqual([]);
    expect(await stage.say(BOB, 'me', [], { photos: [ben, borrowed] })).toMatchObject([{ kind: 'presence' }]);
  });

  it('is not for a part of an album, whose other parts have no selfie', async () => {
    expect(await stage.say(BOB, 'me', ['ben', ...others], { args: 'of 400' })).toMatchObject([
      { code: 'not_enrolled' },
    ]);
  });

  it('goes by no selfie while somebody else says that the enrolled face is theirs', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const taken = await stage.agreed(BOB, 'enroll', ['anna~']);
    await stage.proves(BOB, await stage.press(BOB, action(taken, 'confirm')), 'anna~');
    expect(await stage.agreed(BOB, 'me', ['anna~', ...others])).toMatchObject([
      { code: 'not_enrolled', text: expect.stringContaining('Somebody else says') },
    ]);
  });

  it('is answered five times a day, also for who is erased and comes back, and counted for the operator', async () => {
    const count = async () => /harms_total\{harm="me_by_selfie"\} (\d+)/.exec(await stage.parts.metrics.text())?.[1];
    const first = await stage.agreed(BOB, 'me', ['ben', ...others]);
    // What a button repeats is the same ask.
    expect(textOf(await stage.press(BOB, action(first, 'confirm')))).toContain('taken out');
    for (let ask = 2; ask <= 4; ask++) {
      expect(await stage.say(BOB, 'me', ['ben', ...others])).toMatchObject([{ kind: 'presence' }]);
    }
    expect(await count()).toBe('4');
    await stage.press(BOB, action(await stage.say(BOB, 'forget'), 'confirm'));
    expect(await stage.agreed(BOB, 'me', ['ben', ...others])).toMatchObject([{ kind: 'presence' }]);
    expect(await stage.say(BOB, 'me', ['ben', ...others])).toMatchObject([
      { code: 'rate_limited', text: expect.stringContaining('as often as anybody may in a day') },
    ]);
    expect(await count()).toBe('5');
    await stage.agreed(BOB, 'enroll', ['ben']);
    expect(textOf(await stage.say(BOB, 'me', ['ben', ...others]))).toContain('You are in photos 1 and 3 of 4.');
  });
});
