/**
 * Another process on the same gallery, started by the tests. Prints one line of JSON about what it
 * was told. Arguments: file, master key (hex), then what to do: `churn <rounds>`: its own people
 * come and go, and the common `shared` person is enrolled and erased. `enrol <number>` and
 * `erase <number>`: does it for this person and prints the failure's code, or `done`.
 */

import { Failure } from '../../../src/failure.ts';
import { openSqliteGallery } from '../../../src/gallery/sqlite/sqlite.ts';
import { deriveKeys } from '../../../src/secrets/keys.ts';
import { agreed, anyFace, face, T0 } from '../people.ts';
import { CRASH_PACK, CRASH_PLACE, crashPerson } from './crash.ts';

const [file = '', master = '', what = '', argument = '0'] = process.argv.slice(2);

async function churn(rounds: number) {
  await using gallery = await open();
  const scope = await gallery.scope(CRASH_PLACE);
  const stays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const number = process.pid * 1_000 + round;
    const consent = await agreed(gallery, scope, crashPerson(number));
    await gallery.enrol(consent, [face(CRASH_PACK.dims)], anyFace);
    if (round % 3 === 0) stays.push(number);
    else await gallery.erase(scope, crashPerson(number), 'asked', T0);
    await ignoreExpired(async () => {
      const shared = await agreed(gallery, scope, crashPerson(-1));
      await gallery.enrol(shared, [face(CRASH_PACK.dims)], anyFace);
    });
    if (round % 2 === 0) await gallery.erase(scope, crashPerson(-1), 'asked', T0);
    if (round % 5 === 0) await gallery.scrub();
  }
  return stays;
}

/** Does `work`, and ignores that the common person was erased by the other process meanwhile. */
async function ignoreExpired(work: () => Promise<void>): Promise<void> {
  await work().catch((error) => {
    if (!(error instanceof Failure) || error.code !== 'expired') throw error;
  });
}

async function told(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

const person = crashPerson(Number(argument));
const verbs: Record<string, () => Promise<unknown>> = {
  churn: () => churn(Number(argument)),
  enrol: () =>
    told(async () => {
      await using gallery = await open();
      const consent = await agreed(gallery, await gallery.scope(CRASH_PLACE), person);
      await gallery.enrol(consent, [face(CRASH_PACK.dims), face(CRASH_PACK.dims)], anyFace);
    }),
  erase: () =>
    told(async () => {
      await using gallery = await open();
      await gallery.erase(await gallery.scope(CRASH_PLACE), person, 'asked', T0);
    }),
};

function open() {
  return openSqliteGallery({ file, keys: deriveKeys(Buffer.from(master, 'hex')), pack: CRASH_PACK, notice: 1 });
}

console.log(JSON.stringify(await verbs[what]?.()));
