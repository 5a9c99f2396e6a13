import { isDeepStrictEqual } from 'node:util';
import type { Consent } from '../../consent/consent.ts';
import type { Gallery } from '../gallery.ts';
import { ATTEMPTS_MS, alerted, assertMayAttempt } from '../rules/enrol.ts';
import type { Contender } from './clashes.ts';
import type { Finds } from './finds.ts';
import { isCarriedOut, nameOf, withoutIntent } from './intents.ts';
import type { Intent, Life, LivingRecord } from './life.ts';
import type { Records } from './records.ts';
import type { OpenScope } from './scopes.ts';

type Options = Parameters<Gallery['enrol']>[2];

/**
 * An enrolment that takes longer than this counts as dead when somebody else enrols the same face.
 */
const STALE_MS = 30_000;

/** What an enrolment does about people who already have the same face, or are enrolling it. */
export function rivalling(records: Records, finds: Finds) {
  /**
   * Decides whether this enrolment goes on, or makes way for one of `contenders`. It goes on if
   * each of them is dead or has an intent with a higher name. Then their intents are removed, so
   * that those enrolments start again. False when it makes way, or when a contender became
   * templates before it could be removed.
   */
  async function prevails(scope: OpenScope, intent: Intent, contenders: readonly Contender[]): Promise<boolean> {
    const mustGive = (other: Intent) => nameOf(other) > nameOf(intent) || other.at < Date.now() - STALE_MS;
    if (!contenders.every((contender) => mustGive(contender.intent))) return false;
    for (const contender of contenders) {
      const { life } = await records.change(scope, contender.record, (record) =>
        withoutIntent(record, contender.intent),
      );
      if (isCarriedOut(life, contender.intent)) return false;
    }
    return true;
  }

  /**
   * Notes in a holder's record who disputes the face. The note counts once the challenger's record
   * names the holder as a rival too.
   */
  async function challenge(scope: OpenScope, holder: string, rival: Life['rivals'][number]): Promise<void> {
    await records.change(scope, holder, (record) => {
      const { life } = record;
      if (!life || life.rivals.some((known) => isDeepStrictEqual(known, rival))) return undefined;
      return { ...record, life: { ...life, rivals: [...life.rivals, rival], marks: life.marks + 1 } };
    });
  }

  /**
   * Alerts each person who already has the face, and logs the attempt for them. If this is
   * interrupted and repeated, some may get a second alert.
   */
  async function report(
    scope: OpenScope,
    { person }: Consent,
    holders: readonly LivingRecord[],
    { ask, now: at }: Pick<Options, 'ask' | 'now'>,
  ): Promise<void> {
    if (holders.length === 0) return;
    const occasion = { kind: 'enrol', at, ask } as const;
    const ids = holders.map(({ id }) => id);
    const fresh = await finds.unlogged(scope, ids, occasion);
    for (const id of fresh) {
      await records.change(scope, id, (record) => {
        const { life } = record;
        return life && { ...record, life: { ...life, alerts: alerted(life.alerts) } };
      });
    }
    await finds.add(scope, person, fresh, occasion);
  }

  /** @throws Failure `rate_limited`: see {@link assertMayAttempt} */
  async function assertFewAttempts(scope: OpenScope, id: string, holders: readonly LivingRecord[], now: number) {
    const isRecent = (at: number) => at > now - ATTEMPTS_MS;
    const by = (await finds.attempts(scope, 'finder', id)).filter(isRecent);
    const at = await Promise.all(holders.map((holder) => finds.attempts(scope, 'found', holder.id)));
    assertMayAttempt({ by, at: at.map((times) => times.filter(isRecent)) }, now);
  }

  return { prevails, challenge, report, assertFewAttempts };
}
