import { afterEach, describe, expect, it } from 'vitest';
import { de, en } from '../support/words.ts';
import { presenceIn, textOf as saidIn } from './presence.ts';
import { openSeriesStage, PRIVATE, textOf } from './series-stage.ts';
import { ALICE } from './stage.ts';

let on: Awaited<ReturnType<typeof openSeriesStage>>;
afterEach(() => on.stage[Symbol.asyncDispose]());

/** "far" alone is surely a photo of Anna. Among nine photos of Ben, it is uncertain. */
const TEN = ['far', ...Array.from({ length: 9 }, () => 'ben')];
const among = (photos: number) => (on.limit(1) + on.limit(photos)) / 2;

async function begins() {
  on = await openSeriesStage();
  await on.began();
  await on.away('far', among(10));
}

describe('somebody who is enrolled with one selfie, and may be in a photo', () => {
  it('is told that one more selfie finds more, and how, once', async () => {
    await begins();
    const replies = await on.stage.say(ALICE, 'me', TEN);
    const { actions = [], advice } = presenceIn(replies);
    expect(saidIn(replies)).toBe(
      `I do not see you in any of these 10 photos. You may be in photo 1: that is uncertain. ${en.me.moreSelfies}`,
    );
    expect(advice).toBe(en.me.moreSelfies);
    const shown = await on.stage.press(ALICE, actions[0] ?? { id: '' });
    expect(saidIn(shown)).not.toContain(en.me.moreSelfies);
    const inGerman = await on.stage.say(ALICE, 'me', TEN, { locale: 'de' });
    expect(saidIn(inGerman)).toContain(de.me.moreSelfies);
  });

  it('is told so with each part of an album on the page, which shows it at the end', async () => {
    await begins();
    await on.away('far', among(12));
    const part = await on.stage.say(ALICE, 'me', ['far', 'ben'], { args: 'of 12 again' });
    expect(presenceIn(part).photos.map(({ verdict }) => verdict)).toEqual(['possible', 'absent']);
    expect(presenceIn(part).advice).toBe(en.me.moreSelfies);
  });

  it('is not told so when nothing is uncertain, or with a second selfie', async () => {
    await begins();
    expect(saidIn(await on.stage.say(ALICE, 'me', ['anna~', 'ben']))).toBe('You are in photo 1 of 2.');
    await on.stage.agreed(ALICE, 'enroll', ['anna~']);
    // "far" is to be `among(10)` away from the mean of both selfies, which is half way from the
    // first to the second.
    const angle = 2 * Math.asin(among(10) / 2) + Math.atan(0.3) / 2;
    await on.away('far', 2 * Math.sin(angle / 2), { isLater: true });
    const replies = await on.stage.say(ALICE, 'me', TEN);
    expect(presenceIn(replies).photos[0]?.verdict).toBe('possible');
    expect(saidIn(replies)).not.toContain('/enroll');
  });

  it('is told so in the running answer of photos after /me, unless the /me said it', async () => {
    await begins();
    await on.away('hardly', on.limit(2_000, 2) + 0.02);
    await on.sends('hardly');
    await on.works();
    await on.says(`You may be in 1 more: that is uncertain. ${en.me.moreSelfies}`);
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    expect(textOf(await on.began())).toContain(en.series.goOn);
    const again = await on.stage.say(ALICE, 'me', TEN, PRIVATE);
    expect(textOf(again)).toContain(en.me.moreSelfies);
    await on.sends('hardly');
    await on.works();
    await on.says('You may be in 1 more: that is uncertain.');
    expect(textOf(await on.running())).not.toContain(en.me.moreSelfies);
  });
});
