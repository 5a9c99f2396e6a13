import { ANSWER_MS, SIGN_OF_LIFE_MS } from '../courier.ts';

/**
 * Who may speak to somebody who waits, and when. The functions are pure, so a test walks all orders
 * of events (`test/chat/protocol.test.ts`). One update has one answer. An item on a shelf holds the
 * answer's state, and only the process that changed the state may speak.
 *
 * ```
 *           queued               turn                    answered
 *   unknown ──────▶ waiting ─────────────▶ one speaks ───────────▶ answered ──┐
 *      ▲              ▲  ▲    told, or time is up │                 │      │   │ delivered again:
 *      │              │  └────────────────────────┘                 │      │   │ shows nothing new
 *      │              └── kept: receipts that the platform refused ◀┤      ◀───┘
 *      └──────────── the deadline is over, and the person was told ◀┘
 * ```
 */

/**
 * `worker` answers an ask that it did. `bot` says instead that the ask is over. `progress` says how
 * the ask goes, before either of them answers.
 */
export type Speaker = 'worker' | 'bot' | 'progress';

/** The state while a person waits for the answer. */
export interface Waiting {
  /**
   * Whether the address of the answer is known. While receipts are being delivered, only a repeated
   * delivery of the update knows it.
   */
  readonly isAddressed: boolean;
  /** Whether the item holds an erasure's receipts. A repeated request could not make them again. */
  readonly hasReceipts: boolean;
  /**
   * Who speaks, and until when (milliseconds since 1970) others keep silent. After that the speaker
   * counts as dead.
   */
  readonly speaking?: { readonly who: Speaker; readonly until: number } | undefined;
}

/**
 * The state of the answer to one update. Undefined before it was queued, and once it is forgotten.
 */
export type AnswerState = Waiting | 'answered' | undefined;

/**
 * How long a speaker may take to answer. After that it counts as dead, and the other speaker may
 * answer. No answer takes this long. Every platform still accepts an answer for a minute after a
 * deadline, which is longer than this.
 */
export const SPEAKING_MS = ANSWER_MS + 15_000;

/**
 * How long the turn of `progress` lasts: the shelf, the sign and {@link TELLING_REST_MS} need this
 * time.
 */
export const TELLING_MS = SIGN_OF_LIFE_MS + 3_000;

/**
 * How much of the turn must be left after the longest sign. A platform may show what it received a
 * moment after the call was given up. That must not replace an answer.
 */
export const TELLING_REST_MS = 2_000;

/** How long an answer may run past the deadline before the bot says that the ask is over. */
const LATE_ANSWER_MS = 2_000;

/** What to do with a delivered update: take it in, show its receipts again, or ignore it. */
export function delivered(state: AnswerState): 'take in' | 'repeat' | 'ignore' {
  if (state === 'answered') return 'ignore';
  return state?.hasReceipts ? 'repeat' : 'take in';
}

/**
 * The turn that `who` gets if it may speak now. `wait`: `progress` has its turn, which will end
 * soon. `silent`: `who` may not speak.
 */
export function turn(
  state: AnswerState,
  who: Speaker,
  now: number,
): 'silent' | 'wait' | { readonly speaking: Speaking } {
  if (typeof state !== 'object') return 'silent';
  const { speaking, isAddressed } = state;
  const isHeld = speaking !== undefined && speaking.until > now;
  if (who === 'progress' && (isHeld || !isAddressed)) return 'silent';
  if (isHeld && speaking.who !== who) return speaking.who === 'progress' ? 'wait' : 'silent';
  return { speaking: { who, until: now + (who === 'progress' ? TELLING_MS : SPEAKING_MS) } };
}

type Speaking = NonNullable<Waiting['speaking']>;

/** Whether enough time is left in the turn of `progress` to say something. */
export function mayTell({ until }: Speaking, now: number): boolean {
  return now + SIGN_OF_LIFE_MS + TELLING_REST_MS <= until;
}

/**
 * What the bot does with an ask when it looks for asks that are over. `tell`: when it gets its
 * turn, it says that the ask is over, or gives the receipts. `forget`: nobody waits any more.
 * `leave`: it looks again later. `isOrphan`: no process works on the ask.
 */
export function looked(
  state: AnswerState,
  { deadline, isOrphan }: { readonly deadline: number; readonly isOrphan: boolean },
  now: number,
): 'tell' | 'forget' | 'leave' {
  const isDue = isOver(deadline, now) || isOrphan;
  if (typeof state === 'object' && state.isAddressed && (isDue || state.hasReceipts)) return 'tell';
  return isOver(deadline, now) ? 'forget' : 'leave';
}

/** Whether no answer can come any more. */
export function isOver(deadline: number, now: number): boolean {
  return deadline + LATE_ANSWER_MS <= now;
}
