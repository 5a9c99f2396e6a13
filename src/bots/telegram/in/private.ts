import type { Message } from 'grammy/types';
import type { Ask } from '../../../chat/ask.ts';
import { FIRST_WORD } from '../../../chat/intent.ts';
import { type CommandName, wordsFor } from '../../../text/words.ts';
import { groupNow, INVITES_TO, invitedTo } from '../out/invite.ts';
import { telegramFailure } from '../out/refusal.ts';
import { signedFrom } from '../out/signpost.ts';
import { askOf, type ListenerContext, privately, request } from './context.ts';
import type { Heard } from './heard.ts';

/**
 * The command of this name, if a deep link may name it. Such a link is no secret and never expires,
 * so this is undefined for personal commands.
 */
export function openToAll({ commands }: ListenerContext, name: string): CommandName | undefined {
  return commands.find((command) => command.kind === 'anywhere' && !command.isPersonal && command.name === name)?.name;
}

/** A link that opens the private chat with this bot. `start`: a command that anybody may open. */
export function linkTo({ username }: ListenerContext['me'], start: string): string {
  return `https://t.me/${username}?start=${start}`;
}

/** The command that answers messages that are not understood. */
export const FALLBACK: CommandName = 'help';

/**
 * Takes in a message in a private chat. If it is understood, it becomes an ask. If it cannot be
 * used, a sentence says so.
 */
export async function inPrivate(context: ListenerContext, update: number, heard: Heard): Promise<void> {
  const { message } = heard;
  const { from } = message;
  if (!from || from.is_bot) return;
  if (heard.command === 'start') return await opened(context, update, heard, from);
  if (isNoPhoto(message)) return await sayOnlyPhotos(context, message, from.language_code);
  if (message.text === undefined && message.caption === undefined && heard.photos.length === 0) return;
  const ask = askOf(context, update, heard, from);
  await context.chat.ask({ ...ask, address: { ...ask.address, replyTo: message.message_id } });
}

/**
 * The fields of messages whose content is neither words nor a photo nor a file. Telegram gives a
 * GIF as `animation`, and as a file too. The other fields that a message may have only describe the
 * message, or make it a service message.
 */
const NO_PHOTOS = [
  'animation',
  'audio',
  'checklist',
  'contact',
  'dice',
  'game',
  'giveaway',
  'giveaway_winners',
  'invoice',
  'location',
  'paid_media',
  'poll',
  'rich_message',
  'sticker',
  'story',
  'venue',
  'video',
  'video_note',
  'voice',
] as const satisfies readonly (keyof Message)[];

/** Whether a message has something in which no face can be looked for. */
function isNoPhoto(message: Message): boolean {
  return NO_PHOTOS.some((kind) => message[kind] !== undefined);
}

async function sayOnlyPhotos({ api }: ListenerContext, { chat, message_id }: Message, language = 'en'): Promise<void> {
  const { onlyPhotos } = wordsFor(language).intent;
  try {
    await api.sendMessage(chat.id, onlyPhotos, { reply_parameters: { message_id, allow_sending_without_reply: true } });
  } catch (error) {
    const failure = telegramFailure(error);
    if (failure.code !== 'expired') throw failure;
  }
}

/**
 * Handles `/start`. Alone it is a person's first message. With an argument it is an opened deep
 * link.
 */
async function opened(
  context: ListenerContext,
  update: number,
  heard: Heard,
  from: NonNullable<Heard['message']['from']>,
): Promise<void> {
  // The links that an older facefinder posted in groups name a parked ask.
  const isParked = /^[\w-]{22}$/.test(heard.args);
  if (isParked) {
    return await context.chat.press({
      ...request(context, update, from),
      action: `${heard.args}:open`,
      place: undefined,
      address: privately(from),
    });
  }
  const signed = signedFrom(heard.args);
  const group = signed ?? invitedTo(heard.args);
  if (group !== undefined) {
    const about = await groupNow(context.api, group);
    const ask: Ask = { ...askOf(context, update, heard, from), command: INVITES_TO, args: '', photos: [], about };
    return await (signed === undefined ? context.chat.ask(ask) : context.chat.goOn(ask));
  }
  const command = openToAll(context, heard.args) ?? (heard.args === '' ? FIRST_WORD : FALLBACK);
  await context.chat.ask({ ...askOf(context, update, heard, from), command, args: '' });
}
