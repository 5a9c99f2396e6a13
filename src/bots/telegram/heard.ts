import type { Message, UserFromGetMe } from 'grammy/types';
import type { TelegramPhoto } from './address.ts';

/** What a message, or an album of them, asks for. */
export interface Heard {
  /** The message that was answered to: of an album the one with the words. */
  readonly message: Message;
  /** Without slash, in lower case; empty when there is none. */
  readonly command: string;
  readonly args: string;
  /** Whether this bot is meant by name, another one is, or nobody is named. */
  readonly to: 'me' | 'other' | 'anyone';
  /** Of the message itself; one that speaks to the bot without any takes those of the message it replies to. */
  readonly photos: readonly TelegramPhoto[];
}

/** What may stand before a command in a group: nothing that is seen. Keyboards and apps put marks of direction there. */
const UNSEEN = /^[\s\p{Cf}]*$/u;

/** What people put right after a command, and means nothing. Behind a blank it may be the beginning of what a link carries. */
const SIGNS = /^[\p{Cf}\p{P}]+/u;

/** Reads one message, or all of an album. A forwarded message commands nothing: its words are somebody else's. */
export function hear(album: readonly [Message, ...Message[]], me: UserFromGetMe): Heard {
  const commanding = album.find((one) => commandIn(one) !== undefined);
  const message = commanding ?? album.find((one) => wordsOf(one) !== '') ?? album[0];
  const said = wordsOf(message);
  const { command = '', bot, end = 0 } = commandIn(message) ?? {};
  const to = addressee(said, bot, me);
  const own = album.flatMap((one) => photoIn(one, one.forward_origin !== undefined) ?? []);
  return {
    message,
    command: command.toLowerCase(),
    args: said
      .slice(end)
      .replace(end > 0 ? SIGNS : '', '')
      .trim(),
    to,
    photos: own.length > 0 || (command === '' && to !== 'me') ? own : repliedTo(message),
  };
}

function wordsOf({ text, caption, forward_origin }: Message): string {
  return forward_origin ? '' : (text ?? caption ?? '');
}

/** The command of a message, as Telegram itself marks it; in a group only where the message begins with it. */
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
  // A bot, a channel, or a group that somebody speaks for is nobody who could say that its photos may not be searched.
  const isByPerson = replied.from && !replied.from.is_bot && !replied.sender_chat;
  return [{ ...photo, isOfOthers: true, ...(isByPerson && { sender: String(replied.from?.id) }) }];
}

/** The largest size of a photo, or a file: whether that is a picture its bytes will tell. */
function photoIn({ photo, document }: Message, isBorrowed: boolean): TelegramPhoto | undefined {
  const file = photo?.toSorted((a, b) => b.width * b.height - a.width * a.height)[0] ?? document;
  if (!file) return undefined;
  return {
    platform: 'telegram',
    file: file.file_id,
    ...(file.file_size !== undefined && { bytes: file.file_size }),
    ...(isBorrowed && { borrowed: true }),
  };
}
