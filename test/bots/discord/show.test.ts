import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { offersOf } from './driver.ts';
import type { Exchange } from './platform/exchange.ts';
import { textOf } from './platform/reading.ts';
import type { Shown } from './platform/shown.ts';
import { openScene, type Scene } from './scene.ts';

/** Ann agreed to be shown. Cleo, in the same photo, agreed only to be found. */
let on: Scene;
let result: Shown;
let shown: Exchange;
let post: Shown;

beforeAll(async () => {
  on = await openScene();
  const cleo = on.platform.person('Cleo');
  on.club.members.add(cleo.id);
  const bob = { person: on.bob, guild: on.club };
  await on.enroll({ person: on.ann, guild: on.club }, on.photos.ann, 'shown');
  await on.enroll({ person: cleo, guild: on.club }, on.photos.cleo);
  await on.agreeToSearch(bob);
  result = await on.search(bob, on.photos.group).answer();
  shown = await on.press(bob, result, 'show').until(({ followUps }) => followUps.length > 0);
  const [first] = shown.followUps;
  if (!first) throw new Error('nothing was shown');
  post = first;
  // By the end of this search, the bot has noted the post.
  await on.search(bob, on.photos.bob).answer();
});
afterAll(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.platform.violations).toEqual([]);
});

/** The area of each face in the picture, in the picture's pixels. */
const ANN = { left: 740, top: 180, width: 100, height: 120 };
const CLEO = { left: 415, top: 250, width: 90, height: 120 };
const STRANGER = { left: 1020, top: 240, width: 85, height: 110 };

const CHANNEL_MESSAGE = '/channels/{channel_id}/messages/{message_id}';

/**
 * The difference of the same part of two messages' pictures, 0..255, as the mean over all values.
 */
async function difference(one: Shown, other: Shown, part: typeof ANN): Promise<number> {
  const [a, b] = await Promise.all(
    [one, other].map(({ attachments }) => sharp(attachments[0]?.bytes).extract(part).raw().toBuffer()),
  );
  if (!a || !b) throw new Error('there is no picture');
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

it('the asker alone sees everybody who was found', () => {
  expect(result.isEphemeral).toBe(true);
  for (const name of ['Ann', 'Cleo']) expect(textOf(result)).toMatch(new RegExp(`“${name}” \\(face \\d+\\), match`));
  expect(result.attachments[0]?.description).toContain('Cleo');
});

it('the channel sees who agreed to be shown, behind a spoiler, and nobody else’s name', () => {
  expect(post).toMatchObject({ isEphemeral: false, attachments: [{ isHidden: true }] });
  expect(textOf(post)).toMatch(/^“Ann” is in this picture: face \d\.\n\d+ other faces are blurred\.$/);
  expect(post.attachments[0]?.description).toBe('The photo with 1 numbered face: “Ann”');
  expect(JSON.stringify([textOf(post), post.attachments[0]?.description])).not.toContain('Cleo');
});

it.each([
  ['as it is, of who agreed to be shown', ANN, false],
  ['made unrecognisable, of who agreed only to be found', CLEO, true],
  ['made unrecognisable, of a stranger', STRANGER, true],
])('the channel sees the face %s', async (_, face, isBlurred) => {
  const changed = await difference(post, result, face);
  expect(changed > 5).toBe(isBlurred);
});

it('is shown once: the asker’s own result stays, without the button', () => {
  expect(shown.followUps).toHaveLength(1);
  expect(shown.original && offersOf(shown.original)).toEqual([en.shown.delete]);
  expect(shown.original && textOf(shown.original)).toMatch(/“Cleo” \(face \d+\), match/);
});

describe('what the channel was shown', () => {
  const postsLeft = () => shown.followUps.map(({ id }) => id);

  it('is not deleted by somebody who only reads it', async () => {
    const dora = on.platform.person('Dora');
    on.club.members.add(dora.id);
    const press = on.press({ person: dora, guild: on.club }, post, en.shown.delete);
    expect(textOf(await press.answer())).toBe(en.shown.not_yours);
    expect(postsLeft()).toEqual([post.id]);
  });

  it('is deleted by a person whom it names, whatever the bot may do in that channel', async () => {
    const shut = { method: 'delete', template: CHANNEL_MESSAGE, status: 403, code: 50001, times: 1 };
    on.platform.fault(shut);
    await on.press({ person: on.ann, guild: on.club }, post, en.shown.delete).until(({ isDeleted }) => isDeleted);
    expect(postsLeft()).toEqual([]);
    shut.times = 0;
  });

  it.each([
    ['goes with whom it names', 0, '1 message deleted.'],
    ['stays in a channel that the bot does not see, and is counted', 1, '1 more is out of my reach'],
  ])('%s', async (_, times, said) => {
    const bob = { person: on.bob, guild: on.club };
    const ann = { person: on.ann, guild: on.club };
    const found = await on.search(bob, on.photos.group).answer();
    shown = await on.press(bob, found, 'show').until(({ followUps }) => followUps.length > 0);
    await on.search(bob, on.photos.bob).answer();
    on.platform.fault({ method: 'delete', template: CHANNEL_MESSAGE, status: 403, code: 50001, times });
    const question = await on.platform.slash(ann, 'forget').answer();
    const receipt = await on.press(ann, question, 'here').answer();
    expect(textOf(receipt)).toContain(said);
    expect(postsLeft()).toHaveLength(times);
    await on.enroll(ann, on.photos.ann, 'shown');
  });
});

it('is in the server’s language, whatever the asker’s is', async () => {
  const bob = { person: on.bob, guild: on.club, locale: 'de' };
  const found = await on.search(bob, on.photos.group).answer();
  expect(textOf(found)).toContain('Treffer');
  const press = await on.press(bob, found, 'show').until(({ followUps }) => followUps.length > 0);
  const [said] = press.followUps;
  expect(said && textOf(said)).toContain('is in this picture');
  expect(said && offersOf(said)).toEqual([en.shown.delete]);
});

it('in a direct message nothing is offered to be shown, because no channel would see it', async () => {
  const found = await on.search({ person: on.bob }, on.photos.group).answer();
  expect(textOf(found)).toContain('Ann');
  expect(offersOf(found)).not.toContain(en.find.show);
});

it('somebody who may not write in a channel cannot post there through the bot', async () => {
  const bob = { person: on.bob, guild: on.club };
  const offered = await on.search(bob, on.photos.group).answer();
  expect(offersOf(await on.search({ ...bob, isSilenced: true }, on.photos.group).answer())).not.toContain(en.find.show);
  // Bob was silenced between the answer and his press.
  const press = on.press({ ...bob, isSilenced: true }, offered, 'show');
  expect(textOf(await press.answer())).toBe(en.shown.mayNotPost);
  expect(press.followUps.filter(({ isEphemeral }) => !isEphemeral)).toEqual([]);
});
