import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { backup } from '../../src/app/backup.ts';
import { keysOf } from '../../src/app/keys.ts';
import { restore } from '../../src/app/restore.ts';
import { witnessFile } from '../../src/app/witness.ts';
import { checkStores } from '../../src/doctor/stores.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { ask, DAY, erases, group } from './group.ts';
import { inHouse } from './house.ts';

/** Makes the second place unreachable until the returned function is called. */
async function away(folder: string): Promise<() => Promise<void>> {
  await rename(folder, `${folder}.away`);
  await writeFile(folder, '');
  return async () => {
    await rm(folder);
    await rename(`${folder}.away`, folder);
  };
}

/** Renames a table of the second place, so that processes with the file open cannot write to it. */
async function alter(folder: string, from: string, to: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.db'))) {
    using raw = new DatabaseSync(join(folder, name));
    raw.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
  }
}

describe('a restore after something went wrong', () => {
  test('brings back nobody, even if the second place did not hear of an erasure', async () => {
    const { config, STATE_DIR, file, ada, scope } = await group();
    const back = await away(STATE_DIR);
    await erases(config, scope, ada);
    await back();
    expect(await restore(config, file, ask)).toMatchObject({ people: 2, erased: 1 });
  });

  test('brings back nobody, even if the second place heard of an erasure late and the store is lost', async () => {
    const { config, DATA_DIR, STATE_DIR, file, ada, ben, scope } = await group();
    const back = await away(STATE_DIR);
    await inHouse(config, async ({ stores: { gallery }, reconcile }) => {
      await gallery.erase(scope, ada, 'asked', Date.now());
      await back();
      await reconcile();
      await alter(STATE_DIR, 'pending', 'hidden');
      await gallery.erase(scope, ben, 'asked', Date.now());
      await alter(STATE_DIR, 'hidden', 'pending');
      await reconcile();
    });
    await rm(DATA_DIR, { recursive: true });
    expect(await restore(config, file, ask)).toMatchObject({ people: 1, erased: 2 });
  });

  test('leaves out who was erased even if the journal cannot be read, and says how many entries that were', async () => {
    const { config, DATA_DIR, file, ada, scope } = await group();
    await erases(config, scope, ada);
    const id = await inHouse(config, ({ stores: { gallery } }) => gallery.id());
    {
      await using second = await openSqlitePending({ file: witnessFile(config.stateDir, id) });
      for (const item of await second.list('journal')) await second.put('journal', { ...item, body: 'rotten' });
    }
    const findings = await checkStores(config, keysOf(config), 'faceplugin512');
    expect(findings.filter(({ state }) => state === 'warn')).toMatchObject([
      { part: 'second place (STATE_DIR)', what: expect.stringContaining('damaged values: 2 of journal') },
    ]);
    await rm(DATA_DIR, { recursive: true });
    expect(await restore(config, file, ask)).toMatchObject({ people: 2, erased: 1, unreadable: 2 });
  });

  test('is refused when a clock that ran ahead made the journal forget who was erased since', async () => {
    const { config, file, ada, scope } = await group();
    await erases(config, scope, ada);
    await inHouse(config, async ({ stores: { gallery } }) => {
      for (const days of [0, 366]) await gallery.tidy(Date.now() + days * DAY);
    });
    await expect(restore(config, file, ask)).rejects.toThrow(/older than the journal/);
    // Every backup that is made from now on is younger than the erasures that the second place
    // forgot.
    await rm(file);
    await backup(config, file);
    expect(await restore(config, file, ask)).toMatchObject({ people: 2, erased: 0 });
  });
});
