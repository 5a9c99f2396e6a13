import { type Head, MOST_SURE } from './head.ts';

/** What was seen on a photo. */
export interface Seen {
  readonly verdict: 'match' | 'possible' | 'absent' | 'failed';
  /** Whether the second look, with sure photos, may find the asker on the photo. */
  readonly again?: boolean;
  /** Whether the asker has enrolled only one selfie. */
  readonly isByOne: boolean;
}

/** The head after the first look at the next photo. */
export function looked(head: Head, { item, verdict, again, isByOne }: Seen & { readonly item: string }): Head {
  const number = head.looked + 1;
  const isSure = verdict === 'match' && head.sure.length < MOST_SURE;
  return {
    ...head,
    looked: number,
    last: item,
    isByOne,
    failed: head.failed + (verdict === 'failed' ? 1 : 0),
    found: head.found + (verdict === 'match' ? 1 : 0),
    ...(verdict === 'match' && { outbox: [...head.outbox, number] }),
    ...(isSure && { sure: [...head.sure, number] }),
    ...(again && { again: [...head.again, number] }),
    ...(verdict === 'possible' && { maybe: [...head.maybe, number] }),
    version: head.version + 1,
  };
}

/**
 * The head after the second look at a photo. A photo that was `possible` at the first look stays
 * so, unless the second look finds a match.
 */
export function lookedAgain(head: Head, number: number, { verdict }: Pick<Seen, 'verdict'>): Head {
  // The person requested the photo in the meantime. Then the second look does not count.
  if (!head.again.includes(number)) return head;
  const others = (numbers: readonly number[]) => numbers.filter((one) => one !== number);
  const isFound = verdict === 'match';
  const isNew = verdict === 'possible' && !head.maybe.includes(number);
  return {
    ...head,
    again: others(head.again),
    ...(isFound && { found: head.found + 1, outbox: [...head.outbox, number], maybe: others(head.maybe) }),
    ...(isNew && { maybe: [...head.maybe, number] }),
    version: head.version + 1,
  };
}

/** The head after its person asked for the uncertain photos. They are not looked at once more. */
export function requested(head: Head): Head {
  const { maybe } = head;
  return {
    ...head,
    outbox: [...head.outbox, ...maybe],
    perhaps: [...head.perhaps, ...maybe],
    again: head.again.filter((number) => !maybe.includes(number)),
    maybe: [],
    version: head.version + 1,
  };
}

/**
 * The head without a photo that shows somebody else; undefined when the photo was not given back.
 */
export function takenOut(head: Head, number: number): Head | undefined {
  if (!head.given.includes(number)) return undefined;
  return {
    ...head,
    given: head.given.filter((given) => given !== number),
    sure: head.sure.filter((sure) => sure !== number),
    found: head.found - (head.perhaps.includes(number) ? 0 : 1),
    version: head.version + 1,
  };
}
