import { editsBetween, nearest } from '../nearest-word.ts';
import { type CommandName, LOCALES, wordsFor } from '../text/words.ts';
import type { Ask } from './ask.ts';
import { PARKED_MS } from './buttons/parked.ts';
import { type Declaration, isOffered, isOfferedUnder } from './command.ts';
import type { Flow } from './flow.ts';
import { rulesHere } from './group/rules.ts';
import type { Reply } from './reply.ts';

/**
 * The longest text that may mean a command, in characters. In a longer text a single word says too
 * little.
 */
const MOST_SAID = 80;

/**
 * The shortest name that is understood without a slash. Shorter words such as "me" or "I" are too
 * common.
 */
const LEAST_SAID = 3;

/**
 * The command that somebody means when they do not type its name: they type its name in another
 * language, or plain words.
 */
export function meant(
  all: readonly Declaration[],
  { command, args, photos }: Pick<Ask, 'command' | 'args' | 'photos'>,
): CommandName | undefined {
  const names = all.map(({ name }) => name);
  if (command !== '') return names.find((name) => namesOf(name).includes(command));
  if (args.length > MOST_SAID) return undefined;
  const said = args.toLowerCase().match(/\p{L}+/gu) ?? [];
  const offered = all.filter(isOffered).map(({ name }) => name);
  const means = said.flatMap((word) => offered.find((name) => wordsOf(name).includes(word)) ?? []);
  // Many requests begin with a greeting, which means /help only where nothing else is said or sent.
  const [first = photos.length === 0 ? means[0] : undefined] = means.filter((name) => name !== 'help');
  return first;
}

/** The command that a platform sends for somebody who opens the chat for the first time. */
export const FIRST_WORD = 'start';

/**
 * The offer to somebody whose message is no command: the command with the nearest name, or what can
 * be done with a photo. Somebody new is greeted, and is offered to enrol first.
 */
export async function offerCommands(flow: Flow, ask: Ask): Promise<Reply> {
  const isGreeted = ask.command === FIRST_WORD;
  const rules = await rulesHere(flow, ask);
  const declared = [...flow.commands.values()].filter((one) => isOfferedUnder(one, rules));
  const all = declared.map(({ name }) => name);
  const near = isGreeted ? undefined : nearestCommand(all, ask.command);
  const withPhotos = declared.filter((one) => one.kind === 'photos');
  // A photo shows others more often than its sender. So the commands about anybody come first,
  // unless somebody is new.
  const ofAnybody = withPhotos.filter(({ photos }) => photos.of === 'anybody');
  const selfies = withPhotos.filter(({ photos }) => photos.of === 'sender');
  const offered = isGreeted ? [...selfies, ...ofAnybody] : [...ofAnybody, ...selfies];
  const names = near ? [near] : offered.map(({ name }) => name);
  const id = await flow.parked.park(ask, { for: 'command', commands: names }, PARKED_MS);
  const words = wordsFor(ask.locale);
  const actions = names.map((name, index) => {
    return { id: `${id}:${index}`, label: words.commands[name].button, role: 'confirm' } as const;
  });
  if (ask.command === '' && ask.photos.length > 0) {
    const does: Readonly<Record<string, string | undefined>> = words.intent.does;
    const text = [words.intent.photo, ...names.flatMap((name) => does[name] ?? [])].join(' ');
    return { kind: 'confirm', text, actions };
  }
  if (isGreeted) {
    const title = rules.findBy === 'self' ? words.help.titleSelf : words.help.title;
    return { kind: 'confirm', text: `${title} ${words.intent.greeting}`, actions };
  }
  const text = near ? words.intent.near({ name: near }) : words.failures.bad_command;
  return { kind: 'error', code: 'bad_command', text, actions };
}

/** The command with the name, in any language, that is nearest to what somebody typed. */
export function nearestCommand(names: readonly CommandName[], typed: string): CommandName | undefined {
  const near = nearest(typed, names.flatMap(namesOf));
  return near === undefined ? undefined : names.find((name) => namesOf(name).includes(near));
}

/** Whether somebody typed a name of this command, in any language, with one slip. */
export function isNearly(name: CommandName, typed: string): boolean {
  return namesOf(name).some((one) => editsBetween(typed, one) === 1);
}

/** A command's name, and its names in each language. */
export function namesOf(name: CommandName): string[] {
  return [name, ...LOCALES.map((locale) => wordsFor(locale).commands[name].discordName)];
}

/**
 * A command's names and the plain words for it, in every language, because people may write in
 * another language than they set. A language may have no plain words.
 */
function wordsOf(name: CommandName): string[] {
  const plain = LOCALES.flatMap((locale) => {
    const words: Readonly<Record<string, string | undefined>> = wordsFor(locale).intent.words;
    return words[name]?.split(' ') ?? [];
  });
  return [...namesOf(name).filter((one) => one.length >= LEAST_SAID), ...plain];
}
