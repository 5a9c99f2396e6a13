import { cleanName } from './name.ts';

/**
 * The id of a platform, which its adapter in `src/bots` sets. People on the page have ids of their
 * own, and are never the same as people in a chat.
 */
export type Platform = string;

/**
 * A person as their platform knows them, made by {@link personNamed}. `name` is the name that
 * others see there; it may be empty.
 */
export interface Person {
  readonly platform: Platform;
  readonly id: string;
  readonly name: string;
}

/**
 * A group as its platform knows it, made by {@link placeTitled}: a server, a chat's group, or a
 * group on the page. A private chat is no place.
 */
export interface Place {
  readonly platform: Platform;
  readonly id: string;
  readonly title?: string;
}

/**
 * The random id of a scope, which is a closed circle of people. One or more places point to it.
 * Keys, routing and hashes use it.
 */
export type ScopeId = string & { readonly scope: unique symbol };

/**
 * The person with this id, and with the first readable one of `names`. Names are cleaned only here.
 */
export function personNamed(platform: Platform, id: string, ...names: readonly (string | null | undefined)[]): Person {
  return { platform, id, name: cleanName(...names) };
}

/** The place with this id. Its title is cleaned like a name. */
export function placeTitled(platform: Platform, id: string, title?: string | null): Place {
  const clean = cleanName(title);
  return { platform, id, ...(clean !== '' && { title: clean }) };
}
