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

export interface MigrateOptions {
  /**
   * Whether the operator says that the second place is lost. Then nobody can tell whether the data
   * is an older copy that still has people who were erased.
   */
  readonly journalLost?: boolean;
  /** Called from time to time with what has been moved so far. */
  readonly onProgress?: (moved: Contents) => void;
}

/**
 * Moves the embedded gallery of the data directory to the configured Elasticsearch, and compares
 * the two. The file stays.
 * @throws OperatorError when there is nothing to move or no target, or when the second place is
 * missing; it says what to do
 */
export async function migrate(config: Config, options: MigrateOptions = {}): Promise<Contents> {
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
  const { elasticsearch, redis } = config.stores;
  const witness = witnessFile(config.stateDir, await source.id());
  if (!options.journalLost && (await source.witnessedSince()) !== undefined) assertThere(witness);
  return await importIntoElasticsearch({ ...elasticsearch, keys, pack }, source, {
    onProgress: options.onProgress,
    // Until the import is marked as done, another call carries all of this on.
    beforeDone: async () => {
      await moveShelves(pendingFile(config.dataDir), redis);
      await moveWitness(witness, redis, keys);
    },
  });
}

function assertThere(witness: string): void {
  if (existsSync(witness)) return;
  throw new OperatorError(
    `The second place of this gallery is missing: there is no ${witness}. It knows who was erased. Set STATE_DIR to the ` +
      'folder that facefinder used so far, usually ~/.local/state/facefinder (docs/operate.md, step 2, does it for a ' +
      'container). If it is lost: facefinder migrate --journal-lost.',
  );
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
async function moveWitness(file: string, redis: Production['redis'], keys: Keys): Promise<void> {
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
