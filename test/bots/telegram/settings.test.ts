import { describe, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { ann, bob, club, enroll, inClub, meetsAnew, on, one, photos, text } from './chess-club.ts';
import type { Account, Sending } from './platform/people.ts';
import { badRequest } from './platform/refusals.ts';

meetsAnew();

/** What somebody reads in private after sending /settings in the group. */
const settings = (person: Account) => one(person, () => person.saysIn(club, '/settings'));

describe('/settings in a group', () => {
  it('is answered in private, for those alone whom Telegram says to be admins there', async () => {
    await enroll(bob, photos.bob);
    expect(text(await settings(ann))).toBe(failureText(en, 'not_allowed'));
    club.members.set(ann.id, 'administrator');
    const menu = await settings(ann);
    expect(text(menu)).toContain('Settings of “Chess club”. 1 person is enrolled.');
    const which = await one(ann, () => ann.presses(menu, 'Showing results'));
    expect(text(await one(ann, () => ann.presses(which, 'No')))).toContain('whole group: no.');
    expect(inClub().every(({ text: said = '' }) => !said.includes('Settings'))).toBe(true);
  });

  it('is over for whoever is an admin no more', async () => {
    club.members.set(ann.id, 'creator');
    const menu = await settings(ann);
    club.members.set(ann.id, 'member');
    expect(text(await one(ann, () => ann.presses(menu, 'Erase the group')))).toBe(failureText(en, 'not_allowed'));
  });

  it('is refused where Telegram does not say who is an admin', async () => {
    club.silence = { refusal: badRequest('CHAT_ADMIN_REQUIRED') };
    expect(text(await settings(ann))).toBe(failureText(en, 'not_allowed'));
  });

  it('erases everybody of the group, once that is confirmed', async () => {
    await enroll(bob, photos.bob);
    club.members.set(ann.id, 'administrator');
    const menu = await settings(ann);
    const asked = await one(ann, () => ann.presses(menu, 'Erase the group'));
    expect(text(await one(ann, () => ann.presses(asked, 'Erase everybody')))).toContain('nothing is held of anybody');
    expect(text(await one(bob, () => bob.says('/mydata')))).toContain('Nothing is held about you');
  });
});

describe('the topics of a forum', () => {
  it('that its admins set are the only ones where members search; elsewhere they read so in private', async () => {
    const forum = on.people.group('Forum', [ann, bob], { forum: true });
    forum.members.set(ann.id, 'administrator');
    const menu = await one(ann, () => ann.saysIn(forum, '/settings', { topic: 7 }));
    const which = await one(ann, () => ann.presses(menu, 'Channels'));
    const link = `https://t.me/c/${String(forum.chat.id).slice('-100'.length)}/7`;
    expect(text(await one(ann, () => ann.presses(which, 'Only this channel')))).toContain(`for others: ${link}.`);
    const searches = (sending: Sending) =>
      one(bob, () => bob.saysIn(forum, '/find', { photos: [photos.group], ...sending }));
    const told = en.settings.elsewhere({ some: true, group: '“Forum”', where: link });
    expect(text(await searches({ topic: 8 }))).toBe(told);
    // The topic *General* has no id.
    expect(text(await searches({}))).toBe(told);
    expect(on.people.inChat(forum.chat.id)).toEqual([]);
    expect(text(await searches({ topic: 7 }))).toContain('May I look at your photos');
    // The admins switch topics off, so no topic is left.
    Object.assign(forum.chat, { is_forum: false });
    expect(text(await searches({}))).toBe(en.settings.elsewhere({ some: false, group: '“Forum”', where: '' }));
  });

  it('are no setting of a group without them', async () => {
    club.members.set(ann.id, 'administrator');
    expect(text(await settings(ann))).not.toContain('Channels');
  });
});

it('what is for admins stands in their menu and in private, and not in that of a group', async () => {
  const named = (scope: string) =>
    on.api.calls
      .filter(({ method, params }) => method === 'setMyCommands' && JSON.stringify(params).includes(scope))
      .map(({ params }) => JSON.stringify(params).includes('settings'));
  expect(named('all_group_chats')).toEqual([false, false]);
  expect(named('all_chat_administrators')).toEqual([true, true]);
  expect(named('all_private_chats')).toEqual([true, true]);
});
