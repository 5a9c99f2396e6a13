import type { REST } from '@discordjs/rest';
import { type APIApplicationCommand, Routes } from 'discord-api-types/v10';
import { atMost } from '../../timing/within.ts';

/** Discord's ids of the bot's commands, by name. */
export type CommandIds = ReadonlyMap<string, string>;

/** The longest time that an answer waits for ids. Without them its commands are plain text. */
const WAITS_MS = 1_000;

/** The pause before Discord is asked again after a refusal. */
const ASKED_AGAIN_MS = 60_000;

/**
 * A command in a sentence. It never matches within an address. It never matches in a name either,
 * because `inert` separates the slash there.
 */
const COMMAND = /(?<![\w/])\/([a-z]+)(?![\w/-])/g;

/** The text, in which every command with a known id can be clicked. It reads the same. */
export function withMentions(text: string, ids: CommandIds): string {
  return text.replaceAll(COMMAND, (typed, name: string) => {
    const id = ids.get(name);
    return id === undefined ? typed : `</${name}:${id}>`;
  });
}

/** The ids among commands from Discord. */
export function idsIn(commands: readonly Partial<APIApplicationCommand>[]): CommandIds {
  return new Map(commands.flatMap(({ name, id }) => (name !== undefined && id !== undefined ? [[name, id]] : [])));
}

/**
 * Asks Discord once for the ids of an application's commands. Never throws, and ends soon, without
 * ids if there is no answer.
 */
export function commandIds(rest: REST, now = Date.now): (application: string) => Promise<CommandIds> {
  let known: Promise<CommandIds | undefined> | undefined;
  let askedAt = 0;
  const ask = async (application: string): Promise<CommandIds | undefined> => {
    try {
      const ids = idsIn((await rest.get(Routes.applicationCommands(application))) as APIApplicationCommand[]);
      return ids.size > 0 ? ids : undefined;
    } catch {
      return undefined;
    }
  };
  return async (application) => {
    const asked = known ?? ask(application);
    if (!known) askedAt = now();
    known = asked;
    const ids = await atMost(WAITS_MS, asked);
    if (!ids && now() - askedAt > ASKED_AGAIN_MS) known = undefined;
    return ids ?? new Map();
  };
}
