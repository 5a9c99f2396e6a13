import { Cause } from '../../cause.ts';
import { Failure } from '../../failure.ts';
import { errorFields } from '../../log.ts';
import { wordsFor } from '../../text/words.ts';
import { failureText } from '../failure.ts';
import { courierOf, type Flow, sentMessages } from '../flow.ts';
import { type Placeholder, stateOf } from './placeholders.ts';
import { isOver, looked } from './protocol.ts';
import { unanswered } from './unanswered.ts';

/** How long to retry a platform that was not reached at a deadline. */
const UNREACHED_MS = 60_000;

type Telling = Pick<Flow, 'couriers' | 'placeholders' | 'log' | 'metrics' | 'now'>;

/**
 * Replaces placeholders past their deadline by `expired`, and drops those that were answered.
 * Receipts that were not delivered are tried again at once, without waiting for the deadline.
 * `orphaned` selects open placeholders that nobody works on: an earlier process opened them, and
 * its queue is gone.
 */
export async function expirePlaceholders(
  flow: Telling,
  orphaned: (placeholder: Placeholder) => boolean = () => false,
): Promise<void> {
  for (const placeholder of await flow.placeholders.all()) {
    const isOrphan = orphaned(placeholder);
    const now = flow.now();
    const does = looked(stateOf(placeholder), { deadline: placeholder.deadline, isOrphan }, now);
    if (does === 'forget') {
      // Nobody knows any more whom to tell.
      if (placeholder.isDamaged) unanswered(flow, 'undeliverable');
      await flow.placeholders.drop(placeholder.id);
    }
    const { open } = placeholder;
    if (does !== 'tell' || !open) continue;
    if (!isOrphan && !(await flow.placeholders.claim(placeholder, 'bot', now))) continue;
    const isTold = await tell(flow, placeholder.id, open, isOrphan ? 'restarted' : 'late');
    if (!isTold && flow.now() < placeholder.deadline + UNREACHED_MS) continue;
    if (!isTold) unanswered(flow, 'undeliverable');
    // The platform may deliver the update again until its deadline. So the note that it was
    // answered stays until then.
    if (isOver(placeholder.deadline, now)) await flow.placeholders.drop(placeholder.id);
    else await flow.placeholders.close(placeholder);
  }
}

/** Tells people whose asks were lost with the store's memory that their asks have expired. */
export async function tellForgotten(flow: Telling): Promise<void> {
  const lost = await flow.placeholders.forgotten();
  if (!lost) return;
  flow.metrics.memoryLost();
  flow.log.error('the store has lost its memory', { ...errorFields(new Cause('redis_forgot')), waiting: lost.length });
  for (const placeholder of lost) {
    if (!placeholder.open || !(await tell(flow, placeholder.id, placeholder.open, 'late')))
      unanswered(flow, 'undeliverable');
    await flow.placeholders.close(placeholder);
  }
}

/**
 * Tells the person `expired`, or shows the receipts. Gives false when the platform was not reached,
 * and may be reached later.
 */
async function tell(
  flow: Telling,
  id: string,
  { address, locale, undelivered }: NonNullable<Placeholder['open']>,
  why: 'restarted' | 'late',
): Promise<boolean> {
  if (!address) return true;
  const text = failureText(wordsFor(locale), 'expired', { [why]: 1 });
  const expired = { kind: 'error', code: 'expired', text } as const;
  try {
    const courier = courierOf(flow, address.platform);
    if (undelivered) await courier.answer(address, undelivered, { messages: sentMessages(flow, id) });
    else await courier.answer(address, [expired]);
    if (!undelivered) unanswered(flow, 'late');
  } catch (error) {
    if (error instanceof Failure && error.again) return false;
    // A bug with one placeholder must not keep other people waiting, or the program from starting.
    if (!(error instanceof Failure)) flow.log.error('placeholder not replaced', errorFields(error));
    unanswered(flow, 'undeliverable');
  }
  return true;
}
