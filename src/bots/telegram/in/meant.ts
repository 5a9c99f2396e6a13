import { type Declaration, isOffered } from '../../../chat/command.ts';
import { isNearly, meant, namesOf, nearestCommand } from '../../../chat/intent.ts';
import type { CommandName } from '../../../text/words.ts';
import type { ListenerContext } from './context.ts';
import type { Heard } from './heard.ts';
import { FALLBACK } from './private.ts';

/** The commands that a photo with the bot's name may mean. The first one that is offered counts. */
const OF_A_PHOTO: readonly CommandName[] = ['find', 'me'];

/**
 * How many letters a command must have to count as misspelt when it does not name the bot. A
 * shorter one is more likely a command of another bot.
 */
const LEAST_MISSPELT = 5;

/** The command with this name, in any language. */
export function commandNamed(commands: readonly Declaration[], typed: string): CommandName | undefined {
  return commands.find(({ name }) => namesOf(name).includes(typed))?.name;
}

/**
 * What a message in a group asks for. `typed`: the command as the chat gets it. `command`: the
 * command that this means or nearly means. On a photo, the bot's name asks who is on it; in any
 * other message it asks for help. Undefined for a message that is not for the bot.
 */
export function meantInGroup(
  { commands, me }: Pick<ListenerContext, 'commands' | 'me'>,
  { command: typed, args, to, photos }: Heard,
): { readonly typed: string; readonly command: CommandName } | undefined {
  if (to === 'other') return undefined;
  const known = commandNamed(commands, typed);
  if (known) return { typed: known, command: known };
  const offered = commands.filter(isOffered);
  const near = nearestCommand(
    offered.map(({ name }) => name),
    typed,
  );
  if (to === 'anyone') {
    const isMisspelt = near && typed.length >= LEAST_MISSPELT && isNearly(near, typed);
    return isMisspelt ? { typed, command: near } : undefined;
  }
  if (near) return { typed, command: near };
  if (typed !== '') return { typed: FALLBACK, command: FALLBACK };
  const takesPhotos = offered.filter((one) => one.kind === 'photos' && one.photos.of === 'anybody');
  const isPhoto = photos.length > 0;
  const said = args.toLowerCase().replaceAll(`@${me.username.toLowerCase()}`, '');
  const inWords = meant(isPhoto ? takesPhotos : commands, { command: '', args: said, photos });
  const ofPhoto = OF_A_PHOTO.find((one) => isPhoto && takesPhotos.some(({ name }) => name === one));
  const command = inWords ?? ofPhoto ?? FALLBACK;
  return { typed: command, command };
}
