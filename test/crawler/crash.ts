import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Acted, Deed } from './deed.ts';
import type { Expected, Held } from './expected.ts';
import { adoptShown, restoreShown } from './groups.ts';
import { wrongWith } from './judge.ts';
import type { Moment } from './program.ts';
import type { Somebody } from './somebody.ts';
import { isTold, type Told, toldData } from './told-data.ts';
import type { World } from './world.ts';

/** The last durable step, and the last millisecond, at which the program may be killed. */
const [LAST_STEP, LAST_MS] = [12, 120];

/**
 * What people may be told after the program was killed and started again, when it cannot answer
 * them any more.
 */
const AFTER_IT: readonly Expected[] = [
  { claims: ['failures.expired:restarted'] },
  { claims: ['failures.expired:used'] },
];

/**
 * What people may also be told on the page, which sends a message or press a second time after a
 * kill.
 */
const SENT_AGAIN: readonly Expected[] = [
  { claims: ['failures.expired:lost'] },
  { claims: ['failures.photo_gone'] },
  { claims: ['enroll.alreadyKnown'] },
  { claims: ['forget.nothing'] },
];

/**
 * What people may also be told on the page when a selfie that waits for an agreement is sent a
 * second time: either no ask waits for it, or it counts as one more selfie.
 */
const COLLECTED_AGAIN: readonly Expected[] = [
  { claims: ['intent.photo'] },
  { claims: ['enroll.collected', 'notice.enrol.title'] },
];

/**
 * What became of a deed. `done`: the answer says that it was done. `open`: it may be done or not,
 * and nobody was told that it was. `erased`: the bot took in a wish to be erased, so the person
 * must be erased, even if nobody was told so.
 */
type Outcome = 'done' | 'open' | 'erased';

/**
 * Kills the program (SIGKILL) while people act, and starts it again. `plan` gives the deeds. Gives
 * the names of the deeds, for counting.
 */
export async function crash(world: World, plan: () => readonly Deed[]): Promise<string[]> {
  const before = world.ledger.copy();
  const rules = new Map(world.ledger.rules);
  const { shown } = world.ledger;
  const deeds = plan();
  const names = deeds.map(({ what }) => what);
  if (deeds.some(({ isTwice, isSilent, onward }) => isTwice || isSilent || onward)) {
    await world.play(deeds);
    return names;
  }
  const moment: Moment = world.chance(0.7)
    ? { step: 1 + Math.floor(world.random() * LAST_STEP) }
    : { ms: world.random() ** 2 * LAST_MS };
  await world.program.killAt(moment);
  const acted = world.act(deeds);
  const coming = acted.map((one) => ({ ...one, isAnswered: answered(world, one) }));
  const whole = Promise.all(coming.map(({ isAnswered }) => isAnswered));
  await Promise.race([whole, world.program.ended()]);
  if (!(await world.program.survive())) {
    await whole;
    await world.judgeAll(acted);
    return names;
  }
  world.tell(`— the program is killed: ${JSON.stringify(moment)}`);
  world.startsAgain();
  // The program's last answer may still be on its way.
  await sleep(50);
  const outcomes: { readonly deed: Deed; readonly outcome: Outcome }[] = [];
  for (const one of coming) {
    const outcome = await outcomeOf(world, before, one);
    outcomes.push({ deed: one.deed, outcome });
  }
  await world.program.idle();
  for (const { deed, outcome } of outcomes) await correct(world, before, { deed, outcome });
  for (const { deed } of outcomes) adoptShown(world, deed);
  restoreShown(world, shown);
  for (const { deed, outcome } of outcomes) {
    // Nobody knows whether the bot noted that this notice was shown, for further selfies to join.
    if (deed.expected.some(({ awaits }) => awaits)) world.retire(deed.person);
    if (outcome !== 'open') continue;
    await correctRules(world, rules, deed);
    // Nobody was told whether the bot still waits for a gesture of this person.
    if (deed.person.groups.some((group) => isAsked(world, deed.person, group))) world.retire(deed.person);
  }
  return [...outcomes.map(({ outcome }) => `killed: ${outcome}`), ...names];
}

function isAsked({ ledger }: World, { who }: Somebody, group: number): boolean {
  return (ledger.gestureTries.get(`${who} in ${group}`) ?? 0) > 0;
}

/** Waits for an answer. Resolves with what went wrong, or with undefined. */
async function answered(world: World, one: Acted): Promise<unknown> {
  try {
    await world.comes(one);
    return undefined;
  } catch (error) {
    return error;
  }
}

interface Interrupted extends Acted {
  readonly isAnswered: Promise<unknown>;
}

