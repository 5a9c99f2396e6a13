import { execFile } from 'node:child_process';
import { watch } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { item, pendingContract } from './pending-contract.ts';

const run = promisify(execFile);
const root = await mkdtemp(join(tmpdir(), 'pending-'));
afterAll(() => rm(root, { recursive: true, force: true }));

async function newFile(): Promise<string> {
  return join(await mkdtemp(join(root, 'place-')), 'data', 'pending.db');
}

pendingContract('SQLite', async () => {
  const file = await newFile();
  return { open: () => openSqlitePending({ file }) };
});

test('only its owner on the machine may read the files', async () => {
  const file = await newFile();
  await using pending = await openSqlitePending({ file });
  await pending.put('parked', item());
  for (const name of await readdir(join(file, '..'))) {
    expect([name, ((await stat(join(file, '..', name))).mode & 0o777).toString(8)]).toEqual([name, '600']);
  }
});

test('after dropOwned and scrub no byte of the owner is left on disk, and none of replaced items', async () => {
  const file = await newFile();
  await using pending = await openSqlitePending({ file });
  const owner = 'whose-it-was';
  for (let count = 0; count < 200; count += 1) {
    await pending.put('parked', item({ owner, body: `secret-${count}-`.repeat(1 + (count % 100)) }));
    await pending.put('parked', item());
  }
  expect(await holds(file, 'secret-')).toBe(true);
  expect(await pending.dropOwned(owner)).toBe(200);
  expect(await pending.scrub()).toBe(true);
  expect(await holds(file, 'secret-')).toBe(false);
  expect(await holds(file, owner)).toBe(false);
  expect(await pending.list('parked')).toHaveLength(200);
});

test('the bytes of items that were removed just before a kill are scrubbed at the next start', async () => {
  const file = await newFile();
  await using killed = await openSqlitePending({ file });
  for (let count = 0; count < 20; count += 1) await killed.put('erasure', item({ id: `${count}`, body: 'secret' }));
  for (let count = 0; count < 20; count += 1) await killed.drop('erasure', `${count}`);
  const left = join(await mkdtemp(join(root, 'left-')), 'data');
  await cp(join(file, '..'), left, { recursive: true });
  expect(await holds(join(left, 'pending.db'), 'secret')).toBe(true);
  await using restarted = await openSqlitePending({ file: join(left, 'pending.db') });
  expect(await restarted.list('erasure')).toEqual([]);
  expect(await holds(join(left, 'pending.db'), 'secret')).toBe(false);
});

test('an item that a damaged index hides is found again after the next start, and other items stay', async () => {
  const file = await newFile();
  {
    await using pending = await openSqlitePending({ file });
    for (const owner of ['ann', 'bob']) await pending.put('parked', item({ owner }));
  }
  const { page, size } = pageOf(file, 'pending_owner');
  const bytes = await readFile(file);
  const at = bytes.indexOf('bob', (page - 1) * size);
  bytes[at] = (bytes[at] as number) ^ 1;
  await writeFile(file, bytes);
  await using pending = await openSqlitePending({ file });
  for (const owner of ['ann', 'bob']) expect(await pending.owned('parked', owner)).toHaveLength(1);
  expect(await pending.dropOwned('bob')).toBe(1);
});

/** The page at which a table or an index begins, after all is written into the file itself. */
function pageOf(file: string, name: string): { readonly page: number; readonly size: number } {
  using db = new DatabaseSync(file);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const page = Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.rootpage);
  return { page, size: Number(db.prepare('PRAGMA page_size').get()?.page_size) };
}

test('many large items are scrubbed without a temporary file, because its bytes would stay on the disk', async () => {
  const folder = await mkdtemp(join(root, 'temporary-'));
  const made = new Set<string | null>();
  const watcher = watch(folder, (_, name) => made.add(name));
  const script = `
    import { openSqlitePending } from ${JSON.stringify(new URL('../../src/queue/embedded/pending.ts', import.meta.url))};
    const pending = await openSqlitePending({ file: ${JSON.stringify(await newFile())} });
    const item = { owner: 'me', body: 'x'.repeat(9_000), expiresAt: Date.now() + 60_000 };
    for (let id = 0; id < 300; id++) await pending.put('parked', { ...item, id: String(id) });
    if (!(await pending.scrub())) process.exit(1);`;
  await run(process.execPath, ['--input-type=module', '--eval', script], { env: { TMPDIR: folder } });
  await writeFile(join(folder, 'last'), '');
  await expect.poll(() => made).toContain('last');
  watcher.close();
  expect([...made]).toEqual(['last']);
});

test('scrub says false while a reader keeps the bytes, and true once it is gone', async () => {
  const file = await newFile();
  await using pending = await openSqlitePending({ file });
  await pending.put('parked', item({ owner: 'me', body: 'secret' }));
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec('BEGIN; SELECT * FROM pending');
  await pending.dropOwned('me');
  expect(await pending.scrub()).toBe(false);
  reader.close();
  expect(await pending.scrub()).toBe(true);
  expect(await holds(file, 'secret')).toBe(false);
});

test('scrub says false while another process writes', async () => {
  const file = await newFile();
  await using pending = await openSqlitePending({ file });
  const writer = new DatabaseSync(file);
  writer.exec('BEGIN IMMEDIATE');
  expect(await pending.scrub()).toBe(false);
  writer.exec('ROLLBACK');
  writer.close();
  expect(await pending.scrub()).toBe(true);
});

test('a file that is no database, or of a newer version, is refused and left as it was', async () => {
  const broken = join(await mkdtemp(join(root, 'broken-')), 'pending.db');
  await writeFile(broken, 'this is not a database, but long enough to be taken for one'.repeat(10));
  await expect(openSqlitePending({ file: broken })).rejects.toMatchObject({
    code: 'unavailable',
    cause: { code: 'database_unreadable', where: broken },
  });
  expect(await readFile(broken, 'latin1')).toContain('this is not a database');

  const newer = await newFile();
  await (await openSqlitePending({ file: newer }))[Symbol.asyncDispose]();
  const db = new DatabaseSync(newer);
  db.exec('PRAGMA user_version = 99');
  db.close();
  await expect(openSqlitePending({ file: newer })).rejects.toMatchObject({ code: 'database_newer' });
});

/** Whether `text` stands in the database or in any file beside it. */
async function holds(file: string, text: string): Promise<boolean> {
  const folder = join(file, '..');
  const contents = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
  return contents.some((bytes) => bytes.includes(text));
}
