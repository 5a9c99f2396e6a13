import type { REST } from '@discordjs/rest';
import { type APIApplicationCommand, Routes } from 'discord-api-types/v10';
import { atMost } from '../../timing/within.ts';

/** Ids that Discord gave the bot's commands, by their names. */
export type CommandIds = ReadonlyMap<string, string>;

/** An answer waits no longer for ids than this: without them it says the same. */
const WAITS_MS = 1_000;

/** After a refusal Discord is asked again only then. */
const ASKED_AGAIN_MS = 60_000;

/** A command as sentences say it; never a part of an address, and in no name: see `inert`. */
const COMMAND = /(?<![\w/])\/([a-z]+)(?![\w/-])/g;

/** A text in which every command whose id is known can be clicked; it reads the same. */
export function withMentions(text: string, ids: CommandIds): string {
  return text.replaceAll(COMMAND, (typed, name: string) => {
    const id = ids.get(name);
    return id === undefined ? typed : `</${name}:${id}>`;
  });
}

/** The ids among commands as Discord gave them. */
export function idsIn(commands: readonly Partial<APIApplicationCommand>[]): CommandIds {
  return new Map(commands.flatMap(({ name, id }) => (name !== undefined && id !== undefined ? [[name, id]] : [])));
}

/** Asks Discord once for the ids of an application's commands. Never throws, and ends soon: without ids where there is no answer. */
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
