import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { answerTo, type RealStage, realStage } from './driver.ts';
import { samples } from './photos.ts';
import type { Account, Sending } from './platform/people.ts';
import type { Group, Posted } from './platform/world.ts';

/**
 * Ann and Bob have both met the bot, and are members of a group. All is new for each test of a file
 * that calls {@link meetsAnew}.
 */
export let photos: Awaited<ReturnType<typeof samples>>;
export let on: RealStage;
export let ann: Account;
export let bob: Account;
export let club: Group;

export async function begin(env: NodeJS.ProcessEnv = {}) {
  on = await realStage(env);
  ann = on.people.person('Ann');
  bob = on.people.person('Bob');
  club = on.people.group('Chess club', [ann, bob]);
  for (const person of [ann, bob]) await answerTo(on.api, person, () => person.says('/start'));
}

/** Reads the photos. */
export async function prepare(): Promise<void> {
  photos = await samples();
}

export function meetsAnew(): void {
  beforeAll(prepare);
  beforeEach(() => begin());
  afterEach(async () => {
    await on[Symbol.asyncDispose]();
    expect(on.api.complaints).toEqual([]);
  });
}

/** From here on everything happens in another group. */
export function moveTo(group: Group): void {
  club = group;
}

export const text = ({ text, caption }: Posted) => (text ?? caption ?? '').replaceAll('\u2060', '');
export const inClub = () => on.people.inChat(club.chat.id);
export const fetched = () => on.api.calls.filter(({ method }) => method === 'getFile' || method === 'file');

/** The one message that the bot showed or changed because of somebody's action. */
export async function one(person: Account, act: () => unknown): Promise<Posted> {
  const [message, ...others] = await answerTo(on.api, person, act);
  expect(others).toEqual([]);
  if (!message) throw new Error('no answer');
  return message;
}

export const find = (person: Account, sending: Sending) => one(person, () => person.saysIn(club, '/find', sending));

/** Somebody to whom the bot cannot write yet joins the group. */
export function newcomer(name: string): Account {
  const person = on.people.person(name);
  club.members.set(person.id, 'member');
  return person;
}

/** Sends a newcomer's command in the group, and gives the signpost that answers it. */
export async function signpost(person: Account, command: string): Promise<Posted> {
  const before = inClub().at(-1)?.id ?? 0;
  person.saysIn(club, `/${command}`);
  return await on.api.until('the signpost', () => inClub().find(({ id }) => id > before));
}

/** Sends a command in the group, and gives its answer, which comes in private. */
export const asks = (person: Account, command: string) => one(person, () => person.saysIn(club, `/${command}`));

/**
 * Enrols a person, who sends the command in the group, and then a selfie in private, and presses
 * this button of the notice.
 */
export async function enroll(person: Account, selfie: Uint8Array, choice = 'agree'): Promise<Posted> {
  await asks(person, 'enroll');
  const notice = await one(person, () => person.says('', { photos: [selfie] }));
  expect(text(notice)).toContain('May I remember your face for');
  return await one(person, () => person.presses(notice, choice));
}

/** Agrees to search, by searching for the first time. */
export async function agreeToSearch(person: Account): Promise<void> {
  const notice = await find(person, { photos: [photos.group] });
  await one(person, () => person.presses(notice, 'agree'));
}
