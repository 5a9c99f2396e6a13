/**
 * Lives until it is killed: people agree, enrol, and every second one is erased and scrubbed.
 * Prints what it begins and what it was told is done: `<word> <number of the person>`. Arguments:
 * file, master key (hex), first number.
 */
import { writeSync } from 'node:fs';
import { openSqliteGallery } from '../../../src/gallery/sqlite/sqlite.ts';
import { deriveKeys } from '../../../src/secrets/keys.ts';
import { agreed, anyFace, face, T0 } from '../people.ts';
import { CRASH_PACK, CRASH_PLACE, crashPerson } from './crash.ts';

const [file = '', master = '', first = '0'] = process.argv.slice(2);
const say = (word: string, number: number) => writeSync(1, `${word} ${number}\n`);

const keys = deriveKeys(Buffer.from(master, 'hex'));
const gallery = await openSqliteGallery({ file, keys, pack: CRASH_PACK, notice: 1 });
const scope = await gallery.scope(CRASH_PLACE);
for (let number = Number(first); ; number++) {
  const person = crashPerson(number);
  say('agreeing', number);
  const consent = await agreed(gallery, scope, person);
  say('enrolling', number);
  await gallery.enrol(consent, [face(CRASH_PACK.dims), face(CRASH_PACK.dims)], anyFace);
  say('enrolled', number);
  if (number % 2 === 0) continue;
  say('erasing', number);
  await gallery.erase(scope, person, 'asked', T0);
  say('erased', number);
  if (await gallery.scrub()) say('scrubbed', number);
}
