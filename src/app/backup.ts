import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describePack } from '../../models/pack.ts';
import { type BackedUpShelf, type BackupHead, checkBackup, writeBackup } from '../backup/backup.ts';
import { OperatorError } from '../causes/operator-error.ts';
import type { Config } from '../config.ts';
import { systemCause } from '../explain/codes.ts';
import type { Contents, GalleryExport } from '../gallery/transfer.ts';
import type { Keys } from '../secrets/keys.ts';
import { foundKeys } from './keys.ts';
import { BACKED_UP, shelvedIn } from './lasting.ts';
import { packInUse } from './pack.ts';
import { galleryFile, pendingFile } from './stores.ts';

/** When a backup was made, and how much it holds. */
export type Checked = BackupHead & Contents;

/**
 * Writes the gallery into a new file, and then reads the file to check it. Other processes may use
 * the gallery meanwhile.
 * @throws OperatorError that says what to do when there is no gallery, or the file exists
 */
export async function backup(config: Config, path: string): Promise<Checked> {
  if (existsSync(path)) throw new OperatorError(`${path} is there already: name a new file.`);
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) throw new OperatorError(`There is no folder ${folder}: make it, or name another.`);
  const keys = ownKeys(config);
  // The time is taken before the gallery is read. So a restore also leaves out people who were
  // erased while the backup was written.
  const at = Date.now();
  await using source = await openExport(config, keys);
  const head = { at, gallery: await source.id(), pack: await source.pack() };
  await writeBackup(path, keys, head, source, () => lasting(config)).catch((error) =>
    Promise.reject(systemCause(error, path) ?? error),
  );
  return await checkBackup(path, keys);
}

/**
 * Reads and unseals everything in a backup.
 * @throws OperatorError that says what is wrong with it
 */
export async function verifyBackup(config: Config, path: string): Promise<Checked> {
  if (!existsSync(path)) throw new OperatorError(`There is no file ${path}.`);
  return await checkBackup(path, ownKeys(config));
}

/** The shelves that a backup holds, with their items. */
async function lasting({ stores, dataDir }: Config): Promise<readonly BackedUpShelf[]> {
  if (stores.mode === 'production') {
    const { redisPending } = await import('../queue/redis/pending.ts');
    await using pending = redisPending(stores.redis);
    return await shelvedIn(pending, BACKED_UP);
  }
  const file = pendingFile(dataDir);
  if (!existsSync(file)) return [];
  const { openSqlitePending } = await import('../queue/embedded/pending.ts');
  await using pending = await openSqlitePending({ file });
  return await shelvedIn(pending, BACKED_UP);
}

/**
 * The keys of this installation.
 * @throws OperatorError when it has none yet
 */
export function ownKeys(config: Config): Keys {
  const keys = foundKeys(config);
  if (keys) return keys;
  throw new OperatorError(
    'There is no master key here: set MASTER_KEY_FILE to the key that the gallery was made with.',
  );
}

async function openExport(config: Config, keys: Keys): Promise<GalleryExport & AsyncDisposable> {
  if (config.stores.mode === 'production') {
    const { exportElasticsearchGallery } = await import('../gallery/elasticsearch/export.ts');
    const pack = await describePack(await packInUse(config), config.modelDir);
    return await exportElasticsearchGallery({ ...config.stores.elasticsearch, keys, pack });
  }
  const file = galleryFile(config.dataDir);
  if (!existsSync(file)) throw new OperatorError(`There is no gallery yet: no ${file}.`);
  const { exportSqliteGallery } = await import('../gallery/sqlite/export.ts');
  return await exportSqliteGallery(file, keys);
}
