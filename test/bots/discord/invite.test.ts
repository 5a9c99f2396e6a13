import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { samples } from '../telegram/photos.ts';
import type { Asking } from './platform/interaction.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';
import { realStage, type Stage } from './stage.ts';

const FIFTY = 50;
const JOIN = { custom_id: 'invited' };
const CHANNEL = '/channels/{channel_id}/messages';

let on: Stage;
let photos: Awaited<ReturnType<typeof samples>>;
let ann: DiscordPerson;
let club: DiscordGuild;
let before = 0;

beforeAll(async () => {
  photos = await samples();
  on = await realStage();
});
beforeEach(() => {
  before = on.platform.posted.length;
  ann = on.platform.person('Ann');
  club = on.platform.invited('Chess club', ann);
});
afterEach(() => expect(on.platform.violations).toEqual([]));
afterAll(() => on[Symbol.asyncDispose]());

const here = (person: DiscordPerson, isManager = false): Asking => ({ person, guild: club, isManager });
const posted = () => on.platform.posted.slice(before);
const greeting = async () => {
  await expect.poll(() => posted().length, { timeout: 240_000 }).toBe(1);
  return posted()[0] ?? expect.fail('no greeting');
};

describe('added to a server, the bot', () => {
  it('says once what it does and that nobody is in it yet, with one button for all', async () => {
    const shown = await greeting();
    expect(textOf(shown)).toContain('Nobody takes part yet');
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['Enrol me', 'Privacy']);
    await on.platform.slash(here(ann), 'help').answer();
    expect(posted()).toHaveLength(1);
  });

  it('opens the form of that server for everybody who presses, and enrols them', async () => {
    const press = on.platform.press(here(ann), await greeting(), JOIN);
    expect(await press.acknowledged()).toMatchObject({
      type: 9,
      data: { custom_id: expect.stringMatching(/^enroll:/) },
    });
    const sent = { ticked: ['agree'], photos: [on.platform.attach(photos.ann)] };
    const enrolled = await on.platform.submit(here(ann), press, sent).answer();
    expect(textOf(enrolled)).toContain('You are enrolled in “Chess club”');
    expect(enrolled.isEphemeral).toBe(true);
    expect(posted()).toHaveLength(1);
  });

  it('says it once, also where the answer of Discord was lost', async () => {
    await greeting();
    const sent = () => on.platform.requests.filter(({ template }) => template === CHANNEL).length;
    on.platform.fault({ method: 'post', template: CHANNEL, status: 'done, no answer', times: 1 });
    const earlier = sent();
    on.platform.invited('Go club', ann);
    await expect.poll(sent, { timeout: 240_000 }).toBe(earlier + 2);
    await on.platform.slash(here(ann), 'help').answer();
    expect(posted()).toHaveLength(2);
  });

  it('greets no server again that it was in before a restart', async () => {
    await greeting();
    await on.restart();
    await on.platform.slash(here(ann), 'help').answer();
    expect(posted()).toHaveLength(1);
  });
});

describe('/invite', () => {
  it('shows the invitation to the channel, with how many are in it, and tells only the admin', async () => {
    await greeting();
    const exchange = on.platform.slash(here(ann, true), 'invite');
    const told = () => exchange.original && textOf(exchange.original);
    await expect.poll(told, { timeout: 240_000 }).toContain('Posted in “Chess club”');
    expect(exchange.original?.isEphemeral).toBe(true);
    const [invitation, ...others] = exchange.followUps;
    expect(others).toEqual([]);
    expect(invitation).toMatchObject({ isEphemeral: false });
    expect(invitation && textOf(invitation)).toContain('Nobody takes part yet');
  });

  it('is refused to everybody else', async () => {
    const exchange = on.platform.slash(here(ann), 'invite');
    expect(textOf(await exchange.answer())).toBe(failureText(en, 'not_allowed'));
    expect(exchange.followUps).toEqual([]);
  });
});

it('a server in which fifty people enrol by the button has at most two messages of the bot', async () => {
  const shown = await greeting();
  const exchange = on.platform.slash(here(ann, true), 'invite');
  await expect.poll(() => exchange.followUps.length, { timeout: 240_000 }).toBe(1);
  for (let count = 0; count < FIFTY; count++) {
    const person = on.platform.person(`Member ${count}`);
    club.members.add(person.id);
    const press = on.platform.press(here(person), shown, JOIN);
    expect(await press.acknowledged()).toMatchObject({ type: 9 });
    const sent = { ticked: ['agree'], photos: [on.platform.attach(Buffer.from('no photo'))] };
    expect((await on.platform.submit(here(person), press, sent).answer()).isEphemeral).toBe(true);
  }
  const seenByAll = exchange.followUps.filter(({ isEphemeral }) => !isEphemeral);
  expect(posted().length + seenByAll.length).toBe(2);
});
