import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteFile } from '../../src/sqlite/file.ts';

const root = await mkdtemp(join(tmpdir(), 'facefinder-sqlite-'));
afterAll(() => rm(root, { recursive: true, force: true }));

const newPath = async () => join(await mkdtemp(join(root, 'file-')), 'made', 'some.db');

const steps = ['CREATE TABLE things (n INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT'];
const open = (path: string) => openSqliteFile({ path, steps });
const mode = (path: string) => statSync(path).mode & 0o777;

describe('a private file', () => {
  test('is made with a folder of its own, all of it closed to others', async () => {
    const path = await newPath();
    using file = await open(path);
    await file.write(() => file.sql.run`INSERT INTO things (name) VALUES ('one')`);
    expect([path, `${path}-wal`, `${path}-shm`].map(mode)).toEqual([0o600, 0o600, 0o600]);
    expect(mode(join(path, '..'))).toBe(0o700);
  });

  type Pragma = { readonly value: number | string };

  test('is what every connection of it is set to: durable, overwriting, without temporary files', async () => {
    using file = await open(await newPath());
    const [journal, synchronous, deleted, temporary, trusted, keys] = await file.read(() => [
      file.sql.get<Pragma>`SELECT journal_mode AS value FROM pragma_journal_mode`?.value,
      file.sql.get<Pragma>`SELECT synchronous AS value FROM pragma_synchronous`?.value,
      file.sql.get<Pragma>`SELECT secure_delete AS value FROM pragma_secure_delete`?.value,
      file.sql.get<Pragma>`SELECT temp_store AS value FROM pragma_temp_store`?.value,
      file.sql.get<Pragma>`SELECT trusted_schema AS value FROM pragma_trusted_schema`?.value,
      file.sql.get<Pragma>`SELECT foreign_keys AS value FROM pragma_foreign_keys`?.value,
    ]);
    expect({ journal, synchronous, deleted, temporary, trusted, keys }).toEqual({
      journal: 'wal',
      synchronous: 2,
      deleted: 1,
      temporary: 2,
      trusted: 0,
      keys: 1,
    });
  });

  test('takes the steps that it lacks, once, with what they need beside them, all or nothing', async () => {
    const path = await newPath();
    (await open(path))[Symbol.dispose]();
    const more = [...steps, "INSERT INTO things (name) VALUES ('from a step')"];
    const seen: number[] = [];
    const stumbling = () => {
      throw new Error('half way');
    };
    await expect(openSqliteFile({ path, steps: more, prepare: stumbling })).rejects.toThrow('half way');
    for (const _ of [1, 2]) {
      using file = await openSqliteFile({ path, steps: more, prepare: (_sql, taken) => seen.push(taken) });
      expect(await file.read(() => file.sql.all`SELECT name FROM things`)).toEqual([{ name: 'from a step' }]);
    }
    expect(seen).toEqual([1, 2]);
  });
});

describe('a file that cannot be used names itself and what to do', () => {
  test('whose header names a format that no SQLite has', async () => {
    const path = await newPath();
    (await open(path))[Symbol.dispose]();
    const bytes = readFileSync(path);
    // https://sqlite.org/fileformat.html: the schema format number, 1 to 4.
    bytes.writeUInt32BE(0x84, 44);
    writeFileSync(path, bytes);
    await expect(open(path)).rejects.toMatchObject({ cause: { code: 'database_unreadable', where: path } });
  });

  test('in which a flipped bit made two rows one', async () => {
    const path = await newPath();
    const unique = ['CREATE TABLE things (name TEXT NOT NULL UNIQUE) STRICT'];
    const examined = () => openSqliteFile({ path, steps: unique, isExamined: true });
    {
      using file = await examined();
      await file.write(() => file.sql.run`INSERT INTO things VALUES ('thing 1'), ('thing 3')`);
    }
    const whole = readFileSync(path);
    const met: unknown[] = [];
    // The text is in the table and in the index. The index can be rebuilt.
    for (let at = whole.indexOf('thing 3'); at >= 0; at = whole.indexOf('thing 3', at + 1)) {
      const flipped = Buffer.from(whole);
      flipped.write('thing 1', at);
      writeFileSync(path, flipped);
      met.push(
        await examined().then(
          (file) => file[Symbol.dispose](),
          (error) => error,
        ),
      );
    }
    expect(met).toHaveLength(2);
    expect(met.filter((error) => error !== undefined)).toMatchObject([
      { code: 'unavailable', cause: { code: 'database_unreadable', where: path } },
    ]);
  });

  test('of a newer facefinder', async () => {
    const path = await newPath();
    (await openSqliteFile({ path, steps: [...steps, 'SELECT 1'] }))[Symbol.dispose]();
    await expect(open(path)).rejects.toMatchObject({
      code: 'database_newer',
      message: expect.stringContaining(`${path}, schema 2; this facefinder knows 1`),
    });
  });

  test('damaged, whether from its first byte or somewhere in the middle', async () => {
    const path = await newPath();
    {
      using file = await open(path);
      await file.write(() => {
        for (let n = 0; n < 2_000; n++) file.sql.run`INSERT INTO things (name) VALUES (${`name-${n}`.repeat(10)})`;
      });
    }
    const whole = readFileSync(path);
    const cause = { code: 'database_unreadable', where: path };
    writeFileSync(path, whole.fill(7, 20_000));
    using file = await open(path);
    await expect(file.read(() => file.sql.all`SELECT name FROM things`.length)).rejects.toMatchObject({
      code: 'unavailable',
      cause,
    });
    await expect(file.check(), 'for good, whatever else can be read').rejects.toMatchObject({ cause });
    file[Symbol.dispose]();
    writeFileSync(path, whole.fill(7));
    await expect(open(path)).rejects.toMatchObject({ code: 'unavailable', cause });
    expect(readFileSync(path)).toEqual(whole);
  });

  test('in a folder that is a file', async () => {
    const path = await newPath();
    writeFileSync(join(path, '..'), '');
    await expect(open(path)).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'EEXIST' } });
  });
});

