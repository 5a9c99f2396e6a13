import type { Person } from '../../consent/who.ts';
import { errorFields } from '../../log.ts';
import { ownerOf } from '../../queue/sealed-shelf.ts';
import { wordsFor } from '../../text/words.ts';
import type { Ask } from '../ask.ts';
import { withdrawnReply } from '../failure.ts';
import type { EraserParts } from './parts.ts';
import { dropUnreadable } from './shelf.ts';

/** How long to wait until a sign of progress has ended. No sign takes this long. */
const TURN_MS = 10_000;

/**
 * Drops a person's waiting jobs, parked asks and uploads. Their placeholders are answered
 * `expired`.
 */
export async function dropWaiting(parts: EraserParts, person: Person, ask: Ask | undefined): Promise<void> {
  const owner = ownerOf(parts.keys, person);
  const current = ask && parts.placeholders.idOf(ask);
  const waiting = (await parts.placeholders.all()).filter((item) => item.owner === owner && item.id !== current);
  await parts.queue.dropOwned(owner);
  parts.dropLocal(person);
  for (const { id, open: before } of waiting) {
    if (!before?.address) continue;
    const { open } = (await parts.placeholders.awaitTurn(id, 'bot', parts.now, parts.now() + TURN_MS)) ?? {};
    if (!open?.address) continue;
    await parts
      .courier(open.address)
      .answer(open.address, [withdrawnReply(wordsFor(open.locale))])
      .catch((error) => parts.log.warn('withdrawn ask not answered', errorFields(error)));
  }
  await withdrawSeries(parts, person);
  // This comes last. If the process dies before, everything is repeated, so that every waiting ask
  // gets an answer.
  await parts.pending.dropOwned(owner);
  await dropUnreadable(parts, person);
}

/** Ends the person's running answer. From then on no worker changes it any more. */
async function withdrawSeries(parts: EraserParts, person: Person): Promise<void> {
  const { id, head } = (await parts.series.of(person)) ?? {};
  if (!id || !head) return;
  await parts.series.change(id, (one) => ({ ...one, ending: { why: 'withdrawn' } }));
  // The answer's message may be there although its address is not known. Then `at` still leads
  // below the first photo, and the person is told there.
  const isShown = (head.isThere || head.isBegun) && head.ending === undefined;
  if (!isShown || !head.at) return;
  await parts
    .courier(head.at)
    .answer(head.at, [withdrawnReply(wordsFor(head.ask.locale))])
    .catch((error) => parts.log.warn('withdrawn series not answered', errorFields(error)));
}
