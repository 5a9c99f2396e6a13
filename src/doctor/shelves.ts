import type { Finding } from '../finding.ts';
import { type Pending, SHELVES, type Shelf } from '../queue/pending.ts';
import { shelf } from '../queue/sealed-shelf.ts';
import type { Keys } from '../secrets/keys.ts';

/** The shelf `pulse` has values that are sealed in another way, and lie there for seconds. */
const SEALED = SHELVES.filter((name) => name !== 'pulse');

/** Counts damaged values on the shelves of `pending`. */
export async function checkShelves(part: string, pending: Pending, keys: Keys): Promise<Finding[]> {
  const damaged: string[] = [];
  for (const name of SEALED) {
    const count = await damagedOn(pending, keys, name);
    if (count > 0) damaged.push(`${count} of ${name}`);
  }
  const what = 'can be written and read';
  if (damaged.length === 0) return [{ part, state: 'ok', what }];
  return [{ part, state: 'warn', what: `${what}; damaged values: ${damaged.join(', ')}`, todo: DAMAGED }];
}

async function damagedOn(pending: Pending, keys: Keys, name: Shelf): Promise<number> {
  const items = await shelf<unknown>(pending, keys, name).list();
  return items.filter(({ item, value }) => item.body !== '' && value() === undefined).length;
}

const DAMAGED =
  'Look at the disk and the memory of this machine. A damaged value counts as absent, and concerns one person at most. ' +
  'facefinder doctor --fix writes values with one flipped bit anew, and removes others that only wait for something. ' +
  'One of the shelf erasure hides who wanted to leave: tell your groups that they should send /forget again. If you know ' +
  'who it was, facefinder erase --person P does it too. Either ends the note; so does the next start once nothing is held. ' +
  'What nothing can read on the shelves anchor and journal, the next start writes anew.';
