import { beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { ann, enroll, meetsAnew, on, one, photos, text } from './chess-club.ts';
import type { Posted } from './platform/world.ts';

meetsAnew();

const running = () =>
  ann.inbox().findLast((message) => /photos? so far|I look at no more|Stopped|wait until/.test(text(message)));
const told = async (what: string) =>
  await on.api.until(what, () => (running() && text(running() as Posted).includes(what) ? running() : undefined));
const said = async (what: string) =>
  await on.api.until(what, () => ann.inbox().find((message) => text(message).includes(what)));
const offers = () => ann.inbox().filter((message) => text(message).includes(en.intent.photo));
const given = () => ann.inbox().filter(({ caption }) => /^Photo \d+$/.test(caption ?? ''));
const tenOf = (photo: Uint8Array) => ({ photos: Array.from({ length: 10 }, () => photo) });

/** Ann agrees to search for herself. Then she stops the series, so that it takes no more photos. */
async function agrees() {
  const notice = await one(ann, () => ann.says('/me', { photos: [photos.ann] }));
  await one(ann, () => ann.presses(notice, 'agree'));
  ann.says('', { photos: [photos.bob] });
  ann.presses(await told('1 photo so far'), en.series.stop);
  await told('Stopped');
}

/** Waits until so many photos came back to Ann, each only once. No photo was asked about. */
async function allGiven(photos: number) {
  await on.api.until('all that was found', () => given().length >= photos);
  expect(new Set(given().map(({ photo }) => photo)).size).toBe(photos);
  expect(given()).toHaveLength(photos);
  expect(offers()).toEqual([]);
}

beforeEach(() => enroll(ann, photos.ann));

describe('photos that are sent together with a /me', () => {
  beforeEach(() => agrees());

  it('belong to it when 30 of them come as three albums at once', async () => {
    ann.says('/me', tenOf(photos.ann));
    ann.says('', tenOf(photos.ann));
    ann.says('', tenOf(photos.bob));
    await said('The 20 other photos that you sent');
    await told('You are in 10 of 20 photos so far.');
    await allGiven(10);
  });

  it('belong to it when three albums answer its question for photos', async () => {
    await one(ann, () => ann.says('/me'));
    for (let album = 0; album < 3; album += 1) ann.says('', tenOf(photos.ann));
    await said('of 10.');
    await told('You are in 20 of 20 photos so far.');
    await allGiven(20);
  });

  it('belong to it when a smaller album comes before, and single ones after it', async () => {
    ann.says('/me', { photos: [photos.ann, photos.bob] });
    ann.says('', { photos: [photos.ann] });
    ann.says('', { photos: [photos.ann, photos.bob] });
    ann.says('', { photos: [photos.ann] });
    await told('You are in 3 of 4 photos so far.');
    await allGiven(3);
  });

  it('belong to it when they are forwarded, one message each', async () => {
    ann.says('/me');
    for (let at = 0; at < 30; at += 1) {
      ann.says('', { photos: [at % 3 === 0 ? photos.ann : photos.bob], forwarded: true });
    }
    await told('You are in 9 of 29 photos so far.');
    await allGiven(9);
  });

  it('are all looked at when the program ends in the middle', async () => {
    ann.says('/me', tenOf(photos.ann));
    await on.restart(() => {
      ann.says('', tenOf(photos.ann));
      ann.says('', tenOf(photos.bob));
    });
    await told('You are in 10 of 20 photos so far.');
    await allGiven(10);
  });
});

describe('photos that are sent together with somebody’s first /me', () => {
  it('wait for the answer to its notice, and belong to it then', async () => {
    ann.says('/me', tenOf(photos.ann));
    ann.says('', tenOf(photos.ann));
    ann.says('', tenOf(photos.bob));
    await told('20 photos wait until you have answered the question above.');
    expect(on.api.calls.filter(({ method }) => method === 'getFile')).toHaveLength(1);
    const notice = ann.inbox().find((message) => text(message).includes('May I look for you'));
    if (!notice) throw new Error('no notice');
    ann.presses(notice, 'agree');
    await told('You are in 10 of 20 photos so far.');
    await allGiven(10);
  });
});
