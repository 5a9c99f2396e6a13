import { describe, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import {
  ann,
  asks,
  bob,
  club,
  enroll,
  inClub,
  meetsAnew,
  newcomer,
  on,
  one,
  photos,
  signpost,
  text,
} from './chess-club.ts';
import { forbidden, tooMany } from './platform/refusals.ts';
import { BOT } from './platform/world.ts';

meetsAnew();

const bot = { id: BOT.id, is_bot: true, first_name: 'Finder' };
const FIFTY = 50;

/** Somebody adds the bot to the group. Gives its greeting. */
async function added() {
  club.members.set(BOT.id, 'left');
  on.people.become(club, bot, 'member');
  return await on.api.until('the greeting', () => inClub()[0]);
}

async function invites() {
  club.members.set(ann.id, 'administrator');
  return await one(ann, () => ann.saysIn(club, '/invite'));
}

describe('added to a group, the bot', () => {
  it('says once what it does and that nobody is in it yet, with one button for all', async () => {
    const greeting = await added();
    expect(text(greeting)).toContain('Nobody takes part yet');
    expect(greeting.keyboard).toMatchObject([[{ text: 'Enrol me', url: expect.stringContaining('start=enroll_-') }]]);
    on.people.become(club, bot, 'administrator');
    // Telegram sends this for the person who adds the bot by a link.
    ann.saysIn(club, `/start@${BOT.username} true`);
    await one(ann, () => ann.says('/help'));
    expect(inClub()).toHaveLength(1);
  });

  it('enrols everybody who presses that button, each in private and for that group', async () => {
    const greeting = await added();
    const asked = await one(ann, () => ann.opens(greeting));
    expect(text(asked)).toContain('Now send 1 to 3 selfies');
    const notice = await one(ann, () => ann.says('', { photos: [photos.ann] }));
    expect(text(notice)).toContain('May I remember your face for “Chess club”?');
    expect(text(await one(ann, () => ann.presses(notice, 'agree')))).toContain('You are enrolled in “Chess club”');
    expect(text(await one(bob, () => bob.opens(greeting)))).toContain('Now send 1 to 3 selfies');
    expect(inClub()).toHaveLength(1);
  });

  it('enrols nobody by it who is not a member', async () => {
    const greeting = await added();
    const stranger = on.people.person('Mallory');
    const answer = await one(stranger, () => stranger.opens(greeting));
    expect(text(answer)).toBe(failureText(en, 'not_a_member'));
  });

  it('says it once, also where the answer of Telegram was lost', async () => {
    on.api.fault('sendMessage', 'done, hang up');
    await added();
    await on.api.until('that every update is confirmed', () => on.api.updates.pending().length === 0);
    expect(inClub()).toHaveLength(1);
  });

  it('says it later where Telegram asked it to wait', async () => {
    on.api.fault('sendMessage', tooMany(11));
    await added();
    expect(inClub()).toHaveLength(1);
  });

  it('is silent where it may not write', async () => {
    on.api.fault('sendMessage', forbidden('bot is not a member of the group chat'));
    club.members.set(BOT.id, 'left');
    on.people.become(club, bot, 'member');
    const isTried = () =>
      on.api.calls.some(({ method, params }) => method === 'sendMessage' && params.chat_id === club.chat.id);
    await on.api.until('a greeting that is refused', () => isTried() || undefined);
    expect(text(await one(ann, () => ann.says('/help')))).toContain('/find');
    expect(inClub()).toEqual([]);
  });
});

describe('/invite', () => {
  it('shows the invitation again, with how many are in it, and tells the admin so in private', async () => {
    expect(text(await invites())).toContain('Posted in “Chess club”');
    expect(text(inClub().at(-1) ?? expect.fail('nothing'))).toContain('Nobody takes part yet');
  });

  it('is refused to everybody else', async () => {
    expect(text(await one(bob, () => bob.saysIn(club, '/invite')))).toBe(failureText(en, 'not_allowed'));
    expect(inClub()).toEqual([]);
  });
});

/** Fifty people to whom the bot cannot write yet join the group. */
const fifty = () => Array.from({ length: FIFTY }, (_, count) => newcomer(`Member ${count}`));

describe('fifty people who type', () => {
  it.each([
    ['enroll', 'Now send 1 to 3 selfies'],
    ['mydata', 'Nothing is held about you'],
    ['forget', 'Nothing is held about you'],
  ])('/%s leave one message of the bot, which leads each of them to an answer', async (command, answer) => {
    const people = fifty();
    await Promise.all(people.map((person) => signpost(person, command)));
    const heard = () => [...on.api.world.messages.values()].filter(({ reaction }) => reaction === '👀').length;
    await on.api.until('a sign to each', () => heard() === FIFTY);
    const [last, ...others] = inClub();
    expect(others).toEqual([]);
    for (const person of people) {
      expect(text(await one(person, () => last && person.opens(last)))).toContain(answer);
    }
    expect(inClub()).toHaveLength(1);
    // From now on the bot can write to them.
    for (const person of people.slice(0, 3)) expect(text(await asks(person, command))).toContain(answer);
    expect(inClub()).toHaveLength(1);
  });
});

it('a group that was greeted, in which fifty people type /enroll, has at most two messages of the bot', async () => {
  await added();
  for (const person of fifty()) {
    const last = await signpost(person, 'enroll');
    expect(text(await one(person, () => person.opens(last)))).toContain('Now send 1 to 3 selfies');
  }
  expect(text(await enroll(ann, photos.ann))).toContain('You are enrolled in');
  expect(inClub().length).toBeLessThanOrEqual(2);
});

it('a group in which fifty people enrol by the button has at most two messages of the bot', async () => {
  const greeting = await added();
  for (const person of fifty()) {
    expect(text(await one(person, () => person.opens(greeting)))).toContain('Now send 1 to 3 selfies');
  }
  await invites();
  await one(ann, () => ann.opens(inClub().at(-1) ?? greeting));
  const notice = await one(ann, () => ann.says('', { photos: [photos.ann] }));
  await one(ann, () => ann.presses(notice, 'agree'));
  expect(inClub().length).toBe(2);
});