describe('a file that somebody else holds', () => {
  test('and had brought to a newer schema keeps that, when trouble with it is over', async () => {
    const path = await newPath();
    using file = await open(path);
    using newer = await openSqliteFile({ path, steps: [...steps, 'SELECT 1'] });
    const isTooLarge = () => {
      file.sql.get`PRAGMA max_page_count = 1`;
      for (let n = 0; n < 2_000; n++) file.sql.run`INSERT INTO things (name) VALUES (${`name-${n}`.repeat(10)})`;
    };
    await expect(file.write(isTooLarge)).rejects.toMatchObject({ cause: { code: 'disk_full' } });
    await file.check();
    expect(await newer.read(() => newer.sql.get`PRAGMA user_version`)).toEqual({ user_version: steps.length + 1 });
  });

  test('keeps a writer waiting, and nothing else of this process', async () => {
    const path = await newPath();
    using file = await open(path);
    using other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const writing = file.write(() => file.sql.run`INSERT INTO things (name) VALUES ('mine')`);
    // The other transaction is held by this very thread. If the writer blocked the thread, that
    // transaction could never end.
    for (let turns = 0; turns < 20; turns++) await sleep(5);
    other.exec('COMMIT');
    await writing;
    expect(await file.read(() => file.sql.all`SELECT name FROM things`)).toEqual([{ name: 'mine' }]);
  });

  test('is not scrubbed, and says so', async () => {
    const path = await newPath();
    using file = await open(path);
    using other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    expect(await file.scrub()).toBe(false);
    other.exec('COMMIT');
    expect(await file.scrub()).toBe(true);
  });
});

test('no deleted bytes are in any file after a scrub, and calls that come meanwhile share the next scrub', async () => {
  const path = await newPath();
  using file = await open(path);
  for (let n = 0; n < 100; n++) {
    await file.write(() => file.sql.run`INSERT INTO things (name) VALUES (${`secret-${n}`.repeat(1 + (n % 40))})`);
  }
  await file.write(() => file.sql.run`DELETE FROM things WHERE n % 2 = 0`);
  await file.write(() => file.sql.run`UPDATE things SET name = 'public'`);
  const bytes = () => [path, `${path}-wal`].map((one) => readFileSync(one, 'latin1')).join('');
  expect(bytes()).toContain('secret-');
  const [first, second, third] = [file.scrub(), file.scrub(), file.scrub()];
  expect(await Promise.all([first, second, third])).toEqual([true, true, true]);
  expect(bytes()).not.toContain('secret-');
});

test('a file that was closed to others later is made private again', async () => {
  const path = await newPath();
  (await open(path))[Symbol.dispose]();
  chmodSync(path, 0o644);
  using _ = await open(path);
  expect(mode(path)).toBe(0o600);
});

test('once it is closed, a copy of the file alone holds everything', async () => {
  const path = await newPath();
  {
    using file = await open(path);
    await file.write(() => file.sql.run`INSERT INTO things (name) VALUES ('one')`);
  }
  copyFileSync(path, `${path}-copy`);
  using copy = await open(`${path}-copy`);
  expect(await copy.read(() => copy.sql.all`SELECT name FROM things`)).toEqual([{ name: 'one' }]);
});

test('a closed file answers nothing', async () => {
  const file = await open(await newPath());
  file[Symbol.dispose]();
  for (const call of [file.read(() => 1), file.write(() => 1), file.scrub()]) {
    await expect(call).rejects.toMatchObject({ code: 'unavailable' });
  }
});
