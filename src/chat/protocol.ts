import { ANSWER_MS, SIGN_OF_LIFE_MS } from './courier.ts';

/**
 * Who may speak to somebody who waits, and when: pure, so that all orders of events can be walked (`test/chat/protocol.test.ts`).
 * One update has one answer. What stands on its shelf is its state; nobody speaks but by a change of it that they made themselves.
 *
 * ```
 *             queued                 turn                      answered
 *   unknown ─────────▶ waiting ───────────────▶ somebody speaks ─────────▶ answered ──┐
 *      ▲                 ▲  ▲   told, or their time is over │                  │      │ delivered again:
 *      │                 │  └──────────────────────────────┘                  │      │ nothing new is shown
 *      │                 └── kept: receipts that the platform did not take ◀───┤ ◀────┘
 *      └──────────────── its deadline is over, and whoever waited was told ◀───┘
 * ```
 */

/** The worker that did an ask answers it, or the bot says in its stead that it is over. `progress` says how it goes, before. */
export type Speaker = 'worker' | 'bot' | 'progress';

/** Somebody waits. */
export interface Waiting {
  /** Whether it is known where to answer: of receipts that are being answered only a repeated delivery knows. */
  readonly isAddressed: boolean;
  /** Whether there is an answer that no repetition would give again: an erasure's receipts. */
  readonly hasReceipts: boolean;
  /** Who speaks, and until when (milliseconds since 1970) others keep silent: then they are taken for dead. */
  readonly speaking?: { readonly who: Speaker; readonly until: number } | undefined;
}

/** Of the answer to one update: undefined before it was queued, and once it is forgotten. */
export type AnswerState = Waiting | 'answered' | undefined;

/**
 * Whoever begins to answer is given so long. Then they are taken for dead, and the other one may: shorter than what every
 * platform leaves after a deadline (a minute), longer than an answer takes that comes at all.
 */
export const SPEAKING_MS = ANSWER_MS + 15_000;

/**
 * Whoever says how it goes has so long, ends of calls and all. What a platform had before its call was given up may show a moment
 * later, and must not stand in an answer's place.
 */
export const TELLING_MS = SIGN_OF_LIFE_MS + 3_000;

/** They begin only with so much of it left for that. */
export const TELLING_REST_MS = 2_000;

/** An answer under way at the deadline gets this long before the bot says that it is over. */
const LATE_ANSWER_MS = 2_000;

/** What is done with an update that a platform delivers: it is taken in, its receipts are shown again, or nothing. */
export function delivered(state: AnswerState): 'take in' | 'repeat' | 'ignore' {
  if (state === 'answered') return 'ignore';
  return state?.hasReceipts ? 'repeat' : 'take in';
}

/** Whether somebody may speak now. `wait`: only `progress` speaks, which is over in a moment. */
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

/** Whether `progress`, which took its turn, still has the time to say something. */
export function mayTell({ until }: Speaking, now: number): boolean {
  return now + SIGN_OF_LIFE_MS + TELLING_REST_MS <= until;
}

/**
 * What the bot does that looks for what is over. `tell`: says so, or gives the receipts, once it has its turn; `forget`: nobody waits
 * any more; `leave`: it looks again later. `isOrphan`: nobody works on it, and nobody else looks.
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

/** Whether no answer is waited for any more. */
export function isOver(deadline: number, now: number): boolean {
  return deadline + LATE_ANSWER_MS <= now;
}
