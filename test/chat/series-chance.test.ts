import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { en } from '../support/words.ts';
import { openSeriesStage, PRIVATE, textOf } from './series-stage.ts';
import { ALICE, action, BOB, CLUB } from './stage.ts';

const MINUTE_MS = 60_000;

let on: Awaited<ReturnType<typeof openSeriesStage>>;
const begin = async (photosADay?: number) => {
  on = await openSeriesStage(photosADay);
};
afterEach(() => on.stage[Symbol.asyncDispose]());

describe('the chance', () => {
  it('is that of all photos of a day: what is a match alone is only possible among 2,000, and shown on request', async () => {
    await begin();
    await on.began();
    // One of the 2,000 photos of a day may be looked at twice.
    const [alone, among] = [on.limit(1), on.limit(2_000, 2)];
    expect(alone - among).toBeGreaterThan(0.03);
    await on.away('near', among - 0.005);
    await on.away('far', among + 0.005);
    const [single] = await on.stage.say(ALICE, 'me', ['far'], PRIVATE);
    expect(single).toMatchObject({ kind: 'presence', found: 1 });
    await on.sends('near', 'far');
    await on.works();
    const text = textOf(await on.running());
    expect(text).toContain('You are in 1 of 2 photos so far.');
    expect(on.own()).toEqual([['near']]);
    expect(text).toContain('You may be in 1 more: that is uncertain.');
    await on.stage.chat.press(await on.pressOf(en.me.showPossible));
    await on.works();
    expect(on.stage.platform.own[1]).toEqual([['far', 'Photo 2: perhaps']]);
    await on.says('You are in 1 of 2 photos so far.');
  });

  it('does not grow with the number of series: their photos together are at most those of a day', async () => {
    await begin(6);
    await on.began();
    await on.sends('anna~', 'anna~', 'anna~');
    await on.works();
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    await on.began();
    await on.sends('anna~', 'anna~');
    await on.works();
    // The photo of each /me counts too, so this is the seventh photo.
    await on.says('You are in 1 of 1 photo so far.');
    expect(textOf(await on.running())).toMatch(
      /1 more was not taken: I look at 6 photos of one person in a day\. Send it again in 24 hours\./,
    );
  });
});

describe('the photos of a day', () => {
  it('are limited, also for who is erased and comes back, and go on a day later', async () => {
    await begin(4);
    await on.began();
    await on.sends('anna~', 'anna~', 'anna~', 'anna~');
    await on.works();
    await on.says('You are in 3 of 3 photos so far. 1 more was not taken');
    const tooMany = { code: 'rate_limited', text: expect.stringContaining('as many photos looked through') };
    expect(await on.stage.say(ALICE, 'me', ['anna'], PRIVATE)).toMatchObject([tooMany]);
    await on.stage.press(ALICE, action(await on.stage.say(ALICE, 'forget'), 'confirm'));
    await on.stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await on.began()).toMatchObject([tooMany]);
    on.stage.clock.ms += 24 * 60 * MINUTE_MS;
    expect(await on.began()).toMatchObject([{ kind: 'presence' }, { text: en.series.goOn }]);
  });

  it('are all used: the last ones of a /me are looked at, and the answer says how many were not', async () => {
    await begin(4);
    await on.began();
    const answer = await on.stage.say(ALICE, 'me', ['anna~', 'ben', 'anna~', 'anna~', 'carl'], PRIVATE);
    expect(answer[0]).toMatchObject({ kind: 'presence', seen: 3, found: 2 });
    expect(textOf(answer)).toContain('2 more were not taken: I look at 4 photos of one person in a day.');
    expect(await on.stage.say(ALICE, 'me', ['anna'], PRIVATE)).toMatchObject([{ code: 'rate_limited' }]);
  });

  it('count once when the button asks again after a failure that passes, and so does a selfie', async () => {
    await begin(8);
    await on.began();
    const { fetchPhoto } = on.stage.platform.courier;
    const again = async (person: typeof ALICE, photos: readonly string[], isFirst: (who: unknown) => boolean) => {
      on.stage.platform.courier.fetchPhoto = async (...of) => {
        if (isFirst(of[0].who)) return await fetchPhoto(...of);
        throw new Failure('busy');
      };
      const notice = await on.stage.say(person, 'me', photos, { ...PRIVATE, about: CLUB });
      const failed =
        notice[0]?.kind === 'consent' ? await on.stage.press(person, action(notice, 'agree'), PRIVATE) : notice;
      expect(failed).toMatchObject([{ code: 'busy' }]);
      on.stage.platform.courier.fetchPhoto = fetchPhoto;
      return await on.stage.press(person, action(failed, 'confirm'), PRIVATE);
    };
    const answer = await again(ALICE, ['anna~', 'ben', 'anna~', 'anna~'], () => false);
    expect(answer[0]).toMatchObject({ kind: 'presence', seen: 4, found: 3 });
    await on.sends('anna~', 'anna~', 'anna~');
    await on.works();
    await on.says('You are in 3 of 3 photos so far.');
    const bySelfie = await again(BOB, ['bob', 'bob~'], (who) => who === 'bob');
    expect(bySelfie[0]).toMatchObject({ kind: 'presence', found: 1 });
    expect(await on.stage.parts.metrics.text()).toMatch(/harm="me_by_selfie"\} 1/);
  });
});
