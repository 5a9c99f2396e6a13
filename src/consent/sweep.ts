import type { Standing } from './consent.ts';

/** Milliseconds. */
export const DAY_MS = 86_400_000;

/**
 * After a new version of the notice people are not found until they agree again, and are erased
 * after so long.
 */
export const NOTICE_GRACE_MS = 30 * DAY_MS;

/**
 * Somebody of whom a platform has not said for so long whether they are in their group is erased as
 * if they had left, if it said so of others there.
 */
export const UNPROVEN_MS = 30 * DAY_MS;

/**
 * A time that passed is believed once two sweeps have seen it, so far apart: a day, less what the
 * second of two daily ones may come early.
 */
export const SEEN_TWICE_MS = 20 * 3_600_000;

/** Sweeps are a day apart: after a longer pause than this the clock may have jumped. */
export const JUMP_MS = 3 * DAY_MS;

/**
 * A sweep that would erase more than this share of a scope, and at least so many people, looks like
 * an outage.
 */
const ALARM_SHARE = 0.1;
const ALARM_PEOPLE = 5;

/** What a sweep knows of one person of a scope; of `membership`, see the courier's. */
export interface Swept<P> {
  readonly person: P;
  readonly standing: Standing;
  readonly membership: 'member' | 'gone' | 'no_proof' | 'down';
  /** With `no_proof`: since when, milliseconds since 1970; undefined where it begins now. */
  readonly unprovenSince?: number | undefined;
  /**
   * Since when sweeps have found their time to be over, milliseconds since 1970; undefined where
   * none did before.
   */
  readonly overdueSince?: number | undefined;
}

export interface SweepRules {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of this group now; nobody is kept longer than they agreed to, though. */
  readonly retentionDays: number;
  /** The operator's, where the admins of the group set fewer: whom those alone have erased is no outage. */
  readonly operatorDays?: number;
  readonly noticeVersion: number;
  /** When this installation first had that version. */
  readonly noticeSince: number;
}

export type SweepReason = 'left' | 'retention' | 'notice';

/**
 * Who is to be erased and why; `alarm`: so many at once that nobody is, until an operator has
 * looked.
 */
export interface SweepPlan<P> {
  readonly erase: readonly { readonly person: P; readonly reason: SweepReason }[];
  readonly alarm: boolean;
}

/**
 * Decides for the people of one scope. Nobody is erased because a platform could not be asked, or
 * tells this bot nothing of the whole group.
 */
export function planSweep<P>(people: readonly Swept<P>[], rules: SweepRules): SweepPlan<P> {
  const isTold = tellsOfSomebody(people);
  const erase = people.flatMap((one) => {
    const { person, standing, membership } = one;
    const hasLeft = membership === 'gone' || (isTold && isUnprovenForLong(one, rules));
    const reason = hasLeft ? 'left' : overdue(standing, rules);
    return reason && (hasLeft || isSeenTwice(one, rules))
      ? [{ person, reason, isSet: isSetByAdmins(one, reason, rules) }]
      : [];
  });
  const unset = erase.filter(({ isSet }) => !isSet).length;
  const alarm = unset >= ALARM_PEOPLE && unset > ALARM_SHARE * people.length;
  return { erase: erase.map(({ person, reason }) => ({ person, reason })), alarm };
}

/** Whether nothing but the days that the admins of the group set has somebody erased. */
function isSetByAdmins({ standing }: Swept<unknown>, reason: SweepReason, rules: SweepRules): boolean {
  const { operatorDays } = rules;
  if (reason !== 'retention' || operatorDays === undefined) return false;
  return overdue(standing, { ...rules, retentionDays: operatorDays }) === undefined;
}

/**
 * Whether the platform proves somebody's membership to this bot, so that it could prove that of
 * others.
 */
export function tellsOfSomebody(people: readonly Pick<Swept<unknown>, 'membership'>[]): boolean {
  return people.some(({ membership }) => membership === 'member');
}

function isUnprovenForLong({ membership, unprovenSince }: Swept<unknown>, { now }: SweepRules): boolean {
  return membership === 'no_proof' && unprovenSince !== undefined && unprovenSince + UNPROVEN_MS <= now;
}

/** Whether an earlier sweep found the same, long enough ago and not in the future. */
function isSeenTwice({ overdueSince }: Swept<unknown>, { now }: SweepRules): boolean {
  return overdueSince !== undefined && overdueSince + SEEN_TWICE_MS <= now;
}

/**
 * Whether sweeps so far apart can both have the right time; the first of all has nothing to compare
 * with.
 */
export function isJump(lastAt: number | undefined, now: number): boolean {
  return lastAt !== undefined && (now - lastAt > JUMP_MS || lastAt - now > SEEN_TWICE_MS);
}

/**
 * When a sweep erases this person, should they neither leave nor renew their agreement:
 * milliseconds since 1970.
 */
export function keptUntil(standing: Standing, rules: Omit<SweepRules, 'now'>): number {
  return Math.min(retentionEnd(standing, rules), noticeEnd(standing, rules));
}

/** Why this person's time is over, if it is. */
export function overdue(standing: Standing, rules: SweepRules): SweepReason | undefined {
  if (retentionEnd(standing, rules) <= rules.now) return 'retention';
  return noticeEnd(standing, rules) <= rules.now ? 'notice' : undefined;
}

/** The least of what is configured now and what the notices said that this person agreed to. */
function retentionEnd({ agreed, confirmedAt = 0 }: Standing, rules: Omit<SweepRules, 'now'>): number {
  const said = Object.values(agreed).map(({ retentionDays = rules.retentionDays }) => retentionDays);
  return confirmedAt + Math.min(rules.retentionDays, ...said) * DAY_MS;
}

function noticeEnd(standing: Standing, { noticeVersion, noticeSince }: Omit<SweepRules, 'now'>): number {
  return isRenewed(standing, noticeVersion) ? Number.POSITIVE_INFINITY : noticeSince + NOTICE_GRACE_MS;
}

/**
 * Whoever has templates must have agreed to being enrolled anew; having agreed to search does not
 * keep a face.
 */
function isRenewed({ agreed, templates }: Standing, version: number): boolean {
  if (agreed.enrol?.version === version) return true;
  return templates === 0 && agreed.search?.version === version;
}
