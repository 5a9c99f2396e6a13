import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Standing } from '../../../src/consent/consent.ts';
import type { Person, ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { openSqliteGallery } from '../../../src/gallery/sqlite/sqlite.ts';
import { agreed, anyFace, face, T0 } from '../people.ts';
import { CRASH_PACK, CRASH_PLACE, crashPerson, expectSound, FRAME_HEADER, PAGE } from './crash.ts';
import { newSqliteStore, type SqliteStore } from './store.ts';

const CHILD = fileURLToPath(new URL('crash-process.ts', import.meta.url));

/**
 * How often the process is killed, each time at another moment. A drill at night has up to 10,000.
 */
const KILLS = Number(process.env.FACEFINDER_KILLS ?? 50);

describe('killed (SIGKILL) at any moment', () => {
  test(`${KILLS} times over, the database opens, nobody is enrolled without consent, and what was told done is done`, {
    timeout: 240_000 + KILLS * 5_000,
  }, async () => {
    const store = await newSqliteStore();
    const told = new Map<number, string>();
    for (let kill = 0; kill < KILLS; kill++) {
      await killedSomewhere(store, kill * 1_000, told);
      await using gallery = await store.open({ pack: CRASH_PACK });
      const scope = await gallery.scope(CRASH_PLACE);
      await expectSound(gallery, scope, store.file);
      for (const [number, word] of told) expectDone(word, number, await state(gallery, scope, crashPerson(number)));
      // Later rounds do not need these people, and would be slower with them.
      for (const [number] of told) await gallery.erase(scope, crashPerson(number), 'asked', T0);
      told.clear();
    }
  });

  test('while it makes the database, the next start finishes it', async () => {
    for (let round = 0; round < 12; round++) {
      const store = await newSqliteStore();
      const child = start(store, 0);
      await sleep(60 + Math.random() * 120);
      child.kill('SIGKILL');
      await once(child, 'close');
      await using gallery = await store.open({ pack: CRASH_PACK });
      await expectSound(gallery, await gallery.scope(CRASH_PLACE), store.file);
    }
  });
});

/**
 * Between two checkpoints SQLite only appends to the WAL: a process killed before its n-th write
 * leaves the first n−1. So these tests cut the WAL wherever a write could end, and thereby try
 * every possible crash, including power cuts on a disk that keeps the order of writes.
 */
describe('stopped at every single write', () => {
  const work: readonly [string, (gallery: Gallery, scope: ScopeId, person: Person) => Promise<unknown>, Expected][] = [
    [
      'of an enrolment, somebody is enrolled wholly or not at all',
      async (gallery, scope, person) => gallery.enrol(await agreed(gallery, scope, person), faces(), anyFace),
      { before: { epoch: 0, templates: 0 }, after: { epoch: 0, templates: 3 } },
    ],
    [
      'of an erasure, somebody is erased wholly or not at all',
      (gallery, scope, person) => gallery.erase(scope, person, 'asked', T0),
      { before: { epoch: 0, templates: 3 }, after: { epoch: 1, templates: 0 } },
    ],
  ];

  test.each(work)('%s', async (_, doIt, { before, after }) => {
    const store = await newSqliteStore();
    const gallery = await store.open({ pack: CRASH_PACK });
    const scope = await gallery.scope(CRASH_PLACE);
    const person = crashPerson(1);
    await gallery.enrol(await agreed(gallery, scope, crashPerson(2)), faces(), anyFace);
    const consent = await agreed(gallery, scope, person);
    if (before.templates > 0) await gallery.enrol(consent, faces(), anyFace);
    await gallery.scrub();
    await copyFile(store.file, join(store.folder, 'before'));
    await doIt(gallery, scope, person);
    const wal = await readFile(`${store.file}-wal`);
    const database = await readFile(join(store.folder, 'before'));
    expect(await readFile(store.file)).toEqual(database);

    const outcomes = new Set<string>();
    for (const length of endsOfWrites(wal.length)) {
      const left = await crashed(store, database, wal.subarray(0, length), length);
      await using reopened = await openSqliteGallery({ file: left, keys: store.keys, pack: CRASH_PACK, notice: 1 });
      const { standing, remaining, found } = await state(reopened, scope, person);
      const isAfter = standing.epoch === after.epoch && standing.templates === after.templates;
      expect(standing).toMatchObject(isAfter ? after : before);
      if (isAfter) expect(length).toBe(wal.length);
      expect(found).toBe(standing.templates > 0);
      if (standing.epoch > 0) expect({ remaining, agreed: standing.agreed }).toEqual({ remaining: 0, agreed: {} });
      await expectSound(reopened, scope, left);
      outcomes.add(isAfter ? 'after' : 'before');
    }
    expect(outcomes).toEqual(new Set(['before', 'after']));
    await gallery[Symbol.asyncDispose]();
  });

  test('of a checkpoint, whichever pages it had copied, nothing is lost', async () => {
    const store = await newSqliteStore();
    const gallery = await store.open({ pack: CRASH_PACK });
    const scope = await gallery.scope(CRASH_PLACE);
    const person = crashPerson(1);
    await gallery.enrol(await agreed(gallery, scope, person), faces(), anyFace);
    await gallery.scrub();
    const before = await readFile(store.file);
    await gallery.erase(scope, person, 'asked', T0);
    await gallery.enrol(await agreed(gallery, scope, crashPerson(2)), faces(), anyFace);
    const wal = await readFile(`${store.file}-wal`);
    await gallery[Symbol.asyncDispose]();
    const after = await readFile(store.file);
    for (let round = 0; round < 30; round++) {
      const half = Buffer.alloc(Math.max(before.length, after.length));
      before.copy(half);
      for (let at = 0; at < after.length; at += PAGE) if (Math.random() < 0.5) after.copy(half, at, at, at + PAGE);
      const left = await crashed(store, half, wal, round);
      await using reopened = await openSqliteGallery({ file: left, keys: store.keys, pack: CRASH_PACK, notice: 1 });
      expect(await state(reopened, scope, person)).toMatchObject({ standing: { epoch: 1 }, remaining: 0 });
      expect((await reopened.standing(scope, crashPerson(2))).templates).toBe(3);
      await expectSound(reopened, scope, left);
    }
  });
});

interface Expected {
  readonly before: Pick<Standing, 'epoch' | 'templates'>;
  readonly after: Pick<Standing, 'epoch' | 'templates'>;
}

const faces = () => [1, 2, 3].map(() => face(CRASH_PACK.dims));

function start(store: SqliteStore, first: number) {
  const master = Buffer.from(store.master).toString('hex');
  const args = ['--disable-warning=ExperimentalWarning', CHILD, store.file, master, String(first)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/**
 * Runs the child until it has printed some words, and kills it. Notes the last word about each
 * person.
 */
async function killedSomewhere(store: SqliteStore, first: number, told: Map<number, string>): Promise<void> {
  const child = start(store, first);
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  let wordsToHear = 1 + Math.floor(Math.random() * 20);
  lines.on('line', (line) => {
    const [word = '', number] = line.split(' ');
    told.set(Number(number), word);
    wordsToHear -= 1;
    if (wordsToHear === 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * 8);
  });
  await closed;
}

async function state(gallery: Gallery, scope: ScopeId, person: Person) {
  const [standing, remaining] = [await gallery.standing(scope, person), await gallery.remaining(scope, person)];
  const own = (await gallery.dossier(scope, person))?.templates[0];
  const [near] = own ? ((await gallery.search(scope, [own.embedding])).faces[0] ?? []) : [];
  return { standing, remaining, found: near?.person.id === person.id };
}

/**
 * Expects that what `word`, the last word about a person, calls done is done. What it says was
 * begun may be done or not.
 */
function expectDone(
  word: string,
  number: number,
  { standing, remaining, found }: Awaited<ReturnType<typeof state>>,
): void {
  const enrolled = { templates: 2, epoch: 0, found: true };
  const erased = { templates: 0, epoch: 1, found: false };
  const nothing = { templates: 0, epoch: 0, found: false };
  const possible: Record<string, object[]> = {
    agreeing: [nothing],
    enrolling: [nothing, enrolled],
    enrolled: [enrolled],
    erasing: [enrolled, erased],
    erased: [erased],
    scrubbed: [erased],
  };
  expect(possible[word], `${word} ${number}`).toContainEqual({
    templates: standing.templates,
    epoch: standing.epoch,
    found,
  });
  if (standing.epoch === 1) expect(remaining).toBe(0);
}

/**
 * The lengths at which the WAL is cut. It has a header of 32 bytes, and then pages, each behind a
 * header of 24 bytes. The cuts are before and within the first header, before the header of each
 * page, at the beginning of each page, and in the middle of each page, where a torn write ends.
 */
function* endsOfWrites(length: number): Generator<number> {
  yield 0;
  yield 16;
  for (let frame = 32; frame <= length; frame += FRAME_HEADER + PAGE) {
    yield frame;
    const page = frame + FRAME_HEADER;
    if (page + PAGE / 2 < length) yield* [page, page + PAGE / 2];
  }
}

/** A folder as a crash leaves it. */
async function crashed(store: SqliteStore, database: Buffer, wal: Buffer, name: number): Promise<string> {
  const folder = join(store.folder, `crash-${name}`);
  await mkdir(folder);
  const file = join(folder, 'gallery.db');
  await writeFile(file, database);
  await writeFile(`${file}-wal`, wal);
  return file;
}
