import { DAY_MS, JUMP_MS, SEEN_TWICE_MS } from '../../src/consent/sweep.ts';
import { type Deed, faceOn, GROUPS, PEOPLE } from './steps.ts';

/** One person's data in one group, while there are any. */
export interface Held {
  /** When they agreed to search. */
  readonly search?: number;
  readonly enrol?: number;
  readonly photos: readonly string[];
  /** When they enrolled last. */
  readonly enrolled?: number;
}

/** An open dispute: the challenger says that the holder enrolled the challenger's face. */
export interface Claim {
  readonly group: number;
  readonly challenger: number;
  readonly holder: number;
}

const NOTHING: Held = { photos: [] };

/** How long people are kept after they last agreed or enrolled. */
export const RETENTION_DAYS = 365;

/** The note that a person's time is over is forgotten when no sweep renews it for this long. */
const OVERDUE_MS = 90 * DAY_MS;

export const keyOf = (who: number, group: number): string => `${who} in ${group}`;

/** Every person in every group. */
export const PLACES: readonly { readonly who: number; readonly group: number; readonly key: string }[] = Array.from(
  { length: PEOPLE * GROUPS },
  (_, n) => ({ who: n % PEOPLE, group: Math.floor(n / PEOPLE), key: keyOf(n % PEOPLE, Math.floor(n / PEOPLE)) }),
);

/**
 * What facefinder must know, and nothing else: who agreed to what, where, and which of their photos
 * it may compare. Each deed changes this in a few lines, which know nothing of stores, queues,
 * clocks of servers or unfinished work.
 */
export class Model {
  held = new Map<string, Held>();
  claims: readonly Claim[] = [];
  /** People who left, by {@link keyOf}. */
  gone = new Set<string>();
  #swept: number | undefined;
  /**
   * People whose time was over when a sweep looked: the times of the first such sweep and of the
   * last one, by {@link keyOf}.
   */
  #overdue = new Map<string, { readonly since: number; readonly last: number }>();

  copy(): Model {
    const copy = new Model();
    copy.held = new Map(this.held);
    copy.claims = this.claims;
    copy.gone = new Set(this.gone);
    copy.#swept = this.#swept;
    copy.#overdue = new Map(this.#overdue);
    return copy;
  }

  of(key: string): Held {
    return this.held.get(key) ?? NOTHING;
  }

