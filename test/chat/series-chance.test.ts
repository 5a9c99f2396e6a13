import { afterEach, describe, expect, it } from 'vitest';
import { en } from '../support/words.ts';
import { openSeriesStage, PRIVATE, textOf } from './series-stage.ts';
import { ALICE, action } from './stage.ts';

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
});
