import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import { errorFields } from '../log.ts';
import { wordsFor } from '../text/words.ts';
import { failureText } from './failure.ts';
import { courierOf, type Flow } from './flow.ts';
import { type Placeholder, stateOf } from './placeholders.ts';
import { isOver, looked } from './protocol.ts';
import { unanswered } from './unanswered.ts';

/** A platform that is not reached at a deadline is tried again for so long. */
const UNREACHED_MS = 60_000;

type Telling = Pick<Flow, 'couriers' | 'placeholders' | 'log' | 'metrics' | 'now'>;

/**
 * Replaces placeholders whose deadline has passed by `expired`, and forgets what was answered before it. Receipts that were not
 * delivered are, without waiting for the deadline. `orphaned` says which open ones nobody works on any more: those of an earlier
 * process whose queue went with it.
 */
export async function expirePlaceholders(
  flow: Telling,
  orphaned: (placeholder: Placeholder) => boolean = () => false,
): Promise<void> {
  for (const placeholder of await flow.placeholders.all()) {
    const isOrphan = orphaned(placeholder);
    const now = flow.now();
    const does = looked(stateOf(placeholder), { deadline: placeholder.deadline, isOrphan }, now);
    if (does === 'forget') await flow.placeholders.drop(placeholder.id);
    const { open } = placeholder;
    if (does !== 'tell' || !open) continue;
    if (!isOrphan && !(await flow.placeholders.claim(placeholder, 'bot', now))) continue;
    const isTold = await tell(flow, open, isOrphan ? 'restarted' : 'late');
    if (!isTold && flow.now() < placeholder.deadline + UNREACHED_MS) continue;
    if (!isTold) unanswered(flow, 'undeliverable');
    // Before its deadline its update may be delivered once more: it was answered.
    if (isOver(placeholder.deadline, now)) await flow.placeholders.drop(placeholder.id);
    else await flow.placeholders.close(placeholder);
  }
}

/** Tells the people whose asks were lost with the store's memory that they wait in vain. */
export async function tellForgotten(flow: Telling): Promise<void> {
  const lost = await flow.placeholders.forgotten();
  if (!lost) return;
  flow.metrics.memoryLost();
  flow.log.error('the store has lost its memory', { ...errorFields(new Cause('redis_forgot')), waiting: lost.length });
  for (const placeholder of lost) {
    if (!placeholder.open || !(await tell(flow, placeholder.open, 'late'))) unanswered(flow, 'undeliverable');
    await flow.placeholders.close(placeholder);
  }
}

/** False when the platform was not reached, and may be later. */
async function tell(
  flow: Telling,
  { address, locale, undelivered }: NonNullable<Placeholder['open']>,
  why: 'restarted' | 'late',
): Promise<boolean> {
  if (!address) return true;
  const text = failureText(wordsFor(locale), 'expired', { [why]: 1 });
  const expired = { kind: 'error', code: 'expired', text } as const;
  try {
    await courierOf(flow, address.platform).answer(address, undelivered ?? [expired]);
    if (!undelivered) unanswered(flow, 'late');
  } catch (error) {
    if (error instanceof Failure && error.again) return false;
    // A bug with one of them must not keep all others waiting, nor the program from starting.
    if (!(error instanceof Failure)) flow.log.error('placeholder not replaced', errorFields(error));
    unanswered(flow, 'undeliverable');
  }
  return true;
}