  /**
   * The people whom a face finds in a group. It does not find a challenger whose dispute is open.
   */
  foundBy(face: number, group: number): number[] {
    return this.#holders(face, group).filter(
      (who) => !this.claims.some((claim) => claim.group === group && claim.challenger === who),
    );
  }

  apply(deed: Deed, now: number): void {
    switch (deed.do) {
      case 'enrol':
        this.#enrol(deed, now);
        break;
      case 'find':
        if (deed.answer === 'agree') this.agree(deed.who, deed.group, 'search', now);
        break;
      case 'forget':
        for (let group = 0; group < GROUPS; group++) {
          if (deed.where === 'everywhere' || (deed.where === 'here' && group === deed.group))
            this.erase(deed.who, group);
        }
        break;
      case 'leave':
        this.gone.add(keyOf(deed.who, deed.group));
        if (deed.isHeard) this.erase(deed.who, deed.group);
        break;
      case 'join':
        this.gone.delete(keyOf(deed.who, deed.group));
        break;
      case 'decide':
        this.#decide(deed.who, deed.group);
        break;
      case 'remove':
        for (let who = 0; who < PEOPLE; who++) this.erase(who, deed.group);
        break;
      case 'move':
        this.#move(deed, now);
        break;
      case 'sweep':
        this.#sweep(now);
    }
  }

  /** Forgets what sweeps noted. These notes are not in the gallery, and no backup has them. */
  forgetSweeps(): void {
    this.#swept = undefined;
    this.#overdue.clear();
  }

  /** Whether a sweep does nothing, because the clock may have jumped. */
  hasJumped(now: number): boolean {
    const last = this.#swept;
    return last !== undefined && (now - last > JUMP_MS || last - now > SEEN_TWICE_MS);
  }

  erase(who: number, group: number): void {
    this.held.delete(keyOf(who, group));
    this.#overdue.delete(keyOf(who, group));
    this.#settle(who, group);
  }

  #holders(face: number, group: number): number[] {
    return PLACES.filter(
      (place) =>
        place.group === group && this.of(keyOf(place.who, group)).photos.some((photo) => faceOn(photo) === face),
    ).map(({ who }) => who);
  }

  agree(who: number, group: number, purpose: 'search' | 'enrol', now: number): boolean {
    if (this.gone.has(keyOf(who, group))) return false;
    const before = this.of(keyOf(who, group));
    if (before[purpose] === undefined) this.held.set(keyOf(who, group), { ...before, [purpose]: now });
    return true;
  }

  #enrol({ who, group, photo, answer, dispute }: Extract<Deed, { do: 'enrol' }>, now: number): void {
    const isAsked = this.of(keyOf(who, group)).enrol === undefined;
    if ((isAsked && answer === 'decline') || !this.agree(who, group, 'enrol', now)) return;
    const before = this.of(keyOf(who, group));
    const isOther = before.photos.some((one) => faceOn(one) !== faceOn(photo));
    if (isOther || before.photos.includes(photo)) return;
    // Somebody who has the face only by a dispute with this person is not its owner.
    const owners = this.#holders(faceOn(photo), group).filter(
      (owner) => owner !== who && !this.#challenges(owner, who, group),
    );
    if (owners.length > 0 && !dispute) return;
    const enrolled = Math.max(before.enrolled ?? now, now);
    this.held.set(keyOf(who, group), { ...before, photos: [...before.photos, photo], enrolled });
    this.#claim(who, group, owners);
  }

  #challenges(challenger: number, holder: number, group: number): boolean {
    return this.claims.some(
      (claim) => claim.group === group && claim.challenger === challenger && claim.holder === holder,
    );
  }

  #claim(challenger: number, group: number, holders: readonly number[]): void {
    const fresh = holders.filter((holder) => !this.#challenges(challenger, holder, group));
    this.claims = [...this.claims, ...fresh.map((holder) => ({ group, challenger, holder }))];
  }

  /** Ends every dispute of this person. Gives the people on the other sides. */
  #settle(who: number, group: number): number[] {
    const mine = this.claims.filter(
      (claim) => claim.group === group && (claim.challenger === who || claim.holder === who),
    );
    this.claims = this.claims.filter((claim) => !mine.includes(claim));
    return mine.map(({ challenger, holder }) => (challenger === who ? holder : challenger));
  }

  #decide(winner: number, group: number): void {
    for (const loser of this.#settle(winner, group)) {
      this.held.set(keyOf(loser, group), { ...this.of(keyOf(loser, group)), photos: [] });
      this.#settle(loser, group);
    }
  }

  /**
   * A group gets a new id. People who already enrolled under the new id keep only that enrolment,
   * and their agreement to search. What is held of all others is moved there.
   */
  #move({ group, early }: Extract<Deed, { do: 'move' }>, now: number): void {
    const from = this.copy();
    const came = early.filter((who) => !this.gone.has(keyOf(who, group)));
    for (const who of came) {
      // Their enrolment and disputes under the old id are dropped.
      this.held.delete(keyOf(who, group));
      this.#overdue.delete(keyOf(who, group));
      this.#settle(who, group);
    }
    for (const who of came) {
      const { search } = from.of(keyOf(who, group));
      const there = { enrol: now, photos: [`${who}`], enrolled: now };
      this.held.set(keyOf(who, group), search === undefined ? there : { search, ...there });
      const others = this.#holders(who, group).filter((other) => other !== who);
      for (const other of others) this.#claim(other, group, [who]);
    }
  }

  #sweep(now: number): void {
    const jumped = this.hasJumped(now);
    this.#swept = now;
    if (jumped) return;
    for (const { who, group, key } of PLACES) {
      const held = this.held.get(key);
      if (!held) continue;
      const noted = this.#overdue.get(key);
      const last = Math.max(held.search ?? 0, held.enrol ?? 0, held.enrolled ?? 0);
      const isOver = last + RETENTION_DAYS * DAY_MS <= now;
      const isKnown = noted && noted.last + OVERDUE_MS > now && noted.since <= now;
      const since = isKnown ? noted.since : now;
      if (isOver) this.#overdue.set(key, { since, last: now });
      else this.#overdue.delete(key);
      if (this.gone.has(key) || (isOver && since + SEEN_TWICE_MS <= now)) this.erase(who, group);
    }
  }
}
