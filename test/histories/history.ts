import { expect } from 'vitest';
import { checkLedgers, checkSearches, type Ledgers, look, type There } from './look.ts';
import { type Claim, type Held, keyOf, Model, PLACES } from './model.ts';
import { type Deed, faceOn, type Step } from './steps.ts';
import type { Told, World } from './world.ts';

/** What was expected at the time of a backup. */
interface Kept {
  readonly model: Model;
  readonly lives: ReadonlyMap<string, string>;
}

/**
 * These events affect a whole group, or everything. They never happen at the same time as others
 * here.
 */
const ALONE: readonly Deed['do'][] = ['sweep', 'move', 'remove'];

/** A platform repeats what was not acknowledged, and a sweep repeats. */
const REPEATED: readonly Deed['do'][] = ['leave', 'remove', 'move', 'sweep'];

/** Takes the steps of one history in a world, and compares the stores with the model after each. */
export class History {
  readonly #world: World;
  readonly #count: (what: string) => void;
  #model = new Model();
  #lives: ReadonlyMap<string, string> = new Map();
  /** Lives that an erasure ended, and of which a tombstone must remain. */
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
    // The remains of an erasure go after half a year.
    if (step.do === 'sweep') this.#ended.clear();
    this.#count(step.do);
    switch (step.do) {
      case 'race':
        return await this.#race(step.one, step.other);
      case 'crash':
        return await this.#crash(step.write, step.during);
      case 'replay':
        await world.replay(step.back);
        return await this.#check([this.#model]);
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

  /** The states after only the first of a deed's two steps. */
  #partly(model: Model, deed: Deed): Model[] {
    if (deed.do !== 'enrol' || deed.answer === 'decline') return [];
    const partly = model.copy();
    partly.agree(deed.who, deed.group, 'enrol', this.#world.stage.clock.ms);
    return [partly];
  }

  /** What was shown must be true in one of the possible states. */
  #hear(deed: Deed, { isRefused, named, receipts }: Told, before: readonly Model[], after: readonly Model[]): void {
    if (isRefused) this.#count('refused');
    if (deed.do === 'find' && named) {
      const allowed = before.map((model) => {
        const found = deed.photos.flatMap((photo) => model.foundBy(faceOn(photo), deed.group));
        // Answers name nobody who has left, erased or not.
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
   * Two deeds at once. The result must be as if one came after the other, or in the middle of it.
   */
  async #race(one: Deed, other: Deed): Promise<void> {
    if ([one, other].some((deed) => ALONE.includes(deed.do))) {
      await this.#do(one);
      return await this.#do(other);
    }
    const before = this.#model;
    const then = (model: Model, deed: Deed) => [model, ...this.#partly(model, deed), this.#after(model, deed)];
    const inOrder = (first: Deed, second: Deed) => then(before, first).flatMap((between) => then(between, second));
    const states = [...inOrder(one, other), ...inOrder(other, one)];
    const shown = await Promise.all([this.#world.perform(one), this.#world.perform(other)]);
    for (const [nth, deed] of [one, other].entries()) {
      const told = shown[nth];
      if (told && deed.do === 'find') this.#hear(deed, told, states, states);
    }
    await this.#world.settled();
    // Deeds that do not affect each other are both done.
    const isApart = 'who' in one && 'who' in other && one.who !== other.who && one.group !== other.group;
    await this.#check(isApart && !shown.some(({ isRefused }) => isRefused) ? states.slice(-1) : states);
  }

  async #crash(write: number, during: Deed): Promise<void> {
    const before = this.#model;
    const deed: Deed = during.do === 'move' ? { ...during, early: [] } : during;
    // Nobody can know whether the sweep noted its beginning before the crash.
    if (deed.do === 'sweep') this.#ended.clear();
    if (deed.do === 'sweep' && before.hasJumped(this.#world.stage.clock.ms)) return await this.#do(deed);
    const after = this.#after(before, deed);
    const told = await this.#world.crash(write, deed);
    if (told) this.#hear(deed, told, [before], [after]);
    else this.#count(`crashed ${deed.do}`);
    const isDone = told && !told.isRefused;
    await this.#check(isDone ? [after] : [before, ...this.#partly(before, deed), after]);
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
    // People erased since stay erased; people who came since come again.
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
   * Compares the stores with the possible states. Of several it continues with the actual one, for
   * each person in each group.
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
