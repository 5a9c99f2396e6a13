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

const COMMAND = /^\/(\w{1,64})(?:@(\w+))?(?:\s+|$)/;

/** Reads one message, or all of an album. A forwarded message commands nothing: its words are somebody else's. */
export function hear(album: readonly [Message, ...Message[]], me: UserFromGetMe): Heard {
  const words = ({ text, caption, forward_origin }: Message) => (forward_origin ? '' : (text ?? caption ?? ''));
  const message = album.find((one) => COMMAND.test(words(one))) ?? album.find((one) => words(one) !== '') ?? album[0];
  const said = words(message);
  const [head = '', command = '', bot] = COMMAND.exec(said) ?? [];
  const to = addressee(said, bot, me);
  const own = album.flatMap((one) => photoIn(one, one.forward_origin !== undefined) ?? []);
  return {
    message,
    command: command.toLowerCase(),
    args: said.slice(head.length).trim(),
    to,
    photos: own.length > 0 || (command === '' && to !== 'me') ? own : repliedTo(message),
  };
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
