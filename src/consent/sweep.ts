import type { Standing } from './consent.ts';

/** The milliseconds of a day. */
export const DAY_MS = 86_400_000;

/**
 * How long people may agree to a new version of the notice before they are erased. Until they
 * agree, searches do not find them.
 */
export const NOTICE_GRACE_MS = 30 * DAY_MS;

/**
 * How long a platform may leave open whether somebody is in their group. After that the person is
 * erased as if they had left, if the platform confirms at least one other member of that group.
 */
export const UNPROVEN_MS = 30 * DAY_MS;

/**
 * Somebody whose time is over is erased only when two sweeps, at least this far apart, have found
 * that it is over. It is less than a day, because the second of two daily sweeps may come a little
 * early.
 */
export const SEEN_TWICE_MS = 20 * 3_600_000;

/**
 * After a longer pause between two sweeps than this, the clock may have jumped. Sweeps are a day
 * apart.
 */
export const JUMP_MS = 3 * DAY_MS;

/**
 * A sweep erases nobody and raises an alarm when it would erase more than this share of a scope,
 * and at least ALARM_PEOPLE people. So many at once may come from an outage or a wrong clock.
 */
const ALARM_SHARE = 0.1;
const ALARM_PEOPLE = 5;

/**
 * The facts that a sweep knows about one person in a scope. `src/chat/courier.ts` explains
 * `membership`.
 */
export interface SweepCandidate<P> {
  readonly person: P;
  readonly standing: Standing;
  readonly membership: 'member' | 'gone' | 'no_proof' | 'down';
  /**
   * With `no_proof`: since when the platform has not confirmed the person as a member, milliseconds
   * since 1970. Undefined when that begins now.
   */
  readonly unprovenSince?: number | undefined;
  /**
   * Since when sweeps have found that the person's time is over, milliseconds since 1970. Undefined
   * when no sweep has found that before.
   */
  readonly overdueSince?: number | undefined;
}

export interface SweepRules {
  /** Milliseconds since 1970. */
  readonly now: number;
  /**
   * How many days the group's people are kept by its rules now. Nobody is kept for longer than they
   * agreed to.
   */
  readonly retentionDays: number;
  /**
   * The operator's days, when the group's admins set fewer. People who are erased only because of
   * the admins' days raise no alarm.
   */
  readonly operatorDays?: number;
  readonly noticeVersion: number;
  /** When this installation first had that version of the notice. */
  readonly noticeSince: number;
}

export type SweepReason = 'left' | 'retention' | 'notice';

/**
 * Who is to be erased, and why. `alarm`: there are so many that nobody is erased until an operator
 * has looked.
 */
export interface SweepPlan<P> {
  readonly erase: readonly { readonly person: P; readonly reason: SweepReason }[];
  readonly alarm: boolean;
}

/**
 * Decides who in one scope is erased. Everybody stays when a platform cannot be asked, or tells
 * this bot nothing about anybody in the group.
 */
export function planSweep<P>(people: readonly SweepCandidate<P>[], rules: SweepRules): SweepPlan<P> {
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

/**
 * Whether this person is erased only because the admins of the group set fewer days than the
 * operator.
 */
function isSetByAdmins({ standing }: SweepCandidate<unknown>, reason: SweepReason, rules: SweepRules): boolean {
  const { operatorDays } = rules;
  if (reason !== 'retention' || operatorDays === undefined) return false;
  return overdue(standing, { ...rules, retentionDays: operatorDays }) === undefined;
}

/**
 * Whether the platform confirms to this bot that at least one of these people is a member. If it
 * does, it could also confirm the others.
 */
export function tellsOfSomebody(people: readonly Pick<SweepCandidate<unknown>, 'membership'>[]): boolean {
  return people.some(({ membership }) => membership === 'member');
}

function isUnprovenForLong({ membership, unprovenSince }: SweepCandidate<unknown>, { now }: SweepRules): boolean {
  return membership === 'no_proof' && unprovenSince !== undefined && unprovenSince + UNPROVEN_MS <= now;
}

/**
 * Whether an earlier sweep already found that this person's time is over: long enough ago, and not
 * in the future.
 */
function isSeenTwice({ overdueSince }: SweepCandidate<unknown>, { now }: SweepRules): boolean {
  return overdueSince !== undefined && overdueSince + SEEN_TWICE_MS <= now;
}

/**
 * Whether the time between two sweeps shows that a clock jumped. False when there was no sweep
 * before.
 */
export function isJump(lastAt: number | undefined, now: number): boolean {
  return lastAt !== undefined && (now - lastAt > JUMP_MS || lastAt - now > SEEN_TWICE_MS);
}

/** When a sweep erases this person if they neither leave nor renew: milliseconds since 1970. */
export function keptUntil(standing: Standing, rules: Omit<SweepRules, 'now'>): number {
  return Math.min(retentionEnd(standing, rules), noticeEnd(standing, rules));
}

/** The reason why this person's time is over; undefined when it is not. */
export function overdue(standing: Standing, rules: SweepRules): SweepReason | undefined {
  if (retentionEnd(standing, rules) <= rules.now) return 'retention';
  return noticeEnd(standing, rules) <= rules.now ? 'notice' : undefined;
}

/**
 * When the person has been kept for long enough. Of the days configured now and the days in their
 * notices, the fewest count.
 */
function retentionEnd({ agreed, confirmedAt = 0 }: Standing, rules: Omit<SweepRules, 'now'>): number {
  const said = Object.values(agreed).map(({ retentionDays = rules.retentionDays }) => retentionDays);
  return confirmedAt + Math.min(rules.retentionDays, ...said) * DAY_MS;
}

function noticeEnd(standing: Standing, { noticeVersion, noticeSince }: Omit<SweepRules, 'now'>): number {
  return isRenewed(standing, noticeVersion) ? Number.POSITIVE_INFINITY : noticeSince + NOTICE_GRACE_MS;
}

/**
 * Whether the person has agreed to this version of the notice. Somebody with templates must have
 * agreed to be enrolled: an agreement to search does not keep a face.
 */
function isRenewed({ agreed, templates }: Standing, version: number): boolean {
  if (agreed.enrol?.version === version) return true;
  return templates === 0 && agreed.search?.version === version;
}
