import { cp, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { start } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';
import { buttonOf, selfie, type Visitor, visitor } from '../e2e/page-app.ts';
import { en } from '../support/words.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-damaged-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Runs the whole program over the data of this test, and stops it. */
async function running(work: (ann: Visitor, url: string) => Promise<void>): Promise<void> {
  const env = { DATA_DIR: join(root, 'data'), PLAYGROUND_PORT: '0', WORKERS: '1', CONTACT: 'faces@example.org' };
  const app = await start(readConfig(env, root), openLog('silent'));
  try {
    await work(visitor(app.url ?? '', 'ann'), app.url ?? '');
  } finally {
    await app.stop();
  }
}

/** Overwrites the first page of a table. */
async function damage(file: string, table: string): Promise<void> {
  using db = new DatabaseSync(file);
  const page = Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.rootpage);
  const size = Number(db.prepare('PRAGMA page_size').get()?.page_size);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(size, 0x5a), 0, size, (page - 1) * size);
}

test('who wants to leave while the gallery’s file is damaged is found by nobody, and is erased once a sound file is there', async () => {
  const file = join(root, 'data/gallery.db');
  const sound = join(root, 'sound.db');
  await running(async (ann) => {
    expect(await ann.agree('/enroll', await selfie())).toMatchObject([{ kind: 'enrolled' }]);
  });
  await cp(file, sound);
  await damage(file, 'people');
  await running(async (ann, url) => {
    expect(await (await fetch(`${url}/readyz`)).text()).toContain('database_unreadable');
    expect(await ann.say('/find', await selfie())).toMatchObject([{ kind: 'error', code: 'unavailable' }]);
    const asked = await ann.say('/forget');
    expect(await ann.press(buttonOf(asked, 'confirm'))).toMatchObject([{ kind: 'info', text: en.forget.later }]);
  });
  await rm(file);
  await cp(sound, file);
  await running(async (ann) => {
    await expect
      .poll(async () => await ann.say('/forget'))
      .toMatchObject([{ kind: 'info', text: expect.stringContaining('Nothing') }]);
  });
});
