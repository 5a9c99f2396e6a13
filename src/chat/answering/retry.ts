import type { FailureCode } from '../../failure.ts';
import { wordsFor } from '../../text/words.ts';
import type { Ask } from '../ask.ts';
import { type Awaiting, PARKED_MS } from '../buttons/parked.ts';
import { courierOf, type Flow, ignoreUnavailable } from '../flow.ts';
import type { Action, Reply } from '../reply.ts';

/** Failures that pass soon. The same request may then succeed. */
const PASSING: readonly FailureCode[] = ['busy', 'unavailable'];

/** Whether these replies only say that something failed for now. */
export function isPassing(replies: readonly Reply[]): boolean {
  const [only, ...others] = replies;
  return others.length === 0 && only?.kind === 'error' && PASSING.includes(only.code);
}

/** The choice of the button that {@link offerRetry} offers. */
const AGAIN = 'again';

/** Whether this choice only asks once more for what failed. */
export function isRetry(awaiting: Awaiting, choice: string): boolean {
  return awaiting.for === 'opening' && choice === AGAIN;
}

/** A button that asks once more. */
export function retryButton(id: string, locale: string): Action {
  return { id, label: wordsFor(locale).retry, role: 'confirm' };
}

/** The replies, with the button under each error. */
export function withButton(replies: readonly Reply[], button: Action): Reply[] {
  return replies.map((reply) =>
    reply.kind === 'error' ? { ...reply, actions: [...(reply.actions ?? []), button] } : reply,
  );
}

/**
 * As {@link offerRetry}, for an answer that only says that something failed for now. Gives every
 * other answer back unchanged.
 */
export async function withRetry(flow: Flow, ask: Ask, replies: readonly Reply[]): Promise<readonly Reply[]> {
  return isPassing(replies) ? await offerRetry(flow, ask, replies) : replies;
}

/**
 * Adds a button to each error of an answer. The button asks again with the same photos, so that
 * nobody has to send them twice. An answer stays as it is when it has buttons already, when its ask
 * has no photos, or on the page, which keeps the photos itself.
 */
export async function offerRetry(flow: Flow, ask: Ask, replies: readonly Reply[]): Promise<readonly Reply[]> {
  const isKept = ask.photos.length > 0 && courierOf(flow, ask.address.platform).audience === 'group';
  if (!isKept || replies.some((reply) => 'actions' in reply && reply.actions)) return replies;
  const id = await flow.parked.park(ask, { for: 'opening' }, PARKED_MS).catch(ignoreUnavailable(flow));
  return id === undefined ? replies : withButton(replies, retryButton(`${id}:${AGAIN}`, ask.locale));
}
