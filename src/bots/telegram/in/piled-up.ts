import type { Message, Update } from 'grammy/types';
import { commandIn, wordsOf } from './heard.ts';

const PREFIX = 'piled up ';

/** What people send to ask for something. Other messages, as that somebody left, stand alone. */
const SAID = [
  'text',
  'photo',
  'document',
  'animation',
  'video',
  'video_note',
  'voice',
  'audio',
  'sticker',
] as const satisfies readonly (keyof Message)[];

/**
 * Joins what piled up while the bot was off, so that nobody gets an answer for each of ten `/find`.
 * What one person sent in one chat with the same command becomes one album, which is one ask. So do
 * photos without words after a command that takes photos. Nothing is lost: the ask has all photos.
 * A message that replies to another one stands alone, because each is about another photo.
 * @param updates oldest first
 * @param takesPhotos whether there is such a command, and it takes photos
 */
export function piledUp(updates: readonly Update[], takesPhotos: (command: string) => boolean): Update[] {
  const latest = new Map<string, Run>();
  const runs = updates.map((update) => {
    const { message } = update;
    if (!message?.from || !SAID.some((kind) => message[kind] !== undefined)) return undefined;
    const who = `${message.chat.id} ${message.from.id}`;
    const before = latest.get(who);
    const wants = wantOf(message);
    latest.delete(who);
    if (message.reply_to_message !== undefined || wants === undefined) return undefined;
    const goesOn = before && (wants === before.wants || (wants === PHOTO && before.takesPhotos));
    const run = goesOn ? before : { wants, takesPhotos: takesPhotos(commandOf(message)), updates: [] };
    run.updates.push(update.update_id);
    latest.set(who, run);
    return run;
  });
  return updates.map((update, index) => {
    const [first, second] = runs[index]?.updates ?? [];
    if (!update.message || second === undefined) return update;
    return { ...update, message: { ...update.message, media_group_id: `${PREFIX}${first}` } };
  });
}

/** Whether an album is one that {@link piledUp} joined: it may have any number of parts. */
export function isPiledUp(album: string): boolean {
  return album.startsWith(PREFIX);
}

/** Messages that ask for the same. */
interface Run {
  readonly wants: string;
  readonly takesPhotos: boolean;
  readonly updates: number[];
}

const commandOf = (message: Message) => commandIn(message)?.command.toLowerCase() ?? '';

/** What comes without words. */
const PHOTO = '';

/** The same for messages that ask for the same. Undefined for a deep link: each is another one. */
function wantOf(message: Message): string | undefined {
  const { command, bot, end } = commandIn(message) ?? {};
  const words = wordsOf(message);
  if (command === undefined) return words === '' ? PHOTO : `words ${words}`;
  return command === 'start' ? undefined : `/${command} ${bot ?? ''} ${words.slice(end)}`;
}
