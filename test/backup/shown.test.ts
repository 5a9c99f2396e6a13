import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { backup, ownKeys } from '../../src/app/backup.ts';
import { shelvedIn } from '../../src/app/lasting.ts';
import { restore } from '../../src/app/restore.ts';
import { galleryFile } from '../../src/app/stores.ts';
import { openBackup, writeBackup } from '../../src/backup/backup.ts';
import { exportSqliteGallery } from '../../src/gallery/sqlite/export.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { CARL, claimsOf, openShows } from '../chat/shown-stage.ts';
import { ALICE } from '../chat/stage.ts';

let shows: Awaited<ReturnType<typeof openShows>>;
let stage: (typeof shows)['stage'];
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facefinder-shown-'));
  shows = await openShows();
  ({ stage } = shows);
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const file = () => join(folder, 'a.backup');

/**
 * Restarts after the disk was lost with the gallery and everything beside it, but not the key and
 * the second place, and after the backup was restored.
 */
const restoredElsewhere = () =>
  stage.restart({}, async () => {
    for (const name of readdirSync(stage.dataDir)) if (name.includes('.db')) rmSync(join(stage.dataDir, name));
    await restore(stage.config, file(), { journalLost: false });
  });

it('a result that a group was shown before a disk was lost is still deleted with the people it names', async () => {
  await shows.show('anna');
  await backup(stage.config, file());
  await restoredElsewhere();
  expect(claimsOf(await shows.forget(ALICE))).toMatchObject({ shown: { deleted: 1, left: 0 } });
  expect(shows.posts()).toEqual([]);
});

it('a result that a group is shown while a backup is made is in the backup', async () => {
  const keys = ownKeys(stage.config);
  await using gallery = await exportSqliteGallery(galleryFile(stage.dataDir), keys);
  const source = {
    ...gallery,
    async *scopes() {
      yield* gallery.scopes();
      await shows.show('anna');
    },
  };
  const head = { at: stage.clock.ms, gallery: await gallery.id() };
  const shelves = () => shelvedIn(stage.parts.stores.pending, ['shown']);
  await writeBackup(file(), keys, head, source, shelves);
  expect(await shows.noted()).toBe(1);
  expect(await (await openBackup(file(), keys)).shelves()).toMatchObject(await shelves());
});

it('no result that names somebody who was erased since comes back', async () => {
  await shows.show('anna', 'carl');
  await backup(stage.config, file());
  stage.platform.deleting.refusal = 'out_of_reach';
  await shows.forget(CARL);
  delete stage.platform.deleting.refusal;
  await restoredElsewhere();
  expect(claimsOf(await shows.forget(ALICE))).not.toHaveProperty('shown');
  // The platform can be reached again, so the posts are deleted that the erasure could not delete.
  await upkeep(stage.parts);
  expect(shows.posts()).toEqual([]);
  expect(await shows.kept()).toEqual([]);
});

it('a restore leaves results that were shown since as they are', async () => {
  await shows.show('anna');
  await backup(stage.config, file());
  await shows.deleted(ALICE);
  await shows.show('carl');
  await stage.restart({}, async () => void (await restore(stage.config, file(), { journalLost: false })));
  expect(await shows.noted()).toBe(1);
  expect(claimsOf(await shows.forget(ALICE))).not.toHaveProperty('shown');
});
