import type { Message } from 'grammy/types';
import { FIRST_WORD } from '../../chat/intent.ts';
import { type CommandName, wordsFor } from '../../text/words.ts';
import type { Heard } from './heard.ts';
import { groupNow, INVITES_TO, invitedTo } from './invite.ts';
import { telegramFailure } from './refusal.ts';
import { askOf, privately, request, type Station } from './station.ts';

/** A deep link's command that works without being parked: it is no secret, and it never expires. */
export function openToAll({ commands }: Station, name: string): CommandName | undefined {
  return commands.find((command) => command.kind === 'anywhere' && !command.isPersonal && command.name === name)?.name;
}

/**
 * Opens the private chat with this bot. `start` is a command that is open to all, or a parked ask.
 */
export function linkTo({ username }: Station['me'], start: string): string {
  return `https://t.me/${username}?start=${start}`;
}

/** The answer to messages that are not understood. */
export const FALLBACK: CommandName = 'help';

/**
 * A private chat: everything understood becomes an ask, and what cannot be used gets a sentence.
 */
export async function inPrivate(station: Station, update: number, heard: Heard): Promise<void> {
  const { message } = heard;
  const { from } = message;
  if (!from || from.is_bot) return;
  if (heard.command === 'start') return await opened(station, update, heard, from);
  if (isNoPhoto(message)) return await sayOnlyPhotos(station, message, from.language_code);
  if (message.text === undefined && message.caption === undefined && heard.photos.length === 0) return;
  const ask = askOf(update, heard, from);
  await station.chat.ask({ ...ask, address: { ...ask.address, replyTo: message.message_id } });
}

/** Messages of people who mean a photo, or try things out. A GIF also comes as a file. */
function isNoPhoto({ animation, video, video_note, voice, audio, sticker }: Message): boolean {
  return (animation ?? video ?? video_note ?? voice ?? audio ?? sticker) !== undefined;
}

async function sayOnlyPhotos({ api }: Station, { chat, message_id }: Message, language = 'en'): Promise<void> {
  const { onlyPhotos } = wordsFor(language).intent;
  try {
    await api.sendMessage(chat.id, onlyPhotos, { reply_parameters: { message_id, allow_sending_without_reply: true } });
  } catch (error) {
    const failure = telegramFailure(error);
    if (failure.code !== 'expired') throw failure;
  }
}

/** `/start` alone is a person's first message. With an id it is an opened deep link. */
async function opened(
  station: Station,
  update: number,
  heard: Heard,
  from: NonNullable<Heard['message']['from']>,
): Promise<void> {
  const isParked = /^[\w-]{22}$/.test(heard.args);
  if (isParked) {
    return await station.chat.press({
      ...request(update, from),
      action: `${heard.args}:open`,
      place: undefined,
      address: privately(from),
    });
  }
  const group = invitedTo(heard.args);
  if (group !== undefined) {
    const about = await groupNow(station.api, group);
    return await station.chat.ask({ ...askOf(update, heard, from), command: INVITES_TO, args: '', photos: [], about });
  }
  const command = openToAll(station, heard.args) ?? (heard.args === '' ? FIRST_WORD : FALLBACK);
  await station.chat.ask({ ...askOf(update, heard, from), command, args: '' });
}
