import { cleanName } from './name.ts';

/** The id of where people come from, as its bot names it. Page people live in a namespace of their own and never meet those of a chat. */
export type Platform = string;

/**
 * A person as their platform knows them; made by {@link personNamed}. `name` is what others there see; it may be empty.
 */
export interface Person {
  readonly platform: Platform;
  readonly id: string;
  readonly name: string;
}

/** A server, group or page room as its platform knows it; made by {@link placeTitled}. A private chat is no place. */
export interface Place {
  readonly platform: Platform;
  readonly id: string;
  readonly title?: string;
}

/** A closed circle of people: a random id to which one or more places point. Keys, routing and hashes use it. */
export type ScopeId = string & { readonly scope: unique symbol };

/** The person with this id, by the first of `names`, in order of preference, that can be read; names are cleaned here, once. */
export function personNamed(platform: Platform, id: string, ...names: readonly (string | null | undefined)[]): Person {
  return { platform, id, name: cleanName(...names) };
}

/** The place with this id; its title is cleaned as names are. */
export function placeTitled(platform: Platform, id: string, title?: string | null): Place {
  const clean = cleanName(title);
  return { platform, id, ...(clean !== '' && { title: clean }) };
}