async function outcomeOf(
  world: World,
  before: ReadonlyMap<string, Held>,
  { deed, coming, isAnswered }: Interrupted,
): Promise<Outcome> {
  const { person, pressed } = deed;
  const { who } = person;
  world.ledger.awaiting.delete(who);
  if (!coming.isHeard()) {
    world.tell('   (nobody heard it)', who);
    if (pressed !== undefined) world.dropQuestion(who, pressed);
    return 'open';
  }
  const failed = await isAnswered;
  if (failed) throw failed;
  await world.program.idle();
  const isAgain = coming.isAgain?.() === true;
  if (!isAgain && wrongWith(coming.all(), person, deed.expected, world.people) === undefined) {
    // Because of the kill, the group may have been shown the result or not. `adoptShown` notes
    // later whether it was.
    const expected = deed.expected.map(({ shows: _, ...one }) => one);
    await world.judgeAll([{ deed: { ...deed, expected }, coming }]);
    return 'done';
  }
  const isCollected = deed.expected.some(({ claims, awaits }) => awaits || claims.includes('enroll.collected'));
  const again = isAgain ? [...SENT_AGAIN, ...(isCollected ? COLLECTED_AGAIN : [])] : [];
  world.judge(deed, coming, [...deed.expected, ...AFTER_IT, ...again]);
  if (pressed !== undefined) world.dropQuestion(who, pressed);
  const isErasure = [...before.keys()].some((key) => key.startsWith(`${who} in `) && !world.ledger.copy().has(key));
  return isErasure ? 'erased' : 'open';
}

/**
 * Checks by /mydata that the program holds what it must. Where nobody was told whether a deed was
 * done, takes over from the program what is held.
 */
export async function correct(
  world: World,
  before: ReadonlyMap<string, Held>,
  { deed, outcome }: { readonly deed: Deed; readonly outcome: Outcome },
): Promise<void> {
  const after = world.ledger.copy();
  if (world.hasNets && isDeepStrictEqual(before, after)) return;
  const there = world.people.filter(({ who, groups }) => {
    const changed = (group: number) =>
      !isDeepStrictEqual(before.get(`${who} in ${group}`), after.get(`${who} in ${group}`));
    return who === deed.person.who || (groups.some((one) => deed.person.groups.includes(one)) && groups.some(changed));
  });
  for (const person of there) {
    const told = await toldData(world, person);
    for (const group of person.groups) {
      const key = `${person.who} in ${group}`;
      const [then, now, is] = [before.get(key), after.get(key), told.get(group)];
      const held = world.ledger.of(person.who, group);
      if (held && outcome === 'open' && then?.isShown !== now?.isShown) held.isShown = undefined;
      if (isTold(now, is)) continue;
      if (outcome === 'done' || outcome === 'erased') {
        world.fail(deed, `${outcome}, but /mydata of ${key} tells ${JSON.stringify(is)}, not ${shots(now)}`);
      }
      world.ledger.put(key, is && partly(then, now, is, world.hasNets));
      if (!isTold(world.ledger.of(person.who, group), is)) {
        world.fail(deed, `/mydata of ${key} tells ${JSON.stringify(is)}: neither ${shots(then)} nor ${shots(now)}`);
      }
    }
  }
}

/**
 * What is held when a deed was done in part, by what /mydata tells. Undefined when this fits
 * neither what was held before nor what the deed leads to.
 */
function partly(
  then: Held | undefined,
  now: Held | undefined,
  { agreed, selfies }: Told,
  mayBeFewer: boolean,
): Held | undefined {
  const fewer =
    mayBeFewer && now && now.shots.length > selfies ? { ...now, shots: now.shots.slice(-selfies) } : undefined;
  const known = [then, now, fewer].find((one) => (one?.shots.length ?? 0) === selfies);
  const isShown = then?.isShown === now?.isShown ? now?.isShown : undefined;
  const all = new Set([...(then?.agreed ?? []), ...(now?.agreed ?? [])]);
  if ((!known && selfies > 0) || !agreed.every((one) => all.has(one))) return undefined;
  return { shots: [], isChallenger: false, ...known, isShown, agreed: new Set(agreed) };
}

function shots(held: Held | undefined): string {
  return held ? JSON.stringify({ agreed: [...held.agreed], selfies: held.shots.length }) : 'nothing';
}

/** Takes over from the program which rules a group has, where the admin was not told. */
async function correctRules(world: World, before: World['ledger']['rules'], { person }: Deed): Promise<void> {
  const { ledger } = world;
  for (const group of person.groups) {
    const now = ledger.rules.get(group);
    if (isDeepStrictEqual(before.get(group), now)) continue;
    const coming = world.boothOf(person).says(person.who, { words: '/settings', photos: [], group });
    await coming.first;
    const ask = { who: person.who, group, command: 'settings', photos: [] } as const;
    if (wrongWith(coming.all(), person, [ledger.answer(ask)], world.people) === undefined) continue;
    ledger.rules.set(group, before.get(group) ?? {});
    const still = wrongWith(coming.all(), person, [ledger.answer(ask)], world.people);
    if (still !== undefined) world.fail({ what: 'settings after a kill', person }, still);
  }
}
