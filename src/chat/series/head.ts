import type { Address, Ask } from '../ask.ts';

/** How long a series takes photos after the last one. */
export const GO_ON_MS = 15 * 60_000;
/** How long a series takes photos in all. */
export const SERIES_MS = 60 * 60_000;
/**
 * How long the last photos of a series may wait once it takes no more, and how long its buttons
 * work once it has ended.
 */
export const AFTER_MS = 15 * 60_000;
/** How long a photo waits at most to be looked at. */
export const WAITS_MS = SERIES_MS + AFTER_MS;

/** How long a series is kept in all, whatever fails. */
const LONGEST_MS = SERIES_MS + WAITS_MS + AFTER_MS;

/** How long a worker may be silent before another goes on with its series. */
const LEASE_MS = 60_000;

/** Why a series takes no more photos. `text` says what went wrong, in the asker's language. */
export type Ending =
  | { readonly why: 'time' | 'stopped' | 'withdrawn' }
  | { readonly why: 'failed'; readonly text: string };

/**
 * The second look at an uncertain photo uses at most this many photos that surely show the asker.
 * More of them hardly help (`npm run measure:own`).
 */
export const MOST_SURE = 3;

/** The most hashes of messages that a head has before some of them become items of their own. */
const MOST_HEARD = 64;

/**
 * Photos that one person sends after a /me, and how far the work on them is. Photos are numbered
 * from 1 in the order they came. Lists of photos hold these numbers.
 */
export interface Head {
  /** Eight hexadecimal digits, which the ids of the series' buttons contain. */
  readonly id: string;
  /** The /me that began the series, without its photos. */
  readonly ask: Ask;
  readonly openedAt: number;
  /** Whether the person must answer, for example to the notice, before photos are looked at. */
  readonly isHeld?: boolean;
  /** From when the series takes no more photos, milliseconds since 1970. */
  readonly until: number;
  /** Where the running answer is, or will come; undefined before the first photo. */
  readonly at?: Address;
  /** Whether the message of the running answer is shown. Then `at` leads to it. */
  readonly isThere: boolean;
  /** Whether a worker has begun to send the message of the running answer. */
  readonly isBegun: boolean;
  /**
   * Whether a worker that died may have sent another message for the running answer. Nothing
   * replaces that message any more.
   */
  readonly isTorn: boolean;
  /** Hashes of the last messages that were taken in. */
  readonly heard: readonly string[];
  /**
   * How many photos were taken in, how many were looked at or tried, and how many of those failed.
   */
  readonly received: number;
  readonly looked: number;
  readonly failed: number;
  /**
   * How many photos were not taken in because of the day's limit, and until when the limit holds.
   */
  readonly refused: number;
  readonly refusedUntil: number;
  /** How many photos certainly show the asker, without those that were taken out. */
  readonly found: number;
  /** Found photos that are to be given back; the first `sending` of them are being sent. */
  readonly outbox: readonly number[];
  readonly sending: number;
  /**
   * How many of the outbox's first photos are sent one by one, because the platform refused an
   * album with them.
   */
  readonly apart: number;
  /** Photos that surely show the asker: the first {@link MOST_SURE} that were found. */
  readonly sure: readonly number[];
  /** Uncertain photos that are to be looked at once more, together with the sure ones. */
  readonly again: readonly number[];
  /** Photos on which the asker may be. They are given back on request. */
  readonly maybe: readonly number[];
  /** Photos on which the asker may be and that the asker has requested. */
  readonly perhaps: readonly number[];
  /** Whether the asker has enrolled only one selfie. */
  readonly isByOne: boolean;
  /** Whether the answer to the /me has said that more selfies find more. */
  readonly isAdvised: boolean;
  /** Photos of which nobody knows whether they were given back. */
  readonly unsure: readonly number[];
  /** Photos that were given back. */
  readonly given: readonly number[];
  /** Found photos that the platform does not give back any more. */
  readonly refusedBack: readonly number[];
  /** The id of the item of the photo that was looked at last. It may still be on the shelf. */
  readonly last?: string;
  readonly ending?: Ending;
  /** The worker that has the series now. */
  readonly lease?: { readonly by: string; readonly until: number };
  /**
   * Grows with each change that the running answer tells. `told` is the version that it tells now.
   */
  readonly version: number;
  readonly told: number;
  readonly toldAt: number;
  /** When the head was changed last. */
  readonly changedAt: number;
}

/** What is known when a series begins. */
export interface Beginning {
  /** See {@link Head}. */
  readonly isHeld?: boolean;
  readonly isAdvised?: boolean;
}

export function newHead(id: string, ask: Ask, now: number, { isHeld = false, isAdvised = false }: Beginning): Head {
  return {
    id,
    ask,
    openedAt: now,
    isHeld,
    until: now + GO_ON_MS,
    isThere: false,
    isBegun: false,
    isTorn: false,
    heard: [],
    received: 0,
    looked: 0,
    failed: 0,
    refused: 0,
    refusedUntil: 0,
    found: 0,
    outbox: [],
    sending: 0,
    apart: 0,
    sure: [],
    again: [],
    maybe: [],
    perhaps: [],
    isByOne: false,
    isAdvised,
    unsure: [],
    given: [],
    refusedBack: [],
    version: 0,
    told: 0,
    toldAt: 0,
    changedAt: now,
  };
}

/** When nothing of the series is kept any more, whatever fails. */
export const endOfAll = ({ openedAt }: Head): number => openedAt + LONGEST_MS;

