import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { en } from '../support/words.ts';
import { openSeriesStage, PRIVATE, textOf } from './series-stage.ts';
import { ALICE, action } from './stage.ts';

const MINUTE_MS = 60_000;

/** The most photos that one person may have looked at in a day. */
const ALL = 2_000;

let on: Awaited<ReturnType<typeof openSeriesStage>>;
afterEach(() => on.stage[Symbol.asyncDispose]());

/**
 * Begins a series. The face on "far" is too far from Anna's selfie to be certain, but near to her
 * later photos. The face on "other" is as far from the selfie, and not near to the later photos.
 */
async function begins(photosADay?: number) {
  on = await openSeriesStage(photosADay);
  await on.began();
  const distance = on.limit(photosADay ?? ALL, 2) + 0.02;
  await on.away('far', distance, { isLater: true });
  await on.away('other', distance);
}
const fetches = (who: string) => on.stage.platform.fetched.filter((one) => one === who).length;
const captions = () => on.stage.platform.own.flat().map(([who, caption]) => [who, caption]);
const timeIsOver = async () => {
  on.stage.clock.ms += 15 * MINUTE_MS;
  await on.works();
};
const forgets = async () => {
  await on.stage.press(ALICE, action(await on.stage.say(ALICE, 'forget'), 'confirm'));
};
/** Runs `happens` once, when this photo is fetched for its second look. */
const inSecondLook = (who: string, happens: () => unknown) => {
  on.stage.platform.waits.photos = async () => {
    if (fetches(who) < 2) return;
    delete on.stage.platform.waits.photos;
    await happens();
  };
};

describe('an uncertain photo after /me', () => {
  it('is looked at once more with three that surely show its person, and counts for the day once', async () => {
    // The /me has one photo, and four follow.
    await begins(5);
    await on.sends('far');
    await on.works();
    await on.says('I do not see you in 1 photo so far. You may be in 1 more: that is uncertain.');
    await on.sends('anna~', 'anna~');
    await on.works();
    await on.says('You are in 2 of 3 photos so far. You may be in 1 more');
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 4 of 4 photos so far.');
    expect(textOf(await on.running())).not.toMatch(/uncertain|not taken/);
    expect(captions().filter(([who]) => who === 'far')).toEqual([['far', 'Photo 1']]);
  });

  it('stays uncertain when these do not help, and is not looked at a third time', async () => {
    await begins();
    await on.sends('other', 'anna~', 'anna~', 'anna~');
    await on.works();
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 4 of 5 photos so far. You may be in 1 more: that is uncertain.');
    expect(fetches('other')).toBe(2);
    await on.stage.chat.press(await on.pressOf(en.me.showPossible));
    await on.works();
    expect(captions().at(-1)).toEqual(['other', 'Photo 1: perhaps']);
  });

  it('is looked at once more at the end, when fewer were found', async () => {
    await begins();
    await on.sends('far', 'anna~');
    await on.works();
    await on.says('You are in 1 of 2 photos so far.');
    await timeIsOver();
    expect(textOf(await on.running())).toBe(`${en.series.ended.other} You are in 2 of 2 photos.`);
    expect(captions().at(-1)).toEqual(['far', 'Photo 1']);
  });

  it('has all of the chance for itself, when none was found until the end', async () => {
    await begins();
    await on.away('near', (on.limit(ALL) + on.limit(ALL, 2)) / 2);
    await on.sends('near', 'ben');
    await on.works();
    await on.says('I do not see you in any of 2 photos so far.');
    await timeIsOver();
    expect(textOf(await on.running())).toBe(`${en.series.ended.other} You are in 1 of 2 photos.`);
  });

  it('stays as it is when it was requested before', async () => {
    await begins();
    await on.sends('far');
    await on.works();
    await on.stage.chat.press(await on.pressOf(en.me.showPossible));
    await on.sends('anna~', 'anna~', 'anna~');
    await on.works();
    await timeIsOver();
    expect(captions()).toContainEqual(['far', 'Photo 1: perhaps']);
    expect(captions()).toHaveLength(4);
    await on.says('You are in 3 of 4 photos.');
  });

  it('is compared with no photo that was taken out', async () => {
    await begins();
    await on.sends('anna~', 'anna~', 'anna~');
    await on.works();
    const which = await on.stage.press(ALICE, { id: (await on.pressOf(en.series.which)).action }, PRIVATE);
    await on.stage.press(ALICE, action(which, 'confirm'), PRIVATE);
    await on.sends('far');
    await on.works();
    await on.says('You are in 2 of 4 photos so far. You may be in 1 more');
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 4 of 5 photos so far.');
  });

  it.each([
    ['it', 'far', 'You are in 3 of 4 photos so far. You may be in 1 more'],
    ['one of those that surely show the person', 'anna~~', 'You are in 4 of 4 photos so far.'],
  ])('costs nothing else when %s is not there any more', async (_, lost, said) => {
    await begins();
    const { fetchPhoto } = on.stage.platform.courier;
    on.stage.platform.courier.fetchPhoto = async (...of) => {
      if (of[0].who === lost && fetches(lost) > 0) throw new Failure('photo_gone');
      return await fetchPhoto(...of);
    };
    await on.sends('far', 'anna~', 'anna~~', 'anna~');
    await on.works();
    await on.says(said);
  });

  it('is not looked at once more after Stop, and nothing of it is kept', async () => {
    await begins();
    await on.away('hardly', on.limit(1) - 0.005);
    await on.sends('hardly', 'anna~');
    await on.works();
    expect(textOf(await on.running())).not.toContain('uncertain');
    const before = (await on.kept()).length;
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    expect(fetches('hardly')).toBe(1);
    expect(await on.kept()).toHaveLength(before - 1);
  });
});

describe('the second look, however it is interrupted', () => {
  it.each([
    ['while it looks', () => inSecondLook('far', on.dies)],
    [
      'after it noted the result',
      () => Object.assign(on.stage.flow.series.parts, { drop: () => on.dies(), given: () => on.dies() }),
    ],
  ])('a worker that dies %s counts nothing twice and misses nothing', async (_, breaks) => {
    await begins();
    await on.away('hardly', on.limit(1) - 0.005);
    await on.sends('far', 'hardly', 'anna~', 'anna~', 'anna~');
    breaks();
    await on.works();
    delete on.stage.platform.waits.photos;
    await on.stage.restart();
    await on.works();
    await on.says('You are in 4 of 5 photos so far.');
    const found = new Set(captions().map(([, caption]) => caption));
    expect([...found].toSorted()).toEqual(['Photo 1', 'Photo 3', 'Photo 4', 'Photo 5']);
    expect(captions()).toHaveLength(found.size);
  });

  it('two workers do it once', async () => {
    await begins();
    await on.sends(...Array.from({ length: 9 }, () => 'far'), 'anna~', 'anna~', 'anna~');
    await Promise.all([on.works(), on.works(), on.works()]);
    await on.works();
    await on.says('You are in 12 of 12 photos so far.');
    expect(captions()).toHaveLength(12);
    expect(fetches('far')).toBe(18);
  });

  it('/forget in the middle leaves nothing of it', async () => {
    await begins();
    await on.sends('far', 'anna~', 'anna~', 'anna~');
    inSecondLook('far', forgets);
    await on.works();
    await on.works();
    expect(fetches('far')).toBe(2);
    expect(await on.kept()).toEqual([]);
    expect(captions()).not.toContainEqual(['far', 'Photo 1']);
  });
});
