import { cp, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { causeOf } from '../../../src/cause.ts';
import { firstBreak } from '../../../src/consent/ledger.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { openSqliteGallery } from '../../../src/gallery/sqlite/sqlite.ts';
import { PACK } from '../gallery-store.ts';
import { enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { newGalleryFile } from './store.ts';

/** What became of a gallery after one bit of its files was flipped. */
export interface Flips {
  /** No effect: everybody is found by their own name, and everybody can leave. */
  unnoticed: number;
  /** Somebody is no longer found, and doctor counts damage. */
  lost: number;
  /** It cannot be opened: nobody is named, and wishes to leave are noted. */
  shut: number;
  /**
   * What must not happen: a wrong name, more than one person who is not found, people who cannot
   * leave, damage that doctor misses.
   */
  readonly wrong: string[];
}

const PEOPLE = 8;

async function small() {
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-flips-'));
  const store = newGalleryFile(folder);
  await using gallery = await store.open();
  return { folder, keys: store.keys, ...(await settle(gallery, PEOPLE)) };
}

/** A small gallery with people in one group, every second of them in another too. */
export async function settle(gallery: Gallery, count: number) {
  const people = Array.from({ length: count }, (_, i) => ({ person: somebody(`P${i}`), own: face() }));
  const scopes = [await gallery.scope(somewhere()), await gallery.scope(somewhere())] as const;
  for (const [i, { person, own }] of people.entries()) {
    await enrolled(gallery, scopes[0], person, [own]);
    if (i % 2 === 0) await enrolled(gallery, scopes[1], person, [own]);
    await gallery.recordFinds(scopes[0], person, [people[0]?.person ?? person], T0);
  }
  return { people, scopes };
}

/**
 * Flips `count` single bits, each in its own copy, at places that `random` (0 to 1) chooses: of all
 * bits of all files, or (`isDense`) of the bytes that are not zero, because most of a small
 * database is empty.
 */
export async function flipBits(count: number, random: () => number, isDense: boolean): Promise<Flips> {
  const all = await small();
  const flips: Flips = { unnoticed: 0, lost: 0, shut: 0, wrong: [] };
  const bytes: (readonly [name: string, at: number])[] = [];
  // The `-shm` file does not matter, because SQLite makes it anew.
  for (const name of (await readdir(all.folder)).filter((one) => !one.endsWith('-shm'))) {
    for (const [at, byte] of (await readFile(join(all.folder, name))).entries()) {
      if (!isDense || byte !== 0) bytes.push([name, at]);
    }
  }
  for (let flip = 0; flip < count; flip++) {
    const [name, at] = bytes[Math.floor(random() * bytes.length)] ?? ['', 0];
    const bit = at * 8 + Math.floor(random() * 8);
    const copy = await mkdtemp(join(tmpdir(), 'facefinder-flip-'));
    await cp(all.folder, copy, { recursive: true });
    await flipBit(join(copy, name), bit);
    const file = join(copy, 'gallery.db');
    const reopen = () => openSqliteGallery({ file, keys: all.keys, pack: PACK, notice: 1 });
    await judge(flips, `${name} bit ${bit}`, reopen, all);
    await rm(copy, { recursive: true });
  }
  await rm(all.folder, { recursive: true });
  return flips;
}

async function flipBit(file: string, at: number): Promise<void> {
  await using handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at >> 3);
  byte[0] = (byte[0] as number) ^ (1 << (at & 7));
  await handle.write(byte, 0, 1, at >> 3);
}

/**
 * Opens the gallery of these people, searches for all and lets all leave. Notes the outcome in
 * `flips`.
 */
export async function judge(
  flips: Flips,
  where: string,
  reopen: () => Promise<Gallery>,
  { people, scopes }: Awaited<ReturnType<typeof settle>>,
): Promise<void> {
  const wrong = (what: string) => flips.wrong.push(`${where}: ${what}`);
  const gallery = await reopen().catch((error) => {
    if (causeOf(error)?.code === 'database_unreadable') flips.shut += 1;
    else wrong(`does not open: ${String(error)}`);
  });
  if (!gallery) return;
  try {
    const missing = await findAll(gallery, people, scopes, wrong);
    const { mendable, unreadable } = await gallery.damage();
    const ledgers = await Promise.all(scopes.map((scope) => gallery.ledger(scope).catch(() => undefined)));
    const isBroken = ledgers.some((entries) => !entries || firstBreak(entries) !== undefined);
    const isTold = isBroken || mendable > 0 || Object.values(unreadable).some((n) => n > 0);
    if (missing > 1) wrong(`${missing} are not found`);
    if (missing > 0 && !isTold) wrong('somebody is not found, and doctor says nothing');
    await leaveAll(gallery, people, wrong);
    if (missing > 0) flips.lost += 1;
    else flips.unnoticed += 1;
  } catch (error) {
    if (causeOf(error)?.code === 'database_unreadable') flips.shut += 1;
    else wrong(String(error));
  } finally {
    await gallery[Symbol.asyncDispose]();
  }
}

type Small = Awaited<ReturnType<typeof settle>>;

/** How many people are not found by their own face. Tells `wrong` of each wrong name. */
async function findAll(
  gallery: Gallery,
  people: Small['people'],
  [scope]: Small['scopes'],
  wrong: (what: string) => void,
): Promise<number> {
  let missing = 0;
  for (const { person, own } of people) {
    const { faces } = await gallery.search(scope, [own]);
    const nearest = faces[0]?.[0];
    if (nearest && nearest.distance < 1e-3 && nearest.person.name !== person.name) wrong('a wrong name');
    if (!nearest || nearest.distance > 1e-3) missing += 1;
  }
  return missing;
}

/** Lets all people leave all their groups, as `/forget` everywhere does. */
async function leaveAll(gallery: Gallery, people: Small['people'], wrong: (what: string) => void): Promise<void> {
  for (const [i, { person, own }] of people.entries()) {
    const scopes = await gallery.scopesOf(person);
    if (scopes.length !== (i % 2 === 0 ? 2 : 1)) wrong(`${person.name} is known in ${scopes.length} groups`);
    for (const { scope } of scopes) {
      const { epoch } = await gallery.standing(scope, person);
      if (!(await gallery.erase(scope, person, 'asked', T0, { epoch }))) wrong(`${person.name} cannot leave`);
      if ((await gallery.remaining(scope, person)) > 0) wrong(`rows of ${person.name} are left`);
      if ((await namesFound(gallery, scope, own)).includes(person.name)) wrong(`${person.name} is found after leaving`);
    }
  }
}
