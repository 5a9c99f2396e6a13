/** Where people come from. Page people live in a namespace of their own and never meet those of a chat. */
export type Platform = 'page' | 'discord' | 'telegram';

/** A person as their platform knows them. `name` is what others there see; it may be empty. */
export interface Person {
  readonly platform: Platform;
  readonly id: string;
  readonly name: string;
}

/** A server, group or page room as its platform knows it. A private chat is no place. */
export interface Place {
  readonly platform: Platform;
  readonly id: string;
  readonly title?: string;
}

/** A closed circle of people: a random id to which one or more places point. Keys, routing and hashes use it. */
export type ScopeId = string & { readonly scope: unique symbol };
