import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { reading } from './bot.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import { openScene, type Scene } from './scene.ts';

const EDIT = '/webhooks/{webhook_id}/{webhook_token}/messages/@original';
const MEMBER = '/guilds/{guild_id}/members/{user_id}';

let on: Scene;
let inClub: { person: Scene['ann']; guild: Scene['club'] };

beforeEach(async () => {
  on = await openScene();
  inClub = { person: on.ann, guild: on.club };
  await on.agreeToSearch(inClub);
});
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.platform.violations).toEqual([]);
});

/** Checks that the bot still answers. By then it has handled everything that came before. */
const isWell = async () => expect(textOf(await on.platform.slash(inClub, 'help').answer())).toContain('/find');
const nobody = expect.stringContaining('Nobody is enrolled in');

it('a press of agreement that is delivered twice is answered once', async () => {
  const bob = { person: on.bob, guild: on.club };
  const notice = await on.search(bob, on.photos.group).answer();
  const press = on.press(bob, notice, 'agree');
  on.platform.replay(press);
  await press.answer();
  on.platform.replay(press);
  await isWell();
  expect(press).toMatchObject({ edits: 1, original: reading(nobody) });
});

it('a second press of a button is answered beside the receipt, which stays', async () => {
  await on.enroll(inClub, on.photos.ann);
  const question = await on.platform.slash(inClub, 'forget').answer();
  const first = on.press(inClub, question, 'here');
  const second = on.press(inClub, question, 'here');
  expect((await first.answer()).attachments).toMatchObject([{ filename: expect.stringMatching(/\.jws$/) }]);
  const third = on.press(inClub, question, 'here');
  // Which of the two texts the person reads depends on when the first press was done.
  const atOnce = [en.failures.in_progress, failureText(en, 'expired', { used: 1 })];
  await second.acknowledged();
  expect(atOnce).toContain(second.original && textOf(second.original));
  expect(await third.acknowledged()).toMatchObject({ type: 4, data: reading(atOnce[1]) });
  for (const late of [second, third]) expect(late.edits).toBe(0);
});

it('a press shows at once that it was heard, and a second press hears that the work goes on', async () => {
  const notice = await on.platform.slash(inClub, 'enroll', [on.platform.attach(on.photos.ann)]).answer();
  const release = on.holdPhotos();
  const first = on.press(inClub, notice, 'agree');
  const looking = { components: [{ content: en.find.looking }] };
  expect(await first.acknowledged()).toMatchObject({ type: 7, data: looking });
  expect(first.original).toMatchObject(looking);
  const second = on.press(inClub, notice, 'agree');
  expect(await second.answer()).toMatchObject({ ...reading(en.failures.in_progress), isEphemeral: true });
  release();
  expect(textOf(await first.answer())).toContain('You are enrolled in');
  const third = await on.press(inClub, notice, 'agree').answer();
  expect(textOf(third)).toBe(failureText(en, 'expired', { used: 1 }));
});

it('a result stays in sight while it is being shown to the channel', async () => {
  await on.enroll(inClub, on.photos.ann, 'shown');
  const result = await on.search(inClub, on.photos.group).answer();
  const press = on.press(inClub, result, 'show');
  expect((await press.acknowledged()).type).toBe(7);
  const { original = expect.fail('the result is gone') } = press;
  expect(buttonsOf(original)).toEqual([]);
  expect(textOf(original)).toBe(textOf(result));
  expect(original.attachments).toEqual(result.attachments);
  await press.until(({ followUps }) => followUps.length > 0);
});

it('somebody else who presses a button is told so alone, and the button stays with its owner', async () => {
  await on.enroll(inClub, on.photos.ann);
  const question = await on.platform.slash(inClub, 'forget').answer();
  const strange = on.press({ person: on.bob, guild: on.club }, question, 'here');
  expect(await strange.acknowledged()).toMatchObject({ type: 4, data: reading(en.failures.not_yours) });
  expect(strange.edits).toBe(0);
  expect((await on.press(inClub, question, 'here').answer()).attachments).toHaveLength(1);
});

