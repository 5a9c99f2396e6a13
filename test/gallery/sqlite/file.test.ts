import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openSqliteGallery } from '../../../src/gallery/sqlite/sqlite.ts';
import { deriveKeys } from '../../../src/secrets/keys.ts';
import { PACK } from '../gallery-store.ts';
import {
  agreed,
  closerThan,
  enrolled,
  face,
  faceAt,
  NOTICE_HASH,
  namesFound,
  somebody,
  somewhere,
  T0,
} from '../people.ts';
import { Remains } from './remains.ts';
import { newSqliteStore } from './store.ts';

const mode = (path: string) => statSync(path).mode & 0o777;

describe('the database file', () => {
  test('and all that SQLite puts beside it can be read by its owner alone, as can a folder made for it', async () => {
    const { folder, keys } = await newSqliteStore();
    const file = join(folder, 'made', 'for', 'it', 'gallery.db');
    await using gallery = await openSqliteGallery({ file, keys, pack: PACK });
    await gallery.scope(somewhere());
    expect([file, `${file}-wal`, `${file}-shm`].map(mode)).toEqual([0o600, 0o600, 0o600]);
    expect(mode(join(folder, 'made'))).toBe(0o700);
  });

  test('that others could read is closed to them, the folder that was there is left as it was', async () => {
    const { folder, file, open } = await newSqliteStore();
    chmodSync(folder, 0o755);
    writeFileSync(file, '', { mode: 0o644 });
    await using _ = await open();
    expect([mode(file), mode(folder)]).toEqual([0o600, 0o755]);
  });

  test('is made once when many start at the same moment', async () => {
    const store = await newSqliteStore();
    const galleries = await Promise.all(Array.from({ length: 6 }, () => store.open()));
    const where = somewhere();
    const scopes = await Promise.all(galleries.map((gallery) => gallery.scope(where)));
    expect(new Set(scopes).size).toBe(1);
    for (const gallery of galleries) await gallery[Symbol.asyncDispose]();
  });

  test('of another MASTER_KEY is refused with what to do, and is unharmed', async () => {
    const store = await newSqliteStore();
    await (await store.open())[Symbol.asyncDispose]();
    const before = readFileSync(store.file);
    const opening = openSqliteGallery({ file: store.file, keys: deriveKeys(randomBytes(32)), pack: PACK });
    await expect(opening).rejects.toThrow(/MASTER_KEY is not the key.*Set that key again/);
    expect(readFileSync(store.file)).toEqual(before);
    await using again = await store.open();
    await expect(again.check()).resolves.toBeUndefined();
  });

  test('of a newer facefinder is refused with what to do', async () => {
    const store = await newSqliteStore();
    await (await store.open())[Symbol.asyncDispose]();
    using raw = new DatabaseSync(store.file);
    raw.exec('PRAGMA user_version = 99');
    await expect(store.open()).rejects.toThrow(/newer facefinder \(.*gallery\.db, schema 99.*Start that version/);
  });

  test.each([1, 2])(
    'of an earlier facefinder is brought up to date, with all that it holds: schema %i',
    async (schema) => {
      const store = await newSqliteStore();
      const before = await store.open();
      const where = somewhere();
      const scope = await before.scope(where);
      const [ada, ben, eve] = [somebody(), somebody('Ben'), somebody('Eve')];
      const own = face();
      await enrolled(before, scope, ada, [own]);
      for (const person of [ben, eve]) await enrolled(before, scope, person, [face()]);
      const rival = await agreed(before, scope, eve, { at: T0 + 1 });
      await before.enrol(rival, [faceAt(0.1, own)], { ...closerThan(0.3), claim: 'mine' });
      for (const at of [T0, T0 + 1]) await before.recordFinds(scope, ben, [ada], at);
      await before.erase(scope, somebody(), 'asked', T0);
      const held = await Promise.all([ada, ben, eve].map((person) => before.dossier(scope, person)));
      const ledger = await before.ledger(scope);
      await before[Symbol.asyncDispose]();
      becomeSchema(schema, store.file);

      await using after = await store.open();
      expect(await Promise.all([ada, ben, eve].map((person) => after.dossier(scope, person)))).toEqual(held);
      expect(held.map((one) => one?.templates[0]?.hidden)).toEqual([false, false, true]);
      expect(await after.ledger(scope)).toEqual(ledger);
      expect(await after.scopesOf(eve)).toEqual([{ scope, place: where }]);
      for (const _ of [1, 2]) await after.recordFinds(scope, ben, [ada], T0 + 2, 'ask');
      expect((await after.dossier(scope, ada))?.foundBy.map(({ at }) => at)).toEqual([T0 + 2, T0 + 1, T0, T0]);
      await after.erase(scope, ada, 'asked', T0);
      expect(await namesFound(after, scope, own)).toEqual(['Eve', 'Ben']);
      expect(await after.scopesOf(ada)).toEqual([]);
    },
  );

  test('has no table that keeps the bytes of deleted rows, and the pages that are scrubbed fastest', async () => {
    const store = await newSqliteStore();
    await using _ = await store.open();
    using raw = new DatabaseSync(store.file, { readOnly: true });
    const tables = raw.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all();
    expect(tables.length).toBeGreaterThan(8);
    expect(tables.filter(({ sql }) => /WITHOUT\s+ROWID/i.test(String(sql)))).toEqual([]);
    expect(raw.prepare('PRAGMA page_size').get()).toEqual({ page_size: 16384 });
  });

  test('holds no number that a newer Node refuses to read', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open();
    const scope = await gallery.scope(somewhere());
    for (let i = 0; i < 3; i++) await enrolled(gallery, scope, somebody(), [face()]);
    using raw = new DatabaseSync(store.file, { readOnly: true, readBigInts: true });
    const tables = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const rows = tables.flatMap(({ name }) => raw.prepare(`SELECT rowid AS n, * FROM "${name}"`).all());
    const numbers = rows.flatMap((row) => Object.values(row)).filter((value) => typeof value === 'bigint');
    expect(numbers.length).toBeGreaterThan(9);
    expect(numbers.filter((number) => !Number.isSafeInteger(Number(number)))).toEqual([]);
  });

  test('that is no database is `unavailable`, and stays as it is', async () => {
    const store = await newSqliteStore();
    const photo = randomBytes(10_000);
    writeFileSync(store.file, photo);
    const cause = { code: 'database_unreadable', where: store.file };
    await expect(store.open()).rejects.toMatchObject({ code: 'unavailable', cause });
    expect(readFileSync(store.file)).toEqual(photo);
  });

  test('that another process holds lets readers through, and gives a writer an answer in the end', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open();
    const scope = await gallery.scope(somewhere());
    const person = somebody();
    using raw = new DatabaseSync(store.file);
    raw.exec('BEGIN IMMEDIATE');
    const agreement = { version: 1, noticeHash: NOTICE_HASH, at: T0, shown: false };
    const agreeing = gallery.agree(scope, person, 'search', agreement, 0);
    const refused = expect(agreeing).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'database_busy' } });
    // The write that waits delays nobody else.
    expect((await gallery.standing(scope, person)).epoch).toBe(0);
    await refused;
    raw.exec('ROLLBACK');
    expect((await gallery.agree(scope, person, 'search', agreement, 0)).agreed.search).toEqual(agreement);
  });
});

