/** As Promise.all, but an error holds the reasons of all that failed. */
export async function allOrReasons<A, B>(both: readonly [Promise<A>, Promise<B>]): Promise<readonly [A, B]> {
  const outcomes = await Promise.allSettled(both);
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.message] : []));
  if (reasons.length > 0) throw new Error([...new Set(reasons)].join('\n'));
  return await Promise.all(both);
}
