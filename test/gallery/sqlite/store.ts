import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { packOfSqliteGallery } from '../../../src/gallery/sqlite/adopted.ts';
import { openSqliteGallery } from '../../../src/gallery/sqlite/sqlite.ts';
import { deriveKeys, type Keys } from '../../../src/secrets/keys.ts';
import { type GalleryStore, PACK } from '../gallery-store.ts';
import { countStatements } from './statements.ts';

export interface SqliteStore extends GalleryStore {
  readonly folder: string;
  readonly file: string;
  readonly master: Uint8Array;
  readonly keys: Keys;
}

/** An empty folder with a gallery to be made in it; removed after the tests of the file. */
export async function newSqliteStore(): Promise<SqliteStore> {
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-gallery-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return newGalleryFile(folder);
}

/** A gallery to be made in this folder. */
export function newGalleryFile(folder: string): SqliteStore {
  const master = randomBytes(32);
  const keys = deriveKeys(master);
  const file = join(folder, 'gallery.db');
  return {
    folder,
    file,
    master,
    keys,
    adopted: () => packOfSqliteGallery(file),
    spent: countStatements(file),
    open: ({ pack = PACK, notice = 1, ...clock } = {}) => openSqliteGallery({ file, keys, pack, notice, ...clock }),
  };
}
