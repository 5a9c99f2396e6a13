import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { causeOf } from '../cause.ts';
import { OperatorError } from '../causes/operator-error.ts';
import type { Config } from '../config.ts';
import type { Gallery, PackVersion } from '../gallery/gallery.ts';
import { shutGallery } from '../gallery/shut.ts';
import { errorFields, type Log } from '../log.ts';
import { nowAndThen } from '../now-and-then.ts';
import type { Pending } from '../queue/pending.ts';
import type { Queue, QueueListener } from '../queue/queue.ts';
import type { Keys } from '../secrets/keys.ts';

/** SQLITE_NOTADB: https://sqlite.org/rescode.html */
const NOT_A_DATABASE = 26;

export interface Stores {
  readonly gallery: Gallery;
  readonly pending: Pending;
  readonly queue: Queue;
}

export interface StoresOptions extends Pick<QueueListener, 'onLoss'> {
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  readonly keys: Keys;
  readonly pack: PackVersion;
  readonly log: Log;
}

/** The files of the embedded mode: one for faces and the ledger, and one for the shelves. */
export const galleryFile = (dataDir: string): string => join(dataDir, 'gallery.db');
export const pendingFile = (dataDir: string): string => join(dataDir, 'pending.db');

/**
 * Throws an OperatorError when no start has made stores yet. A verb that reads or erases calls
 * this, so that it makes none.
 */
export async function assertMade(config: Config, keys: () => Keys, pack: PackVersion): Promise<void> {
  const { stores, dataDir } = config;
  if (stores.mode === 'embedded') {
    const file = galleryFile(dataDir);
    if (existsSync(file)) return;
    throw new OperatorError(
      `Nothing is kept here yet: there is no ${file}. Set DATA_DIR to the folder of your facefinder; its first start makes that.`,
    );
  }
  const { rehearseElasticsearchGallery } = await import('../gallery/elasticsearch/elasticsearch.ts');
  await using gallery = await rehearseElasticsearchGallery({ ...stores.elasticsearch, keys: keys(), pack });
  if (gallery) return;
  throw new OperatorError(
    'Nothing is kept there yet, or by an older version alone: look at ELASTICSEARCH_URL, and start facefinder once.',
  );
}

/**
 * Opens the stores of the configured mode onto `stack`. Only the libraries of that mode are loaded.
 */
export async function openStores(
  config: Config,
  { keys, pack, log, onLoss = () => {}, now = Date.now }: StoresOptions,
  stack: AsyncDisposableStack,
): Promise<Stores> {
  const tell = nowAndThen(log);
  const onError = (cause: unknown) => tell('store', errorFields(cause));
  const listener = { onError, onLoss };
  if (config.stores.mode === 'embedded')
    return await openEmbedded(config.dataDir, { keys, pack, now }, listener, stack);
  const { redis, elasticsearch } = config.stores;
  const { openElasticsearchGallery } = await import('../gallery/elasticsearch/elasticsearch.ts');
  const { bullmqQueue } = await import('../queue/bullmq.ts');
  const { redisPending } = await import('../queue/redis/pending.ts');
  const gallery = stack.use(await openElasticsearchGallery({ ...elasticsearch, keys, pack, now }));
  const pending = stack.use(redisPending({ ...redis, onError }));
  const queue = stack.use(bullmqQueue({ ...redis, ...listener }));
  await refuseHopeless(queue);
  return { gallery, pending, queue };
}

/**
 * Ends the start with the reason, if waiting for Redis cannot help. If Redis is only away, the
 * start waits for it.
 */
async function refuseHopeless(queue: Queue): Promise<void> {
  try {
    await queue.check();
  } catch (error) {
    if (causeOf(error)?.fatal) throw error;
  }
}

/**
 * Gives a shut gallery, whose calls all throw, in place of a damaged one. So the bot can run. It
 * notes who wants to leave, and tells everybody else that it cannot work now. Throws every other
 * error.
 */
function shutWhereDamaged(error: unknown, { onError = () => {} }: Pick<QueueListener, 'onError'>): Gallery {
  if (!isDamaged(error)) throw error;
  onError(error);
  return shutGallery(error);
}

/**
 * Whether a database is damaged. False for a file that never was a database: somebody named a wrong
 * file, and the start fails.
 */
export function isDamaged(error: unknown): boolean {
  const cause = causeOf(error);
  const { cause: by } = cause ?? {};
  const isNone = by instanceof Error && 'errcode' in by && by.errcode === NOT_A_DATABASE;
  return cause?.code === 'database_unreadable' && !isNone;
}

async function openEmbedded(
  dataDir: string,
  { keys, pack, now }: { readonly keys: Keys; readonly pack: PackVersion; readonly now: () => number },
  listener: QueueListener,
  stack: AsyncDisposableStack,
): Promise<Stores> {
  const { openSqliteGallery } = await import('../gallery/sqlite/sqlite.ts');
  const { openSqlitePending } = await import('../queue/embedded/pending.ts');
  const { embeddedQueue } = await import('../queue/embedded/queue.ts');
  const { removeBeside } = await import('../sqlite/replace.ts');
  // A restore that was killed may have left files. No /forget reaches these, so they are removed.
  removeBeside(galleryFile(dataDir));
  const opening = openSqliteGallery({ file: galleryFile(dataDir), keys, pack, now });
  const gallery = stack.use(await opening.catch((error) => shutWhereDamaged(error, listener)));
  const pending = stack.use(await openSqlitePending({ file: pendingFile(dataDir) }));
  return { gallery, pending, queue: stack.use(embeddedQueue(listener)) };
}
