import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { presenceIn, textOf } from './presence.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

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
    // The next ask begins with another selfie. A single photo does not count as a selfie.
    expect(textOf(await stage.say(BOB, 'me', ['carl', ...others]))).toContain('You are in photo 4 of 4.');
    expect(await stage.say(BOB, 'me', ['ben'])).toMatchObject([{ kind: 'error', code: 'not_enrolled' }]);
  });

  it('takes as a selfie what /enroll would take, and says which of the others it could not look at', async () => {
    expect(await stage.agreed(BOB, 'me', ['ben,carl', ...others])).toMatchObject([{ code: 'several_faces' }]);
    expect(await stage.say(BOB, 'me', ['', ...others])).toMatchObject([{ code: 'no_face' }]);
    // None of these asks got a result, so none counts as a use.
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
    // An ask that is repeated by its button does not count again.
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
