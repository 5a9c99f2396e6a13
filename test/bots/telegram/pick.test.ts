import { describe, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { ann, bob, club, enroll, meetsAnew, on, one, photos, text } from './chess-club.ts';
import type { Account } from './platform/people.ts';
import type { Group } from './platform/world.ts';

meetsAnew();

/** The button that opens Telegram's own list of groups. */
interface Picker {
  readonly request_id: number;
  readonly bot_is_member: boolean;
}

/**
 * Somebody known in no group sends a command in private. Gives the bot's two messages, and the
 * picker below the second.
 */
async function asks(person: Account, command: string, photo?: Uint8Array) {
  const before = person.inbox().length;
  person.says(command, photo && { photos: [photo] });
  const shown = await on.api.until(
    'the picker',
    () => person.inbox().length === before + 2 && person.inbox().slice(before),
  );
  const sent = on.api.calls.findLast(({ method }) => method === 'sendMessage') ?? expect.fail('nothing was sent');
  const { keyboard } = sent.params.reply_markup as { keyboard: { request_chat: Picker }[][] };
  return { shown, picker: keyboard[0]?.[0]?.request_chat ?? expect.fail('no picker') };
}

/** Somebody picks a group in Telegram's own list. */
function picks(person: Account, { request_id }: Picker, { chat }: Group) {
  const from = person.user;
  const private_ = { id: person.id, type: 'private', first_name: from.first_name };
  const shared = { request_id, chat_id: chat.id, title: chat.title };
  return on.api.updates.add({
    message: { message_id: 900, date: 1, chat: private_, from, chat_shared: shared },
  } as never);
}

describe('somebody who is known in no group', () => {
  it('picks a group that the bot is in, and their ask goes on there, with its photo', async () => {
    await enroll(ann, photos.ann);
    const { shown, picker } = await asks(bob, '/find', photos.group);
    expect(shown.map(text)).toEqual([en.place.none, en.telegram.pick]);
    expect(shown[0]?.keyboard[0]).toMatchObject([
      { text: 'Add me to a group', url: expect.stringMatching(/\?startgroup=true&admin=manage_chat$/) },
    ]);
    expect(picker).toMatchObject({ bot_is_member: true });
    // Three taps: to open the list, to choose the group, and to agree.
    const notice = await one(bob, () => picks(bob, picker, club));
    expect(text(notice)).toContain('May I look at your photos for “Chess club”?');
    expect(text(await one(bob, () => bob.presses(notice, 'agree')))).toContain('Ann');
  });

  it('may pick after a restart of the bot, too', async () => {
    const { picker } = await asks(ann, '/enroll');
    await on.restart();
    expect(text(await one(ann, () => picks(ann, picker, club)))).toContain('Now send 1 to 3 selfies');
  });

  it('is told nothing of a group that they are not in', async () => {
    const stranger = on.people.person('Mallory');
    const { picker } = await asks(stranger, '/find', photos.group);
    expect(text(await one(stranger, () => picks(stranger, picker, club)))).toBe(failureText(en, 'not_a_member'));
  });

  it('goes on with no ask of somebody else', async () => {
    const { picker } = await asks(ann, '/find', photos.group);
    expect(text(await one(bob, () => picks(bob, picker, club)))).toBe(failureText(en, 'not_yours'));
  });
});
