/** More interactions than can be under way, or be repeated by a connection that is resumed. */
const REMEMBERED = 10_000;

/**
 * Tells whether an id is seen for the first time by this process. A repeated delivery is left to its first: that one is answered,
 * or its failure told; a second one beside it would find a button's question already taken.
 */
export function firstTimes(): (id: string) => boolean {
  const seen = new Set<string>();
  return (id) => {
    if (seen.has(id)) return false;
    // A Set keeps the order of insertion: the first is the oldest.
    const [oldest] = seen;
    if (seen.size >= REMEMBERED && oldest !== undefined) seen.delete(oldest);
    seen.add(id);
    return true;
  };
}
