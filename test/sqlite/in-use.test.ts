import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isInUse } from '../../src/sqlite/in-use.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'facefinder-in-use-'));
  path = join(dir, 'gallery.db');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Starts another process, which writes to the file and keeps it open. */
async function holder() {
  const script = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (n); INSERT INTO t VALUES (1)');
    console.log('open'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}

it('a database is in use while another process has it open, and not after that was killed', async () => {
  expect(isInUse(path)).toBe(false);
  const child = await holder();
  expect(isInUse(path)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(`${path}-wal`)).toBe(true);
  expect(isInUse(path)).toBe(false);
  using db = new DatabaseSync(path);
  expect(db.prepare('SELECT n FROM t').all()).toEqual([{ n: 1 }]);
});

it('asking does not disturb those who have it open', async () => {
  const child = await holder();
  using other = new DatabaseSync(path, { timeout: 0 });
  for (let n = 2; n < 50; n++) {
    expect(isInUse(path)).toBe(true);
    other.exec(`INSERT INTO t VALUES (${n})`);
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
});
