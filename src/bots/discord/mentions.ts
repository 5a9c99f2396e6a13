import type { REST } from '@discordjs/rest';
import { type APIApplicationCommand, Routes } from 'discord-api-types/v10';
import { atMost } from '../../timing/within.ts';

/** Discord's ids of the bot's commands, by name. */
export type CommandIds = ReadonlyMap<string, string>;

/** How long an answer waits for ids at most. Without ids, the commands in it are plain text. */
const WAITS_MS = 1_000;

/** The pause before Discord is asked again after it gave no ids. */
const ASKED_AGAIN_MS = 60_000;

/**
 * Matches a command in a sentence. It matches neither in an address nor in a name, where `inert`
 * puts an invisible sign after the slash.
 */
const COMMAND = /(?<![\w/])\/([a-z]+)(?![\w/-])/g;

/** Makes every command with a known id clickable. The text reads the same. */
export function withMentions(text: string, ids: CommandIds): string {
  return text.replaceAll(COMMAND, (typed, name: string) => {
    const id = ids.get(name);
    return id === undefined ? typed : `</${name}:${id}>`;
  });
}

/** The ids of the commands in an answer from Discord. */
export function idsIn(commands: readonly Partial<APIApplicationCommand>[]): CommandIds {
  return new Map(commands.flatMap(({ name, id }) => (name !== undefined && id !== undefined ? [[name, id]] : [])));
}

/**
 * Gives the ids of an application's commands. It asks Discord once; after a failure, again when a
 * minute has passed. Never throws. If no answer comes within a second, it gives no ids.
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
