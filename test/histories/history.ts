import { expect } from 'vitest';
import { checkLedgers, checkSearches, type Ledgers, look, type There } from './look.ts';
import { type Claim, type Held, keyOf, Model, PLACES } from './model.ts';
import { type Deed, faceOn, type Step } from './steps.ts';
import type { Told } from './told.ts';
import type { World } from './world.ts';

/** What the model held at the time of a backup. */
interface Kept {
  readonly model: Model;
  readonly lives: ReadonlyMap<string, string>;
}

/**
 * These deeds affect a whole group, or all groups. A history never does one at the same time as
 * another deed.
 */
const ALONE: readonly Deed['do'][] = ['sweep', 'move', 'remove'];

/**
 * These deeds are done again after a crash: a platform reports again what was not acknowledged, and
 * the next sweep comes the next day.
 */
const REPEATED: readonly Deed['do'][] = ['leave', 'remove', 'move', 'sweep'];

/** Takes the steps of one history in a world, and compares the stores with the model after each. */
export class History {
  readonly #world: World;
  readonly #count: (what: string) => void;
  #model = new Model();
  #lives: ReadonlyMap<string, string> = new Map();
  /** Lives that an erasure ended, and whose tombstones still stand. None of them may come back. */
  readonly #ended = new Set<string>();
  #kept: Kept | undefined;
  #ledgers: Ledgers = new Map();

  /** @param count called with the name of each event */
  constructor(world: World, count: (what: string) => void) {
    this.#world = world;
    this.#count = count;
  }

  /** @throws when the stores differ from the model */
  async take(step: Step): Promise<void> {
    const world = this.#world;
    // A sweep may remove tombstones, which are kept for half a year.
    if (step.do === 'sweep') this.#ended.clear();
    this.#count(step.do);
    switch (step.do) {
      case 'race':
        return await this.#race(step.one, step.other);
      case 'crash':
        return await this.#crash(step);
      case 'replay': {
        const model = this.#model;
        const deed = await world.replay(step.back);
        return await this.#check(deed ? [model, ...this.#partly(model, deed), this.#after(model, deed)] : [model]);
      }
      case 'restart':
        await world.restart();
        return await this.#check([this.#model]);
      case 'clock':
        return world.jump(step.days);
      case 'backup':
        await world.backup();
        this.#kept = { model: this.#model.copy(), lives: this.#lives };
        return;
      case 'restore':
        return await this.#restore(step.isLost);
      default:
        return await this.#do(step);
    }
  }

