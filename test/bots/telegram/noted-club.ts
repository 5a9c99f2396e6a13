import { afterEach, beforeEach, expect } from 'vitest';
import { type Stage, stage } from './fixture.ts';
import { type Account, buttons } from './platform/people.ts';
import type { Group, Posted } from './platform/world.ts';

/**
 * Ann and Bob are members of a group, and never wrote to the bot. The bot passes all asks on to a
 * chat that only notes them. Everything is new for each test of a file that calls {@link
 * meetsAnew}.
 */
export let on: Stage;
export let ann: Account;
export let bob: Account;
export let club: Group;

export function meetsAnew(): void {
  beforeEach(async () => {
    on = await stage();
    ann = on.people.person('Ann');
    bob = on.people.person('Bob');
    club = on.people.group('Chess club', [ann, bob]);
  });
  afterEach(async () => {
    await on[Symbol.asyncDispose]();
    expect(on.api.complaints).toEqual([]);
  });
}

/** From here on everything happens in another group. */
export function moveTo(group: Group): void {
  club = group;
}

export const photo = new Uint8Array([1, 2, 3]);
export const inClub = () => on.people.inChat(club.chat.id);
export const said = () => on.api.until('a word in the group', () => inClub().at(-1));
export const link = (message: Posted) => buttons(message).map((button) => 'url' in button && button.url);

/** The bot's `nth` message to somebody in private, from 1. */
export const answered = (account: Account, nth = 1) =>
  on.api.until('an answer in private', () => account.inbox()[nth - 1]);

/** Waits until the bot has shown on this many messages of the group that it heard them. */
export const heardIn = (many = 1) =>
  on.api.until('a reaction', () => {
    const inHere = [...on.api.world.messages.values()].filter(({ chat }) => chat === club.chat.id);
    return inHere.filter(({ reaction }) => reaction === '👀').length >= many;
  });
