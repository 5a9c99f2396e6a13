import type { ScopeId } from '../consent/who.ts';
import type { OwnPairs } from '../match/own-pairs.ts';

/** Weeks begin on Thursday at 00:00 UTC, as 1970 did. */
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Keeps the own pairs of each scope (how near its people are to each other) for a week. They are
 * computed once a week, from templates that are older than the week. So members who enrol other
 * faces again and again, to learn from how the own pairs change, learn one number a week
 * (`test/attack/pairs.test.ts`). The own pairs are kept in memory alone, until the week ends. They
 * come from ten people or more, and say nothing about a single person.
 */
export function weeklyPairs(now: () => number) {
  let known = new Map<ScopeId, Promise<OwnPairs | undefined>>();
  let week = 0;
  return {
    /**
     * This week's own pairs of a scope. `compute` gets a time (milliseconds since 1970), and
     * computes them from the templates that were enrolled before that time. It is called once a
     * week, and again after it failed.
     */
    of(scope: ScopeId, compute: (before: number) => Promise<OwnPairs | undefined>): Promise<OwnPairs | undefined> {
      const present = Math.floor(now() / WEEK_MS);
      if (present !== week) {
        week = present;
        known = lastingFor((week + 1) * WEEK_MS - now());
      }
      const ofWeek = known;
      const own = ofWeek.get(scope) ?? compute(week * WEEK_MS);
      ofWeek.set(scope, own);
      own.catch(() => ofWeek.get(scope) === own && ofWeek.delete(scope));
      return own;
    },
  };
}

/** A map that is emptied after `ms` milliseconds, even if nobody uses it any more. */
function lastingFor(ms: number): Map<ScopeId, Promise<OwnPairs | undefined>> {
  const known = new Map<ScopeId, Promise<OwnPairs | undefined>>();
  setTimeout(() => known.clear(), ms).unref();
  return known;
}
