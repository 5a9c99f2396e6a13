import type { Erasure } from '../erasure.ts';
import type { Tables } from './tables.ts';

/**
 * Removes row `n` of the table `people`, and every row that refers to it. It unseals none of them,
 * so it works for unreadable rows too. Gives what was removed, and the people who were in a dispute
 * with this person. Runs inside a transaction.
 */
export function uproot(
  { people, templates, disputes, finds }: Tables,
  n: number,
): { readonly removed: Erasure['removed']; readonly rivals: readonly { readonly n: number }[] } {
  const rivals = disputes.settle(n);
  const removed = { templates: templates.removeOf(n), ...finds.removeOf(n), people: people.remove(n) };
  return { removed, rivals };
}
