import type { CommandName } from '../../text/words.ts';
import type { Heard } from './heard.ts';
import { askOf, privately, request, type Station } from './station.ts';

/**
 * What a deep link may open without having been parked: it is nobody's secret, and it never
 * expires.
 */
export function openToAll({ commands }: Station, name: string): CommandName | undefined {
  return commands.find((command) => command.kind === 'anywhere' && !command.isPersonal && command.name === name)?.name;
}

/** Opens the private chat with this bot, and there what `start` stands for: a command that is open to all, or a parked ask. */
export function linkTo({ username }: Station['me'], start: string): string {
  return `https://t.me/${username}?start=${start}`;
}

/** What whoever says nothing that is understood is told. */
export const FALLBACK: CommandName = 'help';

/**
 * A private chat: everything that can be understood is asked; only stickers and the like are passed
 * over in silence.
 */
export async function inPrivate(station: Station, update: number, heard: Heard): Promise<void> {
  const { message } = heard;
  const { from } = message;
  if (!from || from.is_bot) return;
  if (heard.command === 'start') return await opened(station, update, heard, from);
  if (message.text === undefined && message.caption === undefined && heard.photos.length === 0) return;
  const ask = askOf(update, heard, from);
  await station.chat.ask({ ...ask, address: { ...ask.address, replyTo: message.message_id } });
}

/** `/start` alone is somebody's first word; with an id it is a deep link that was opened. */
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
  const command = openToAll(station, heard.args) ?? FALLBACK;
  await station.chat.ask({ ...askOf(update, heard, from), command, args: '', photos: [] });
}