it('a gateway that drops in the middle of a job loses neither the answer nor what was sent meanwhile', async () => {
  const release = on.holdPhotos();
  const before = on.search(inClub, on.photos.group);
  await before.acknowledged();
  on.platform.gateway.drop();
  const meanwhile = on.platform.slash(inClub, 'privacy');
  release();
  expect(await before.answer()).toMatchObject(reading(nobody));
  await meanwhile.answer();
  expect([before.edits, meanwhile.edits]).toEqual([1, 1]);
  await vi.waitFor(() => expect(on.platform.gateway.counts).toMatchObject({ identified: 1, resumed: 1 }), 240_000);
});

it.each([
  ['429 with a second’s wait', { status: 429, headers: { 'retry-after': '1' }, times: 1 }],
  ['500 again and again', { status: 500, times: 5 }],
])('an answer that meets %s still comes, once', async (_, trouble) => {
  on.platform.fault({ method: 'patch', template: EDIT, ...trouble });
  const exchange = on.search(inClub, on.photos.group);
  expect(await exchange.answer()).toMatchObject(reading(nobody));
  expect(exchange.edits).toBe(1);
});

it.each([
  ['whose 15 minutes are over', { isExpired: true }],
  ['that its asker deleted meanwhile', { isDeleted: true }],
])('an answer %s is dropped, and the next request is answered', async (_, fate) => {
  const release = on.holdPhotos();
  const exchange = on.search(inClub, on.photos.group);
  await exchange.acknowledged();
  Object.assign(exchange, fate);
  release();
  expect(await on.search(inClub, on.photos.group).answer()).toMatchObject(reading(nobody));
  expect(exchange.edits).toBe(0);
});

it('a photo over 20 MB is refused without being fetched', async () => {
  const before = on.fetches();
  const photo = { ...on.platform.attach(on.photos.group), size: 21_000_000 };
  expect(textOf(await on.platform.slash(inClub, 'find', [photo]).answer())).toBe(failureText(en, 'image_too_large'));
  expect(on.fetches()).toBe(before);
});

describe('a person who leaves in the middle of a search', () => {
  it('is not named once Discord is asked about them, which it is every 10 minutes and after a start', async () => {
    await on.enroll(inClub, on.photos.ann);
    const bob = { person: on.bob, guild: on.club };
    await on.agreeToSearch(bob);
    await on.stage.restart();
    const release = on.holdPhotos();
    const exchange = on.search(bob, on.photos.group);
    await exchange.acknowledged();
    on.platform.leave(on.club, on.ann);
    release();
    expect(textOf(await exchange.answer())).not.toContain('Ann');
  });

  it.each([
    ['is named while Discord is down: an outage hides nobody', { status: 503 }, true],
    ['is named to nobody while Discord refuses to say whether they left', { status: 404, code: 10013 }, false],
  ])('%s', async (_, refusal, isNamed) => {
    await on.enroll(inClub, on.photos.ann);
    const bob = { person: on.bob, guild: on.club };
    await on.agreeToSearch(bob);
    await on.stage.restart();
    on.platform.fault({ method: 'get', template: MEMBER, ...refusal, times: 100 });
    const answer = textOf(await on.search(bob, on.photos.group).answer());
    expect(answer.includes('“Ann” (face ')).toBe(isNamed);
  });

  it('who was the asker sees nothing of the server', async () => {
    await on.stage.restart();
    on.platform.fault({ method: 'get', template: MEMBER, status: 429, headers: { 'retry-after': '1' }, times: 1 });
    const exchange = on.search(inClub, on.photos.group);
    await exchange.acknowledged();
    on.platform.leave(on.club, on.ann);
    expect(textOf(await exchange.answer())).toBe(failureText(en, 'not_a_member'));
  });
});

describe('a bot that is restarted in the middle of a conversation', () => {
  it('goes on from the notice that it showed before', async () => {
    const notice = await on.platform.slash(inClub, 'enroll', [on.platform.attach(on.photos.ann)]).answer();
    await on.stage.restart();
    expect(textOf(await on.press(inClub, notice, 'agree').answer())).toContain('You are enrolled in');
  });

  it('leaves no request without an answer', async () => {
    const release = on.holdPhotos();
    const exchange = on.search(inClub, on.photos.group);
    await vi.waitFor(() => expect(on.fetches()).toBeGreaterThan(1), 240_000);
    await on.stage.restart();
    release();
    expect(textOf(await exchange.answer())).toBe(failureText(en, 'expired', { restarted: 1 }));
    expect(exchange.edits).toBe(1);
  });
});