describe('somebody who has the file but not the key', () => {
  test('finds no id, name, title or vector in it, and nothing that connects one person’s rows in two groups', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open();
    const ada = { ...somebody(), name: 'Ada Augusta King of Lovelace' };
    const own = face();
    const remains = new Remains();
    remains.note('id', ada.id);
    remains.note('name', ada.name);
    remains.noteVector(own);
    for (const _ of [1, 2]) {
      const where = { ...somewhere(), title: 'The Analytical Society' };
      remains.note('place', where.id);
      remains.note('title', where.title);
      const scope = await gallery.scope(where);
      await enrolled(gallery, scope, ada, [own]);
      await gallery.recordFinds(scope, ada, [ada], T0);
      const ben = somebody();
      await agreed(gallery, scope, ben);
      await gallery.erase(scope, ben, 'asked', T0);
    }
    expect(remains.in(store.folder)).toEqual({});

    using raw = new DatabaseSync(store.file, { readOnly: true });
    const columns = ['people.person', 'people.sealed', 'places.place', 'ledger.subject', 'tombstones.person'];
    for (const [table = '', column = ''] of columns.map((name) => name.split('.'))) {
      const values = raw.prepare(`SELECT DISTINCT ${column} AS value FROM ${table}`).all();
      // Each of the two groups has values of its own, also for Ada, who is in both. Each group's
      // ledger has two subjects: Ada, and a Ben who was erased.
      expect(values, `${table}.${column}`).toHaveLength(table === 'ledger' ? 4 : 2);
    }
  });
});

/** Turns today's file into one of an earlier facefinder: its schema, with the same rows. */
function becomeSchema(schema: number, file: string): void {
  const path = new URL(`schemas/${schema}.sql`, import.meta.url);
  const earlier = `${file}.earlier`;
  {
    using raw = new DatabaseSync(earlier);
    raw.exec(readFileSync(path, 'utf8'));
    raw.exec(`PRAGMA journal_mode = WAL; PRAGMA user_version = ${schema}`);
    raw.prepare('ATTACH ? AS today').run(file);
    for (const table of [
      'meta',
      'scopes',
      'places',
      'people',
      'templates',
      'disputes',
      'finds',
      'tombstones',
      'ledger',
    ]) {
      const columns = raw.prepare('SELECT name FROM pragma_table_info(?)').all(table);
      const names = columns.map(({ name }) => name).join(', ');
      raw.exec(`INSERT INTO main.${table} (${names}) SELECT ${names} FROM today.${table}`);
    }
  }
  renameSync(earlier, file);
}
