import { beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { ann, enroll, meetsAnew, on, one, photos, text } from './chess-club.ts';
import { buttons } from './platform/people.ts';
import { tooMany } from './platform/refusals.ts';
import type { Posted } from './platform/world.ts';

meetsAnew();

const running = () => ann.inbox().findLast((message) => /photos? so far|I look at no more|Stopped/.test(text(message)));
const told = async (what: string) =>
  await on.api.until(what, () => (running() && text(running() as Posted).includes(what) ? running() : undefined));
const calls = (method: string) => on.api.calls.filter((call) => call.method === method && call.status === 200);
/** The photos in each album that the bot sent, as it named them. */
const albums = () =>
  calls('sendMediaGroup').map(({ params }) => (params.media as { media: string; caption: string }[]).map((one) => one));
const given = () => ann.inbox().filter(({ caption }) => /^Photo \d+$/.test(caption ?? ''));
/** The messages with a photo that Ann sent in private. */
const own = () =>
  [...on.api.world.messages.values()].filter(({ chat, from, photo }) => chat === ann.id && from === ann.id && photo);

beforeEach(async () => {
  await enroll(ann, photos.ann);
  const notice = await one(ann, () => ann.says('/me', { photos: [photos.ann] }));
  const found = await one(ann, () => ann.presses(notice, 'agree'));
  expect(text(found)).toContain(en.series.goOn);
  const receipts = () => ann.inbox().filter(({ document }) => document?.name.startsWith('facefinder-consent-'));
  await on.api.until('the receipts of both agreements', () => receipts().length === 2);
});

describe('photos that follow a /me in private', () => {
  it('are looked at without a command, and found ones come back by reference in albums of ten', async () => {
    const before = on.api.calls.length;
    ann.says('', { photos: Array.from({ length: 10 }, () => photos.ann) });
    await told('You are in 10 of 10 photos so far.');
    ann.says('', { photos: [photos.bob, photos.ann], forwarded: true });
    await told('You are in 11 of 12 photos so far.');
    ann.says('', { photos: [photos.bob] });
    await told('You are in 11 of 13 photos so far.');
    const files = own()
      .slice(-13)
      .map(({ photo }) => photo);
    expect(albums()).toEqual([
      files.slice(0, 10).map((media, index) => ({ type: 'photo', media, caption: `Photo ${index + 1}` })),
    ]);
    expect(
      given()
        .slice(10)
        .map(({ photo, caption }) => [photo, caption]),
    ).toEqual([[files[11], 'Photo 12']]);
    // Since the series began the bot uploaded no bytes of a photo, and all photos that it gave back
    // may be passed on.
    const uploaded = on.api.calls
      .slice(before)
      .filter(({ params }) => Object.values(params).some((value) => value instanceof Uint8Array));
    expect(uploaded.map(({ method }) => method)).toEqual([]);
    expect(given().every(({ protect, spoiler }) => !protect && !spoiler)).toBe(true);
  });

  it('sent as files come back as files', async () => {
    ann.says('', { photos: [photos.ann, photos.ann], asDocument: true });
    await told('You are in 2 of 2 photos so far.');
    ann.says('', { photos: [photos.ann] });
    await told('You are in 3 of 3 photos so far.');
    const files = await on.api.until('three', () => given().length === 3 && given());
    expect(files.map(({ document }) => document !== undefined)).toEqual([true, true, false]);
  });

  it('one that Telegram refuses to send again is named, and the others of its albums come back', async () => {
    ann.says('', { photos: Array.from({ length: 3 }, () => photos.ann) });
    ann.says('', { photos: [photos.ann, photos.ann], asDocument: true });
    const lost = own().at(-2);
    const { pathOf } = on.api;
    on.api.pathOf = (file) => {
      // Telegram serves the bytes of this photo once. After that, the file is gone.
      if (lost && file === lost.photo) lost.photo = 'gone';
      return pathOf(file);
    };
    expect(text(await told('Photo 2 could not be fetched any more'))).toContain('You are in 5 of 5 photos so far.');
    const captions = await on.api.until('four', () => given().length === 4 && given().map(({ caption }) => caption));
    expect(captions.toSorted()).toEqual(['Photo 1', 'Photo 3', 'Photo 4', 'Photo 5']);
  });

  it('the answer goes on in another message when Telegram does not say whether the first is there', async () => {
    on.api.fault('sendMessage', 'done, hang up');
    ann.says('', { photos: [photos.ann] });
    await told(`You are in 1 of 1 photo so far. ${en.series.torn}`);
    expect(ann.inbox().filter((message) => text(message) === en.find.looking)).toHaveLength(1);
  });

  it('keep their Stop button, which ends it, and then a photo is offered what it may be for', async () => {
    ann.says('', { photos: [photos.ann] });
    const message = await told('You are in 1 of 1 photo so far.');
    expect(buttons(message).map((button) => button.text)).toContain(en.series.stop);
    ann.presses(message, en.series.stop);
    expect(text(await told('Stopped'))).toContain('You are in 1 of 1 photo.');
    expect(buttons(message).map((button) => button.text)).not.toContain(en.series.stop);
    expect(text(await one(ann, () => ann.says('', { photos: [photos.bob] })))).toContain('What shall I do with it?');
  });

  it('are taken out one by one: the photo goes, and the answer counts it no more', async () => {
    ann.says('', { photos: [photos.ann] });
    const message = await told('You are in 1 of 1 photo so far.');
    await on.api.until('the button', () => buttons(message).some((button) => button.text === en.series.which));
    const which = await one(ann, () => ann.presses(message, en.series.which));
    expect(which.id).not.toBe(message.id);
    ann.presses(which, 'Photo 1 is not me');
    await told('I do not see you in 1 photo so far.');
    await on.api.until('the photo to go', () => given().length === 0);
    expect(text(which)).toContain('Photo 1 is taken out');
  });

  it('go on after a restart in the middle: nothing twice, nothing missing', async () => {
    on.api.fault('getFile', tooMany(1), 3);
    ann.says('', { photos: Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? photos.ann : photos.bob)) });
    ann.says('', { photos: [photos.ann] });
    await on.api.until('the running answer', () => ann.inbox().find((message) => text(message) === en.find.looking));
    await on.restart(() => ann.says('', { photos: [photos.ann] }));
    await told('You are in 7 of 12 photos so far.');
    const files = given().map(({ photo }) => photo);
    expect(new Set(files).size).toBe(7);
    const bytes = files.map((file) => on.api.world.files.get(file ?? '')?.bytes);
    expect(bytes.every((one) => one?.length === photos.ann.length)).toBe(true);
    expect(ann.inbox().filter((message) => text(message).includes('of 12 photos'))).toHaveLength(1);
  });

  it('end with /forget in the middle, and nothing of them is said any more', async () => {
    ann.says('', { photos: [photos.ann] });
    const message = await told('You are in 1 of 1 photo so far.');
    const confirm = await one(ann, () => ann.says('/forget'));
    ann.presses(confirm, /./);
    await on.api.until('the end', () => text(message).includes('You were erased'));
    await on.api.until('the receipt', () => ann.inbox().some(({ document }) => document?.name.includes('erasure')));
    expect(buttons(message).map((button) => button.text)).not.toContain(en.series.stop);
    expect(text(await one(ann, () => ann.says('', { photos: [photos.ann] })))).toContain('What shall I do with it?');
  });

  it('leave a /find with its caption what it is', async () => {
    const notice = await one(ann, () => ann.says('/find', { photos: [photos.group] }));
    expect(buttons(notice).map((button) => button.text)).toContain(en.notice.agree);
  });
});
