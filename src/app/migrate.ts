import { existsSync } from 'node:fs';
import { describePack } from '../../models/pack.ts';
import { OperatorError } from '../causes/operator-error.ts';
import type { Config } from '../config.ts';
import type { Contents } from '../gallery/transfer.ts';
import type { Keys } from '../secrets/keys.ts';
import { witnessOn } from '../witness/witness.ts';
import { keysOf } from './keys.ts';
import { shelve, shelvedIn } from './lasting.ts';
import { packInUse } from './pack.ts';
import { galleryFile, pendingFile } from './stores.ts';
import { witnessFile } from './witness.ts';

type Production = Extract<Config['stores'], { mode: 'production' }>;

/**
 * Moves the embedded gallery of the data directory to the configured Elasticsearch, and compares
 * the two. The file stays. `onProgress` gets from time to time how much is moved.
 * @throws an Error that says what to do when there is nothing to move, or no target
 */
export async function migrate(config: Config, onProgress?: (moved: Contents) => void): Promise<Contents> {
  if (config.stores.mode !== 'production') {
    throw new OperatorError('Nowhere to move to: set ELASTICSEARCH_URL, REDIS_URL and MASTER_KEY as in production.');
  }
  const file = galleryFile(config.dataDir);
  if (!existsSync(file))
    throw new OperatorError(`Nothing to move: there is no ${file}. Set DATA_DIR to the embedded one's.`);
  await assertNothingPending(pendingFile(config.dataDir));
  const { exportSqliteGallery } = await import('../gallery/sqlite/export.ts');
  const { importIntoElasticsearch } = await import('../gallery/elasticsearch/import.ts');
  const keys = keysOf(config);
  const name = await packInUse({ ...config, stores: { mode: 'embedded' } });
  const pack = await describePack(name, config.modelDir);
  await using source = await exportSqliteGallery(file, keys);
  const moved = await importIntoElasticsearch({ ...config.stores.elasticsearch, keys, pack }, source, onProgress);
  await moveShelves(pendingFile(config.dataDir), config.stores.redis);
  await moveWitness(config, config.stores.redis, keys, await source.id());
  return moved;
}

async function moveShelves(file: string, redis: Production['redis']): Promise<void> {
  if (!existsSync(file)) return;
  const { openSqlitePending } = await import('../queue/embedded/pending.ts');
  const { redisPending } = await import('../queue/redis/pending.ts');
  await using from = await openSqlitePending({ file });
  await using to = redisPending(redis);
  await shelve(to, await shelvedIn(from));
}

/**
 * Moves what the second place knows to Redis. The old second place notes that nobody may start with
 * the old gallery. An installation without a second place gets one at its next start, made from the
 * gallery's erasures.
 */
async function moveWitness(
  { stateDir }: Config,
  redis: Production['redis'],
  keys: Keys,
  gallery: string,
): Promise<void> {
  const file = witnessFile(stateDir, gallery);
  if (!existsSync(file)) return;
  const { openSqlitePending } = await import('../queue/embedded/pending.ts');
  const { redisPending } = await import('../queue/redis/pending.ts');
  await using shelves = await openSqlitePending({ file });
  await using target = redisPending(redis);
  const [from, to] = [witnessOn(shelves, keys), witnessOn(target, keys)];
  await to.note(await from.journal());
  await to.replaceAnchors(await from.anchors());
  await to.begin((await from.begun()) ?? Date.now());
  const forgotten = await from.forgotten();
  if (forgotten !== undefined) await to.noteForgotten(forgotten);
  await from.move(Date.now());
}

/**
 * Refuses to move while an erasure is unfinished. Its note is beside the gallery, and a move would
 * lose it.
 */
async function assertNothingPending(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const { openSqlitePending } = await import('../queue/embedded/pending.ts');
  await using pending = await openSqlitePending({ file });
  if ((await pending.list('erasure')).length === 0) return;
  throw new OperatorError(
    'Erasures are not finished: start facefinder as it was once more, wait a minute, and stop it again.',
  );
}
