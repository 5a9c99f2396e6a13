import type { Post, Shown } from './booth.ts';
import type { Deed } from './deed.ts';
import type { Held, ToShow } from './expected.ts';
import { textOf } from './judge.ts';
import type { ShownResult } from './posts.ts';
import type { Somebody } from './somebody.ts';
import { claimsIn } from './texts.ts';

/** The parts of a world that are needed to judge what groups see of results. */
interface Groups {
  readonly people: readonly Somebody[];
  readonly ledger: { shown: readonly ShownResult[]; of(who: number, group: number): Held | undefined };
  postsIn(group: number): readonly Post[];
  fail(deed: Pick<Deed, 'what' | 'person'>, why: string): never;
}

/** Compares what a group was shown by a press with what it may be shown, and notes what it saw. */
export function judgeShown(world: Groups, deed: Deed, shown: readonly Shown[]): void {
  const { shows } = deed.expected.find((one) => one.shows) ?? {};
  if (!shows) return;
  const said = claimsIn(textOf(shown), deed.person.language);
  const isRefused = said.some(({ key }) => key.startsWith('failures.rate_limited'));
  const isThere = noteShown(world, deed, shows, false);
  if (isThere && isRefused && !deed.isTwice) world.fail(deed, 'the group was shown a result, and the asker a refusal');
  if (!isThere && !isRefused && shows.named.length > 0) world.fail(deed, 'the group was shown nothing');
}

/** Takes over what a group was shown by a press during which the program was killed. */
export function adoptShown(world: Groups, deed: Deed): void {
  const { shows } = deed.expected.find((one) => one.shows) ?? {};
  if (shows) noteShown(world, deed, shows, true);
}

/**
 * Notes what a group was shown since the last look, and checks who is named. Gives whether the
 * group was shown anything.
 */
function noteShown(world: Groups, deed: Deed, { group, asker, named, maybe }: ToShow, isUnsure: boolean): boolean {
  const { ledger, people } = world;
  const known = new Set(ledger.shown.flatMap(({ keys }) => keys));
  const fresh = world.postsIn(group).filter(({ key }) => !known.has(key));
  if (fresh.length === 0) return false;
  const text = textOf(fresh.map((post) => post.shown));
  const said = people.filter(({ name }) => text.includes(name)).map(({ who }) => who);
  const isRight = named.every((who) => said.includes(who)) && said.every((who) => [...named, ...maybe].includes(who));
  if (!isRight) world.fail(deed, `a group was shown ${said.join()}, of ${named.join()} and perhaps ${maybe.join()}`);
  const result = { group, asker, named: said, keys: fresh.map(({ key }) => key), isUnsure };
  ledger.shown = [...ledger.shown, result];
  return true;
}

/** What is wrong with what groups see of results; undefined if nothing is. */
export function wrongInGroups(world: Groups): { readonly person: Somebody; readonly why: string } | undefined {
  const { shown: all } = world.ledger;
  for (const person of firstOfGroups(world.people)) {
    for (const group of person.groups) {
      const keys = world.postsIn(group).map(({ key }) => key);
      const known = all.filter((one) => one.group === group);
      if (keys.some((key) => !known.some((one) => one.keys.includes(key)))) {
        return { person, why: `group ${group} still sees a result that must be gone` };
      }
      const isMissing = known.some((one) => !one.isUnsure && !one.keys.every((key) => keys.includes(key)));
      if (isMissing) return { person, why: `group ${group} no longer sees a result that nobody deleted` };
    }
  }
  return undefined;
}

function firstOfGroups(people: readonly Somebody[]): Somebody[] {
  return people.filter(({ who, groups }) => people.find((one) => one.groups[0] === groups[0])?.who === who);
}

/**
 * Takes results back into the ledger when their erasure was not done because of a kill. The bot may
 * have deleted them all the same.
 */
export function restoreShown({ ledger }: Groups, before: readonly ShownResult[]): void {
  const isHeld = (group: number) => (who: number) => ledger.of(who, group) !== undefined;
  const lost = before.filter(({ keys }) => !ledger.shown.some((one) => one.keys[0] === keys[0]));
  const back = lost.filter(({ group, named }) => named.every(isHeld(group)));
  ledger.shown = [...ledger.shown, ...back.map((one) => ({ ...one, isUnsure: true }))];
}
