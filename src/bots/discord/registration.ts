import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  Locale,
  PermissionFlagsBits,
  type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js';
import { type Declaration, isOffered, type PhotoDeclaration } from '../../chat/command.ts';
import { type CommandName, languageOf, type Words, wordsFor } from '../../text/words.ts';

type Typed = RESTPutAPIApplicationCommandsJSONBody[number];
/**
 * A command as Discord's API describes it. There `default_member_permissions` is a number; in the
 * types of discord.js it is text.
 */
type Described<T> = T extends unknown
  ? Omit<T, 'default_member_permissions'> & { readonly default_member_permissions?: number }
  : never;
type Command = Described<Typed>;
type Option = NonNullable<Extract<Typed, { options?: unknown }>['options']>[number];

/** The entries of a message's context menu, each with the command behind it. */
const MENU = { findFaces: 'find', amIInThis: 'me' } as const satisfies Partial<
  Record<keyof Words['discord'], CommandName>
>;
const ENTRIES = Object.entries(MENU) as [keyof typeof MENU, CommandName][];

/** The command behind an entry. Interactions bring the entry's English name in every language. */
export function commandOfEntry(name: string): CommandName | undefined {
  return ENTRIES.find(([entry]) => wordsFor('en').discord[entry] === name)?.[1];
}

const { BotDM, Guild, PrivateChannel } = InteractionContextType;
const { GuildInstall, UserInstall } = ApplicationIntegrationType;

/**
 * Whether a command works without a server. People who installed the app only for themselves have
 * no other commands.
 */
export function worksWithoutServer(commands: readonly Declaration[], name: string): boolean {
  return commands.some((command) => command.name === name && command.kind === 'anywhere');
}

/**
 * All commands as they are registered with Discord, in every language that has words. Discord shows
 * age-restricted commands only to adults, in channels marked for them.
 */
export function commandsToRegister(commands: readonly Declaration[], { isAgeRestricted = false } = {}): Command[] {
  const offered = commands.filter(isOffered);
  const entries = ENTRIES.filter(([, behind]) => offered.some(({ name }) => name === behind));
  const all: Command[] = [
    ...offered.map((command) => slashCommand(command, command.kind === 'photos' ? photoOptions(command) : [])),
    ...entries.map(([entry]) => menuEntry(entry)),
  ];
  return all.map((command) => ({ ...command, nsfw: isAgeRestricted }));
}

/**
 * Whether Discord has all of `wanted` unchanged: every field that we set is there, no command is
 * missing, and there is no other command. Fields that Discord adds (ids, versions, defaults) do not
 * count.
 */
export function isRegistered(wanted: readonly Command[], registered: readonly { readonly name: string }[]): boolean {
  return (
    wanted.length === registered.length &&
    wanted.every((command) => {
      const same = registered.find(({ name }) => name === command.name);
      return same !== undefined && contains(same, command);
    })
  );
}

function contains(theirs: unknown, ours: unknown): boolean {
  if (Array.isArray(ours)) {
    const list = Array.isArray(theirs) ? theirs : [];
    return list.length === ours.length && ours.every((item, index) => contains(list[index], item));
  }
  if (typeof ours === 'object' && ours !== null) {
    const fields = new Map(Object.entries(theirs ?? {}));
    return Object.entries(ours).every(([key, value]) => contains(fields.get(key), value));
  }
  // Discord leaves out false and empty values, and gives rights as text.
  if (theirs === undefined) return ours === false || ours === null;
  return theirs === ours || (typeof ours === 'number' && theirs === `${ours}`);
}

function menuEntry(entry: keyof typeof MENU): Command {
  return {
    type: ApplicationCommandType.Message,
    ...named((words) => words.discord[entry]),
    integration_types: [GuildInstall],
    contexts: [Guild, BotDM],
  };
}

function slashCommand({ name, kind }: Declaration, options: Option[]): Command {
  const installedBy = kind === 'anywhere' ? [GuildInstall, UserInstall] : [GuildInstall];
  const contexts = { anywhere: [Guild, BotDM, PrivateChannel], photos: [Guild, BotDM], admins: [Guild] };
  return {
    type: ApplicationCommandType.ChatInput,
    // The name is the same in all languages, because all texts call the command by it.
    name,
    name_localizations: null,
    ...described((words) => words.commands[name].what),
    options,
    integration_types: installedBy,
    contexts: contexts[kind],
    // Discord shows these commands only to admins. A server may let others use them; facefinder
    // refuses these people.
    ...(kind === 'admins' && { default_member_permissions: Number(PermissionFlagsBits.ManageGuild) }),
  };
}

/**
 * The options of a command with photos: one for a photo, or `max` if the command has words for
 * further photos. An enrolment may come without selfies, because a form then asks for them.
 */
function photoOptions({ name, hasAll, photos: { max, of } }: PhotoDeclaration): Option[] {
  const first = (words: Words) => words.commands[name].photo({ max });
  const another = (words: Words) => {
    const own = words.commands[name];
    return 'anotherPhoto' in own ? own.anotherPhoto : own.photo({ max });
  };
  const count = 'anotherPhoto' in wordsFor('en').commands[name] ? max : 1;
  const photos = Array.from({ length: count }, (_, index) =>
    photoOption(index, index === 0 ? first : another, of === 'anybody' && index === 0),
  );
  return [...photos, ...(hasAll ? [allOption()] : [])];
}

function photoOption(index: number, description: (words: Words) => string, required: boolean): Option {
  return {
    type: ApplicationCommandOptionType.Attachment,
    ...named((words) => `${words.discord.photo}${index === 0 ? '' : index + 1}`),
    ...described(description),
    required,
    file_types: ['image'],
  };
}

function allOption(): Option {
  return {
    type: ApplicationCommandOptionType.Boolean,
    ...named((words) => words.blur.option.name),
    ...described((words) => words.blur.option.what),
    required: false,
  };
}

function named(text: (words: Words) => string) {
  return { name: text(wordsFor('en')), name_localizations: localised(text) };
}

function described(text: (words: Words) => string) {
  return { description: text(wordsFor('en')), description_localizations: localised(text) };
}

/** The text in all languages but English, by Discord's locales: es-ES and es-419 both get "es". */
function localised(text: (words: Words) => string): Partial<Record<Locale, string>> {
  const served = Object.values(Locale).filter((locale) => (languageOf(locale) ?? 'en') !== 'en');
  return Object.fromEntries(served.map((locale) => [locale, text(wordsFor(locale))]));
}