  async #do(deed: Deed): Promise<void> {
    const before = this.#model;
    const after = this.#after(before, deed);
    const told = await this.#world.perform(deed);
    this.#hear(deed, told, [before], [after]);
    await this.#check(told.isRefused ? [before, ...this.#partly(before, deed), after] : [after]);
  }

  #after(model: Model, deed: Deed): Model {
    const after = model.copy();
    after.apply(deed, this.#world.stage.clock.ms);
    return after;
  }

  /**
   * The states that are possible when only the first part of a deed was done. An enrolment has two
   * parts: the person agrees, and then is enrolled.
   */
  #partly(model: Model, deed: Deed): Model[] {
    if (deed.do !== 'enrol' || deed.answer === 'decline') return [];
    const partly = model.copy();
    partly.agree(deed.who, deed.group, 'enrol', this.#world.stage.clock.ms);
    return [partly];
  }

  /** Checks that what was shown is true in one of the possible states before and after the deed. */
  #hear(deed: Deed, { isRefused, named, receipts }: Told, before: readonly Model[], after: readonly Model[]): void {
    if (isRefused) this.#count('refused');
    if (deed.do === 'find' && named) {
      const allowed = before.map((model) => {
        const found = deed.photos.flatMap((photo) => model.foundBy(faceOn(photo), deed.group));
        // An answer names nobody who has left the group, even before they are erased.
        const members = found.filter((who) => !model.gone.has(keyOf(who, deed.group)));
        return [...new Set(members.map((who) => this.#world.people[who]?.name))].sort();
      });
      expect(allowed, 'who is named').toContainEqual([...new Set(named)].sort());
      if (named.length > 0) this.#count('named');
    }
    if (deed.do === 'forget') {
      const erased = before.flatMap((one) => after.map((other) => one.held.size - other.held.size));
      expect(erased, 'receipts').toContain(receipts.length);
    }
  }

  /**
   * Does two deeds at once. The stores must then hold what the two can leave in one order or the
   * other. Each may have been done, done in part or refused.
   */
  async #race(one: Deed, other: Deed): Promise<void> {
    if ([one, other].some((deed) => ALONE.includes(deed.do))) {
      await this.#do(one);
      return await this.#do(other);
    }
    const before = this.#model;
    const then = (model: Model, deed: Deed) => [model, ...this.#partly(model, deed), this.#after(model, deed)];
    const inOrder = (first: Deed, second: Deed) => then(before, first).flatMap((between) => then(between, second));
    // People come and go in this order. The history goes on from the last state, so it comes last.
    const states = [...inOrder(other, one), ...inOrder(one, other)];
    const shown = await Promise.all([this.#world.perform(one), this.#world.perform(other)]);
    for (const [nth, deed] of [one, other].entries()) {
      const told = shown[nth];
      if (told && deed.do === 'find') this.#hear(deed, told, states, states);
    }
    await this.#world.settled();
    // Deeds of different people in different groups do not hinder each other, so both must be done.
    const isApart = 'who' in one && 'who' in other && one.who !== other.who && one.group !== other.group;
    await this.#check(isApart && !shown.some(({ isRefused }) => isRefused) ? states.slice(-1) : states);
  }

  async #crash({ write, during, days }: Extract<Step, { do: 'crash' }>): Promise<void> {
    const before = this.#model;
    const deed: Deed = during.do === 'move' ? { ...during, early: [] } : during;
    if (deed.do === 'sweep') this.#ended.clear();
    // After a jump of the clock, a sweep only notes its time. If a crash interrupted it, the model
    // could not know whether the time was noted. So such a sweep is done without a crash.
    if (deed.do === 'sweep' && before.hasJumped(this.#world.stage.clock.ms)) return await this.#do(deed);
    const [partly, after] = [this.#partly(before, deed), this.#after(before, deed)];
    // A deed that is repeated after the crash has one time in the model. So the clock does not jump
    // between its two tries.
    const told = await this.#world.crash(write, deed, REPEATED.includes(deed.do) ? 0 : days);
    if (told) this.#hear(deed, told, [before], [after]);
    else this.#count(`crashed ${deed.do}`);
    const isDone = told && !told.isRefused;
    await this.#check(isDone ? [after] : [before, ...partly, after]);
    if (told || !REPEATED.includes(deed.do)) return;
    await this.#world.again(deed);
    await this.#check([after]);
  }

  async #restore(isLost: boolean): Promise<void> {
    const isDone = await this.#world.restore(isLost);
    if (!isDone || !this.#kept) return await this.#check([this.#model]);
    this.#count('restored');
    const { model, lives } = this.#kept;
    const restored = this.#model.copy();
    // People who were erased since the backup stay erased. People who came since the backup are not
    // there any more.
    const same = PLACES.filter(({ key }) => lives.has(key) && lives.get(key) === this.#lives.get(key));
    restored.held = new Map(same.flatMap(({ key }) => [[key, model.of(key)]]));
    restored.claims = model.claims.filter(({ group, challenger, holder }) =>
      [challenger, holder].every((who) => restored.held.has(keyOf(who, group))),
    );
    if (isLost) restored.forgetSweeps();
    this.#lives = new Map(same.map(({ key }) => [key, lives.get(key) ?? '']));
    this.#ledgers = new Map();
    await this.#check([restored]);
  }

  /**
   * Checks that the stores hold one of the possible states for each person in each group. The
   * history goes on from what they hold.
   */
  async #check(states: readonly Model[]): Promise<void> {
    const { held, lives, claims } = await look(this.#world);
    const model = (states.at(-1) ?? this.#model).copy();
    const isSure = states.length === 1;
    for (const { key } of PLACES) {
      const there = held.get(key);
      const allowed = states.map((state) => state.held.get(key));
      expect(allowed.map(asThere), `what is held of ${key}`).toContainEqual(there);
      const now = allowed.findLast((one) => JSON.stringify(asThere(one)) === JSON.stringify(there));
      if (now) model.held.set(key, now);
      else model.held.delete(key);
      const [before, life] = [this.#lives.get(key), lives.get(key)];
      if (before !== undefined && before !== life && isSure) this.#ended.add(before);
      expect(life !== undefined && this.#ended.has(life), `whether ${key} is back`).toBe(false);
    }
    if (isSure) expect(sorted(claims), 'disputes').toEqual(sorted(model.claims));
    model.claims = claims;
    this.#model = model;
    this.#lives = lives;
    await checkSearches(this.#world, model);
    this.#ledgers = await checkLedgers(this.#world, this.#ledgers);
  }
}

function asThere(held: Held | undefined): There | undefined {
  if (!held) return undefined;
  return { search: held.search !== undefined, enrol: held.enrol !== undefined, photos: held.photos.toSorted() };
}

function sorted(claims: readonly Claim[]): string[] {
  return claims.map(({ group, challenger, holder }) => `${group}: ${challenger} of ${holder}`).sort();
}
