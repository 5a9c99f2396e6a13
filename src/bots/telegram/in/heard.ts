import type { Message, UserFromGetMe } from 'grammy/types';
import type { Ask } from '../../../chat/ask.ts';
import type { TelegramPhoto } from '../address.ts';

/** The request in a message, or in an album of messages. */
export interface Heard {
  /** The message to answer. In an album, it is the one with words. */
  readonly message: Message;
  /** The command without slash, in lower case; empty when there is none. */
  readonly command: string;
  readonly args: string;
  /** Whom the message names: this bot, another bot, or none. */
  readonly to: 'me' | 'other' | 'anyone';
  /**
   * The message's own photos. A message to the bot that has none gets those of the message that it
   * replies to.
   */
  readonly photos: readonly TelegramPhoto[];
  /** See {@link Ask}. */
  readonly oneOfAlbum?: Ask['oneOfAlbum'];
}

/**
 * Matches invisible signs. In a group they may come before a command, because keyboards and apps
 * add direction marks.
 */
const UNSEEN = /^[\s\p{Cf}]*$/u;

/**
 * Matches signs right after a command, which mean nothing. Signs after a blank count, because the
 * parameter of a link may begin with them.
 */
const SIGNS = /^[\p{Cf}\p{P}]+/u;

/**
 * Reads one message, or a whole album. A forwarded message is no command, because its words are
 * somebody else's.
 */
export function hear(album: readonly [Message, ...Message[]], me: UserFromGetMe): Heard {
  const commanding = album.find((one) => commandIn(one) !== undefined);
  const message = commanding ?? album.find((one) => wordsOf(one) !== '') ?? album[0];
  const said = wordsOf(message);
  const { command = '', bot, end = 0 } = commandIn(message) ?? {};
  const to = addressee(said, bot, me);
  const own = album.flatMap((one) => photoIn(one, one.forward_origin !== undefined) ?? []);
  const photos = own.length > 0 || (command === '' && to !== 'me') ? own : repliedTo(message);
  return {
    message,
    command: command.toLowerCase(),
    args: said
      .slice(end)
      .replace(end > 0 ? SIGNS : '', '')
      .trim(),
    to,
    photos,
    ...(photos.length === 1 && oneOfAlbum(album, photos === own)),
  };
}

/**
 * Whether the only photo of an ask is a part of an album. An album has two photos at least, and in
 * a private chat the bot gets all of them. In a group, a bot that hears only what is meant for it
 * gets only the photo with words. With a reply, the bot gets only the photo that is replied to.
 */
function oneOfAlbum([first, ...others]: readonly [Message, ...Message[]], isOwn: boolean): Pick<Heard, 'oneOfAlbum'> {
  if (!isOwn) return first.reply_to_message?.media_group_id === undefined ? {} : { oneOfAlbum: 'replied' };
  const isAlone = first.media_group_id !== undefined && others.length === 0 && first.chat.type !== 'private';
  return isAlone ? { oneOfAlbum: 'sent' } : {};
}

function wordsOf({ text, caption, forward_origin }: Message): string {
  return forward_origin ? '' : (text ?? caption ?? '');
}

/** The command of a message, as Telegram marks it. In a group it must be at the beginning. */
function commandIn(message: Message): { command: string; bot: string | undefined; end: number } | undefined {
  const said = wordsOf(message);
  const entities = (message.text === undefined ? message.caption_entities : message.entities) ?? [];
  for (const { type, offset, length } of entities) {
    if (type !== 'bot_command') continue;
    if (message.chat.type !== 'private' && !UNSEEN.test(said.slice(0, offset))) continue;
    const [command = '', bot] = said.slice(offset + 1, offset + length).split('@', 2);
    return { command, bot, end: offset + length };
  }
  return undefined;
}

function addressee(said: string, bot: string | undefined, me: UserFromGetMe): Heard['to'] {
  const name = me.username.toLowerCase();
  if (bot !== undefined) return bot.toLowerCase() === name ? 'me' : 'other';
  return said.toLowerCase().match(/@\w+/g)?.includes(`@${name}`) ? 'me' : 'anyone';
}

function repliedTo({ from, reply_to_message: replied }: Message): TelegramPhoto[] {
  if (!replied) return [];
  const isOwn = replied.from?.id === from?.id && !replied.sender_chat;
  const photo = photoIn(replied, !isOwn || replied.forward_origin !== undefined);
  if (!photo) return [];
  if (isOwn) return [photo];
  // Only a person can forbid searches of their photos. A bot, a channel, or somebody who writes as
  // the group is no such person, so their photos have no `sender`.
  const isByPerson = replied.from && !replied.from.is_bot && !replied.sender_chat;
  return [{ ...photo, isOfOthers: true, ...(isByPerson && { sender: String(replied.from?.id) }) }];
}

/**
 * The photo of a message, in its largest size, or the file of a message. Only the bytes of a file
 * tell whether it is a picture.
 */
function photoIn({ photo, document }: Message, isBorrowed: boolean): TelegramPhoto | undefined {
  const largest = photo?.toSorted((a, b) => b.width * b.height - a.width * a.height)[0];
  const file = largest ?? document;
  if (!file) return undefined;
  return {
    platform: 'telegram',
    file: file.file_id,
    ...(file.file_size !== undefined && { bytes: file.file_size }),
    ...(!largest && { isFile: true }),
    ...(isBorrowed && { borrowed: true }),
  };
}
