import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  Locale,
  type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js';
import { LOCALES, type Words, wordsFor } from '../../text/words.ts';
import { MAX_SELFIES } from './form.ts';

type Command = RESTPutAPIApplicationCommandsJSONBody[number];
type Option = NonNullable<Extract<Command, { options?: unknown }>['options']>[number];

/** The options of `/enroll` and `/find` that carry photos, in their order. */
export const PHOTO_OPTIONS = ['photo', 'photo2', 'photo3'].slice(0, MAX_SELFIES);

/** The message context menu; it arrives under this name whatever the person's language. */
export const FIND_FACES = wordsFor('en').discord.findFaces;

/** The commands that need no server: all that a person who installed the app alone can use. */
export const WITHOUT_SERVER: readonly string[] = ['forget', 'mydata', 'privacy', 'help'];

const { BotDM, Guild, PrivateChannel } = InteractionContextType;

/** Everything that is registered with Discord, in all languages there are words for. */
export function commandsToRegister(): RESTPutAPIApplicationCommandsJSONBody {
  const selfies = PHOTO_OPTIONS.map((_, index) =>
    photoOption(index, (words) => (index === 0 ? words.discord.selfie : words.discord.anotherSelfie), false),
  );
  return [
    slashCommand('enroll', selfies),
    slashCommand('find', [photoOption(0, (words) => words.discord.photoToSearch, true)]),
    ...(['forget', 'mydata', 'privacy', 'help'] as const).map((name) => slashCommand(name, [])),
    {
      type: ApplicationCommandType.Message,
      ...named((words) => words.discord.findFaces),
      integration_types: [ApplicationIntegrationType.GuildInstall],
      contexts: [Guild, BotDM],
    },
  ];
}

/**
 * Whether Discord already has all of `wanted` as it is: every field that we set is there, no command is missing, none is left
 * over. What Discord adds of its own (ids, versions, defaults) does not count.
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
  // Discord leaves out what is false.
  return theirs === ours || (ours === false && theirs === undefined);
}

function slashCommand(name: keyof Words['commands'], options: Option[]): Command {
  const serverOnly = !WITHOUT_SERVER.includes(name);
  return {
    type: ApplicationCommandType.ChatInput,
    ...named((words) => words.discord.names[name]),
    ...described((words) => words.commands[name]),
    options,
    integration_types: serverOnly
      ? [ApplicationIntegrationType.GuildInstall]
      : [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: serverOnly ? [Guild, BotDM] : [Guild, BotDM, PrivateChannel],
  };
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

function named(text: (words: Words) => string) {
  return { name: text(wordsFor('en')), name_localizations: localised(text) };
}

function described(text: (words: Words) => string) {
  return { description: text(wordsFor('en')), description_localizations: localised(text) };
}

/** The same in Discord's locales of the other languages: "es" serves es-ES and es-419. */
function localised(text: (words: Words) => string): Partial<Record<Locale, string>> {
  const others = LOCALES.filter((language) => language !== 'en');
  const served = Object.values(Locale).filter((locale) => others.includes(locale.slice(0, 2)));
  return Object.fromEntries(served.map((locale) => [locale, text(wordsFor(locale))]));
}
