import { parseArgs } from 'node:util';
import { keysOf } from '../app/keys.ts';
import { withParts } from '../app/parts.ts';
import { readConfig } from '../config.ts';
import { receiptSigner, verifyReceipt } from '../consent/receipt.ts';
import { PERSONS, PLACES, personFrom, placeFrom } from './identity.ts';
import { UsageError, type Verb } from './verb.ts';
import { verbLog } from './verb-log.ts';

/** `facefinder erase`: does what /forget does, for an operator. */
export const erase: Verb = {
  name: 'erase',
  summary: 'Erase a person, everywhere or in one group, and print the receipts',
  usage: `facefinder erase --person <platform>:<id> [--scope <platform>:<id>] [--wait <seconds>]

  --person  ${PERSONS}
  --scope   the group: ${PLACES}; without it, all groups
  --wait    how long to wait for the bytes to leave the disk; 180 unless told

Prints one signed receipt per group in which something was held. When bytes stay on disk for longer than that,
because something reads the store, it is the first receipt, which says so, and the exit code is 1.
Which of two people in a dispute owns the face is decided by: facefinder disputes --for P --scope GROUP`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { ...TEXTS, wait: { type: 'string', default: '180' } } });
    if (values.person === undefined) throw new UsageError('--person is missing');
    const person = personFrom(values.person);
    const patienceMs = secondsFrom(values.wait) * 1000;
    const config = readConfig(io.env);
    return await withParts(config, verbLog(config), async ({ flow }) => {
      const where = values.scope === undefined ? 'everywhere' : placeFrom(values.scope);
      const sent = where === 'everywhere' ? (await flow.sentPhotos.of(person)).size : 0;
      const waiting = setTimeout(() => io.err('Waiting for the bytes to leave the disk ...'), QUIET_MS);
      const erasing = flow.eraser.erase(person, where, 'operator', undefined, patienceMs);
      const replies = await erasing.finally(() => clearTimeout(waiting));
      const left = sent > 0 ? (await flow.sentPhotos.of(person)).size : 0;
      if (left < sent) io.err('Erased: when others searched photos that this person sent, and whether they forbid it.');
      else if (replies.length === 0) io.err('Nothing is held about this person there: nothing was erased.');
      // A reply that is no receipt says that the erasure is done later, because a store is down.
      const receipts = replies.flatMap((reply) => (reply.kind === 'receipt' ? [reply.receipt] : []));
      for (const reply of replies) io.out(reply.kind === 'receipt' ? reply.receipt : reply.text);
      if (receipts.length < replies.length) return 1;
      const { publicJwk } = await receiptSigner(keysOf(config));
      const verified = await Promise.all(receipts.map((receipt) => verifyReceipt(receipt, publicJwk)));
      if (verified.every(({ of, claims }) => of === 'erasure' && claims.final)) return 0;
      io.err(KEPT);
      return 1;
    });
  },
};

const TEXTS = { person: { type: 'string' }, scope: { type: 'string' } } as const;

/** After this time, a line on standard error explains why the verb still waits. */
const QUIET_MS = 3_000;

const KEPT =
  'Erased, but something that reads the store (a backup, say) keeps the bytes on disk. The running facefinder removes them ' +
  'when that has ended, or the next one that is started. No other receipt follows: the one printed says that bytes were left.';

function secondsFrom(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError('--wait must be a number of seconds, like 180');
  return Number(text);
}