/** When a worker next has something to do for the series, or may drop it. */
export function dueAt(head: Head, now: number): number {
  const { lease, ending, until, changedAt } = head;
  if (lease && lease.until > now) return lease.until;
  if (isDue(head, now)) return now;
  return ending ? changedAt + AFTER_MS : until;
}

/** Whether nobody needs the series any more: the time of its buttons is over. */
export function isOver(head: Head, now: number): boolean {
  return head.ending !== undefined && !isDue(head, now) && now >= head.changedAt + AFTER_MS;
}

/** How many photos are still to be looked at. */
export const waitingIn = ({ received, looked, ending }: Head): number => (ending ? 0 : received - looked);

/**
 * Whether uncertain photos are to be looked at once more now. They are, when no photo waits for its
 * first look, and when there are {@link MOST_SURE} sure photos or the series takes no more photos.
 */
export function isForAgain(head: Head, now: number): boolean {
  const { ending, again, sure, until } = head;
  const isTime = sure.length === MOST_SURE || now >= until;
  return !ending && again.length > 0 && waitingIn(head) === 0 && isTime;
}

/** Whether a photo is to be looked at now, for the first time or once more. */
export const isForLook = (head: Head, now: number): boolean =>
  !head.isHeld && (waitingIn(head) > 0 || isForAgain(head, now));

/** Whether the series takes photos now. */
export const takesMore = ({ ending, until }: Head, now: number): boolean => !ending && now < until;

/** Whether a worker has something to do for the series now. */
export function isDue(head: Head, now: number): boolean {
  const { ending, outbox, version, told, lease, at } = head;
  if (lease && lease.until > now) return false;
  if (ending?.why === 'withdrawn') return false;
  const isOver = !ending && now >= head.until;
  return isForLook(head, now) || outbox.length > 0 || isOver || (version !== told && at !== undefined);
}

/** The head with more time, because its person sent something. */
export function prolonged(head: Head, now: number): Head {
  return { ...head, until: Math.max(head.until, Math.min(now + GO_ON_MS, head.openedAt + SERIES_MS)) };
}

/** The head after another /me of its person in the same group. */
export function joined(head: Head, ask: Ask, now: number, { isHeld = false, isAdvised = false }: Beginning): Head {
  const more = { ...prolonged(head, now), isAdvised: head.isAdvised || isAdvised };
  if (!head.isHeld) return more;
  return { ...more, ask, isHeld, version: isHeld ? head.version : head.version + 1 };
}

/** The head with the photos of one message. They give it more time, except while it is held. */
export function taken(
  head: Head,
  now: number,
  more: Pick<Head, 'at'> & { mark: string; photos: number; refused: number; seconds: number },
): Head {
  const { mark, photos, refused, seconds } = more;
  return {
    ...(head.isHeld ? head : prolonged(head, now)),
    heard: [...head.heard, mark],
    received: head.received + photos,
    refused: head.refused + refused,
    ...(refused > 0 && { refusedUntil: now + seconds * 1000 }),
    ...(head.at === undefined && more.at && { at: more.at }),
    version: head.version + 1,
  };
}

/**
 * The head with a worker's name in it; undefined while another worker has the series, or nothing is
 * to be done. Photos that an earlier worker was sending when it died become `unsure`.
 */
export function leased(head: Head, by: string, now: number): Head | undefined {
  if (!isDue(head, now)) return undefined;
  const { outbox, sending, apart, unsure } = head;
  const isTorn = sending > 0;
  return {
    ...head,
    lease: { by, until: now + LEASE_MS },
    ...(isTorn && {
      outbox: outbox.slice(sending),
      unsure: [...unsure, ...outbox.slice(0, sending)],
      sending: 0,
      apart: Math.max(0, apart - sending),
      version: head.version + 1,
    }),
  };
}

/**
 * The head as it is noted before the running answer's message is sent. If an earlier worker had
 * begun to send that message, it may be there twice: `isTorn`.
 */
export const begun = (head: Head): Head => ({ ...head, isBegun: true, isTorn: head.isTorn || head.isBegun });

/** The head with more time for this worker; undefined when another worker has the series by now. */
export function keptBy(head: Head, by: string, now: number): Head | undefined {
  return head.lease?.by === by ? { ...head, lease: { by, until: now + LEASE_MS } } : undefined;
}

/** The oldest hashes of a head that has many. They may be left out once they are items. */
export const oldHeard = ({ heard }: Head): readonly string[] =>
  heard.length > MOST_HEARD ? heard.slice(0, MOST_HEARD / 2) : [];

/**
 * The head after the outbox's first `sending` photos were sent. `there`: those of them that were
 * given back; undefined when nobody knows which. Photos of a refused album are next sent one by
 * one. A photo that is refused alone too is not given back.
 */
export function sent(head: Head, there: ReadonlySet<number> | undefined): Head {
  const { outbox, sending, apart, refusedBack } = head;
  const [now, next] = [outbox.slice(0, sending), outbox.slice(sending)];
  const refused = there ? now.filter((number) => !there.has(number)) : [];
  const isAlone = sending === 1;
  return {
    ...head,
    outbox: isAlone ? next : [...refused, ...next],
    sending: 0,
    apart: isAlone ? Math.max(0, apart - 1) : refused.length,
    refusedBack: isAlone ? [...refusedBack, ...refused] : refusedBack,
    given: [...head.given, ...now.filter((number) => there?.has(number))],
    unsure: there ? head.unsure : [...head.unsure, ...now],
    version: head.version + 1,
  };
}

/**
 * The head of a series that ends now; undefined when it has ended before. Photos that still wait
 * are not looked at any more.
 */
export function ended(head: Head, ending: Ending): Head | undefined {
  return head.ending ? undefined : { ...head, ending, version: head.version + 1 };
}
