import type { Standing } from './consent.ts';

/** Milliseconds. */
export const DAY_MS = 86_400_000;

/**
 * How long people may agree to a new version of the notice before they are erased. Until they
 * agree, searches do not find them.
 */
export const NOTICE_GRACE_MS = 30 * DAY_MS;

/**
 * How long a platform may fail to say whether somebody is in their group. After that they are
 * erased as if they had left, if the platform answers for others there.
 */
export const UNPROVEN_MS = 30 * DAY_MS;

/**
 * A deadline counts as over when two sweeps, this far apart, have seen it. It is a day, less the
 * time by which the second of two daily sweeps may come early.
 */
export const SEEN_TWICE_MS = 20 * 3_600_000;

/** Sweeps are a day apart. After a longer pause than this, the clock may have jumped. */
export const JUMP_MS = 3 * DAY_MS;

/**
 * A sweep that would erase more than this share of a scope, and at least ALARM_PEOPLE, looks like
 * an outage.
 */
const ALARM_SHARE = 0.1;
const ALARM_PEOPLE = 5;

/** What a sweep knows of one person of a scope. The courier explains `membership`. */
export interface SweepCandidate<P> {
  readonly person: P;
  readonly standing: Standing;
  readonly membership: 'member' | 'gone' | 'no_proof' | 'down';
  /** With `no_proof`: since when, milliseconds since 1970; undefined when it begins now. */
  readonly unprovenSince?: number | undefined;
  /**
   * Since when sweeps have found their time over, milliseconds since 1970; undefined when this is
   * the first.
   */
  readonly overdueSince?: number | undefined;
}

export interface SweepRules {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The group's days now. Nobody is kept longer than they agreed to. */
  readonly retentionDays: number;
  /**
   * The operator's days, when the group's admins set fewer. Erasures by the admins' days alone are
   * no outage.
   */
  readonly operatorDays?: number;
  readonly noticeVersion: number;
  /** When this installation first had that version. */
  readonly noticeSince: number;
}

export type SweepReason = 'left' | 'retention' | 'notice';

/**
 * Who is to be erased, and why. `alarm`: these are so many that nobody is erased until an operator
 * has looked.
 */
export interface SweepPlan<P> {
  readonly erase: readonly { readonly person: P; readonly reason: SweepReason }[];
  readonly alarm: boolean;
}

/**
 * Decides for the people of one scope. Nobody is erased because a platform could not be asked, or
 * tells this bot nothing about the whole group.
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
 * Whether this person is erased only because the group's admins set fewer days than the operator.
 */
function isSetByAdmins({ standing }: SweepCandidate<unknown>, reason: SweepReason, rules: SweepRules): boolean {
  const { operatorDays } = rules;
  if (reason !== 'retention' || operatorDays === undefined) return false;
  return overdue(standing, { ...rules, retentionDays: operatorDays }) === undefined;
}

/**
 * Whether the platform proves somebody's membership to this bot. Then it could prove that of others
 * too.
 */
export function tellsOfSomebody(people: readonly Pick<SweepCandidate<unknown>, 'membership'>[]): boolean {
  return people.some(({ membership }) => membership === 'member');
}

function isUnprovenForLong({ membership, unprovenSince }: SweepCandidate<unknown>, { now }: SweepRules): boolean {
  return membership === 'no_proof' && unprovenSince !== undefined && unprovenSince + UNPROVEN_MS <= now;
}

/** Whether an earlier sweep found the same, long enough ago and not in the future. */
function isSeenTwice({ overdueSince }: SweepCandidate<unknown>, { now }: SweepRules): boolean {
  return overdueSince !== undefined && overdueSince + SEEN_TWICE_MS <= now;
}

/**
 * Whether the time between two sweeps shows that a clock jumped. The first sweep has nothing to
 * compare with.
 */
export function isJump(lastAt: number | undefined, now: number): boolean {
  return lastAt !== undefined && (now - lastAt > JUMP_MS || lastAt - now > SEEN_TWICE_MS);
}

/** When a sweep erases this person if they neither leave nor renew: milliseconds since 1970. */
export function keptUntil(standing: Standing, rules: Omit<SweepRules, 'now'>): number {
  return Math.min(retentionEnd(standing, rules), noticeEnd(standing, rules));
}

/** Why this person's time is over; undefined when it is not. */
export function overdue(standing: Standing, rules: SweepRules): SweepReason | undefined {
  if (retentionEnd(standing, rules) <= rules.now) return 'retention';
  return noticeEnd(standing, rules) <= rules.now ? 'notice' : undefined;
}

/** The fewest of the days configured now and the days in this person's notices. */
function retentionEnd({ agreed, confirmedAt = 0 }: Standing, rules: Omit<SweepRules, 'now'>): number {
  const said = Object.values(agreed).map(({ retentionDays = rules.retentionDays }) => retentionDays);
  return confirmedAt + Math.min(rules.retentionDays, ...said) * DAY_MS;
}

function noticeEnd(standing: Standing, { noticeVersion, noticeSince }: Omit<SweepRules, 'now'>): number {
  return isRenewed(standing, noticeVersion) ? Number.POSITIVE_INFINITY : noticeSince + NOTICE_GRACE_MS;
}

/**
 * A person with templates must agree to enrolment again. An agreement to search alone does not keep
 * a face.
 */
function isRenewed({ agreed, templates }: Standing, version: number): boolean {
  if (agreed.enrol?.version === version) return true;
  return templates === 0 && agreed.search?.version === version;
}
