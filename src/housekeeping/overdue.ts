import { overdue, type SweepCandidate, type SweepRules } from '../consent/sweep.ts';
import type { Person, ScopeId } from '../consent/who.ts';
import { ownerIn, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Kept } from './parts.ts';

/** A note expires after this time, unless a sweep renews it. */
const OVERDUE_KEPT_MS = 90 * 86_400_000;

/**
 * Adds `overdueSince` to each person who was kept for long enough: the time since when sweeps have
 * found that. The time is noted on a shelf. For other people, an earlier note is removed.
 */
export async function withOverdue(
  { flow, stores }: Kept,
  scope: ScopeId,
  people: readonly SweepCandidate<Person>[],
  rules: SweepRules,
): Promise<SweepCandidate<Person>[]> {
  const { keys } = flow;
  const noted = shelf<number>(stores.pending, keys, 'overdue');
  const swept: SweepCandidate<Person>[] = [];
  for (const one of people) {
    const { platform, id: personId } = one.person;
    const id = keyedHash(keys.lookup, 'overdue', scope, platform, personId);
    const kept = await noted.read(id);
    const overdueSince = kept?.value();
    if (!overdue(one.standing, rules)) {
      if (kept) await noted.drop(id);
      swept.push(one);
      continue;
    }
    // A time in the future was noted while the clock was ahead, and does not count. Neither does a
    // damaged note.
    const since = overdueSince !== undefined && overdueSince <= rules.now ? overdueSince : rules.now;
    const owner = ownerIn(keys, one.person, scope);
    await noted.put({ id, owner, value: since, expiresAt: rules.now + OVERDUE_KEPT_MS });
    swept.push({ ...one, overdueSince: since });
  }
  return swept;
}
