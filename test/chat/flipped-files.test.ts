import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { witnessFile } from '../../src/app/witness.ts';
import { causeOf } from '../../src/cause.ts';
import type { Person } from '../../src/consent/who.ts';
import { look } from '../../src/doctor/look.ts';
import { checkShelves } from '../../src/doctor/shelves.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { sqliteCause } from '../../src/explain/codes.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { SHELVES, type Shelf } from '../../src/queue/pending.ts';
import { sealing } from '../../src/queue/sealed-shelf.ts';
import type { Keys } from '../../src/secrets/keys.ts';
import { DORA, openLivedIn, type Stage } from './damage.ts';
import { ALICE, action, BOB } from './stage.ts';

/** How many bits are flipped. `npm run drill bits` flips a thousand. */
const FLIPS = process.env.DRILL_FLIPS === undefined ? 8 : Math.min(1_000, Number(process.env.DRILL_FLIPS));
const SEED = Number(process.env.DRILL_SEED ?? 1);

/** How many flipped bits had each of these consequences. */
interface Flips {
  /** Every value on the shelves opens. */
  unnoticed: number;
  /** A value does not open any more, and doctor counts it. */
  lost: number;
  /** The structure of `pending.db` is damaged. The start, or doctor, says so. */
  shut: number;
  /** What happened and must not happen, in words. */
  readonly wrong: string[];
}

it(`of ${FLIPS} single bits flipped in the shelves and in the second place none stops others or keeps anybody in`, {
  timeout: 7_200_000,
}, async () => {
  const { stage } = await openLivedIn();
  await using _ = stage;
  const files = [
    `${stage.config.dataDir}/pending.db`,
    witnessFile(stage.config.stateDir, await stage.flow.gallery.id()),
  ];
  const all = [...files, `${stage.config.dataDir}/gallery.db`];
  await stage.restart({}, async () => {
    for (const file of all) {
      using db = new DatabaseSync(file);
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      await copyFile(file, `${file}.saved`);
    }
  });
  const random = seeded(SEED);
  const flips: Flips = { unnoticed: 0, lost: 0, shut: 0, wrong: [] };
  for (let flip = 0; flip < FLIPS; flip++) {
    const file = files[flip % files.length] ?? '';
    const bit = await chosenBit(`${file}.saved`, random);
    const begun = stage.restart({}, async () => {
      for (const one of all) {
        for (const end of ['-wal', '-shm']) await rm(`${one}${end}`, { force: true });
        await copyFile(`${one}.saved`, one);
      }
      await flipBit(file, bit);
    });
    const where = `${file.endsWith('pending.db') ? 'pending.db' : 'the second place'} bit ${bit}`;
    await judge(flips, where, begun, stage, files);
  }
  const { wrong, ...counts } = flips;
  console.log(`seed ${SEED}: ${JSON.stringify(counts)}`);
  expect(wrong).toEqual([]);
});

/** A bit of a byte that is not zero, because most of a small database is empty. */
async function chosenBit(file: string, random: () => number): Promise<number> {
  const bytes = [...(await readFile(file)).entries()].filter(([, byte]) => byte !== 0);
  const [at] = bytes[Math.floor(random() * bytes.length)] ?? [0];
  return at * 8 + Math.floor(random() * 8);
}

async function flipBit(file: string, bit: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  await writeFile(file, bytes);
}

async function judge(
  flips: Flips,
  where: string,
  begun: Promise<void>,
  stage: Stage,
  files: readonly string[],
): Promise<void> {
  const wrong = (what: string) => flips.wrong.push(`${where}: ${what}`);
  const isShut = (error: unknown) => causeOf(error)?.code === 'database_unreadable';
  try {
    await begun;
    const lost = files.flatMap((file) => unopened(file, stage.flow.keys));
    const torn = files.map(isTorn);
    const isDamaged = lost.length > 0 || torn.includes(true);
    if (isDamaged && !(await doctorTells(files, stage.flow.keys))) wrong(`doctor says nothing of ${lost}`);
    // A `pending.db` of damaged structure may serve only some of its items, so nothing more is
    // expected of it. A second place of damaged structure must stop nobody.
    if (torn[0]) {
      flips.shut += 1;
      return;
    }
    await stage.press(DORA, action(await stage.say(DORA, 'enroll', ['dora']), 'agree', 1));
    if (!kinds(await stage.agreed(DORA, 'find', ['ben'])).includes('result')) wrong('nobody is found');
    for (const person of [DORA, BOB, ALICE]) await leave(stage, person, wrong);
    flips[lost.length > 0 ? 'lost' : 'unnoticed'] += 1;
  } catch (error) {
    if (isShut(error)) flips.shut += 1;
    else wrong(String(error));
  }
}

async function leave(stage: Stage, person: Person, wrong: (what: string) => void): Promise<void> {
  const answer = await stage.press(person, action(await stage.say(person, 'forget'), 'confirm'));
  if (!kinds(answer).includes('receipt')) wrong(`${person.name} gets no receipt, but ${JSON.stringify(answer)}`);
  if ((await stage.flow.gallery.scopesOf(person)).length > 0) wrong(`${person.name} is still there`);
}

/** Whether the structure of a file is damaged, and not only a value in it. */
function isTorn(file: string): boolean {
  using db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok';
  } catch (error) {
    if (!sqliteCause(error, file)) throw error;
    return true;
  }
}

/** The shelf of each value that does not open; only `file` if nothing in the file can be read. */
function unopened(file: string, keys: Keys): string[] {
  using db = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = db.prepare("SELECT shelf, id, body FROM pending WHERE body <> '' AND shelf <> 'pulse'").all();
    const items = rows.filter(({ shelf }) => SHELVES.includes(shelf as Shelf));
    return items
      .filter(({ shelf, id, body }) => !opens(keys, shelf as Shelf, String(id), String(body)))
      .map(({ shelf }) => String(shelf));
  } catch (error) {
    if (!sqliteCause(error, file)) throw error;
    return ['file'];
  }
}

function opens(keys: Keys, name: Shelf, id: string, body: string): boolean {
  try {
    sealing(keys, name).open(id, body);
    return true;
  } catch {
    return false;
  }
}

async function doctorTells(files: readonly string[], keys: Keys): Promise<boolean> {
  const findings = await Promise.all(
    files.map((file) =>
      look(file, async () => {
        await using pending = await openSqlitePending({ file, rehearsal: true });
        return await checkShelves(file, pending, keys);
      }),
    ),
  );
  return findings.flat().some(({ state }) => state !== 'ok');
}

const kinds = (replies: readonly { readonly kind: string }[]) => replies.map(({ kind }) => kind);
