import { describe, expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { ann, answered, bob, club, heardIn, inClub, link, meetsAnew, moveTo, on, said } from './noted-club.ts';
import type { Account } from './platform/people.ts';
import { badRequest, serverError } from './platform/refusals.ts';
import { BOT } from './platform/world.ts';

meetsAnew();

describe('a signpost', () => {
  it('is replaced by the next one, which leads everybody', async () => {
    ann.saysIn(club, '/enroll');
    const first = await said();
    bob.saysIn(club, '/mydata');
    await on.api.until('the next one', () => inClub().every(({ id }) => id > first.id));
    expect(inClub()).toHaveLength(1);
    expect(link(await said())).toEqual(link(first));
  });

  it('that Telegram did not delete at once is deleted with the next one', async () => {
    ann.saysIn(club, '/enroll');
    const first = await said();
    on.api.fault('deleteMessage', serverError(), 4);
    bob.saysIn(club, '/enroll');
    await on.api.until('a second one', () => inClub()[1]);
    ann.saysIn(club, '/enroll');
    await on.api.until('one of them alone', () => inClub().length === 1 && !inClub().includes(first));
  });

  it('of another topic stays', async () => {
    moveTo(on.people.group('Forum', [ann, bob], { forum: true }));
    ann.saysIn(club, '/enroll', { topic: 7 });
    await said();
    bob.saysIn(club, '/enroll', { topic: 9 });
    await on.api.until('a second one', () => inClub()[1]);
    await heardIn(2);
    expect(inClub().map(({ topic }) => topic)).toEqual([7, 9]);
  });
});

describe('a group whose members Telegram does not tell', () => {
  const advice = 'Make me an admin';
  const advised = () => inClub().filter(({ text }) => text?.includes(advice));
  const isAdmin = () => club.members.set(BOT.id, 'administrator');
  async function enrolling(person: Account): Promise<void> {
    person.saysIn(club, '/enroll');
    await heardIn(
      [...on.api.world.messages.values()].filter(({ text, chat }) => text === '/enroll' && chat === club.chat.id)
        .length,
    );
  }

  it('is told with the first /enroll to make the bot an admin, in one message that stays', async () => {
    club.silence = { refusal: badRequest('CHAT_ADMIN_REQUIRED') };
    for (const person of [ann, bob]) {
      await enrolling(person);
      expect(advised()).toHaveLength(1);
      expect(inClub()).toHaveLength(1);
    }
    const other = on.people.group('Other club', [ann]);
    other.silence = club.silence;
    moveTo(other);
    await enrolling(ann);
    expect(advised()).toHaveLength(1);
  });

  it('is told so by itself where the bot may write to the sender', async () => {
    club.silence = { refusal: badRequest('CHAT_ADMIN_REQUIRED') };
    ann.says('/start');
    await answered(ann);
    await enrolling(ann);
    expect(inClub().map(({ text }) => text)).toEqual([en.telegram.makeAdmin]);
    expect(inClub().flatMap(link)).toEqual([]);
    await enrolling(ann);
    expect(inClub()).toHaveLength(1);
  });

  it('is told no longer once the bot is an admin', async () => {
    club.silence = { refusal: badRequest('CHAT_ADMIN_REQUIRED') };
    await enrolling(ann);
    isAdmin();
    await enrolling(bob);
    expect(advised()).toEqual([]);
    expect(inClub()).toHaveLength(1);
  });

  it('is told again when the bot was removed and came back', async () => {
    club.silence = { refusal: badRequest('CHAT_ADMIN_REQUIRED') };
    await enrolling(ann);
    on.people.become(club, { id: BOT.id, is_bot: true, first_name: 'Finder' }, 'left');
    on.people.become(club, { id: BOT.id, is_bot: true, first_name: 'Finder' }, 'member');
    await on.api.until('the greeting', () => inClub().find(({ text }) => text === 'Join.'));
    await enrolling(ann);
    expect(advised()).toHaveLength(2);
  });

  it('is told nothing if the bot is an admin, or if Telegram tells it', async () => {
    await enrolling(ann);
    on.api.fault('getChatMember', serverError(), 9);
    await enrolling(ann);
    expect(advised()).toEqual([]);
  });
});
