import { existsSync } from 'node:fs';
import { describePack } from '../../models/pack.ts';
import { OperatorError } from '../causes/operator-error.ts';
import type { Config } from '../config.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { Keys } from '../secrets/keys.ts';
import { type Witness, witnessOn } from '../witness/witness.ts';
import { foundKeys } from './keys.ts';
import { packInUse } from './pack.ts';
import { galleryFile } from './stores.ts';
import { witnessFile } from './witness.ts';

/**
 * A gallery and its second place, opened for reading. Anything that is written to them is undone.
 */
export interface Reading {
  readonly gallery: Gallery;
  /** Undefined when there is no second place yet. */
  readonly witness: Witness | undefined;
  readonly keys: Keys;
}

/**
 * Opens a gallery and its second place. Other processes may use both meanwhile.
 * @throws NoGallery
 */
export async function withReading<T>(config: Config, work: (reading: Reading) => Promise<T>): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const keys = foundKeys(config);
  if (!keys) throw new NoGallery();
  const pack = await describePack(await packInUse(config), config.modelDir);
  if (config.stores.mode === 'production') {
    const { redis, elasticsearch } = config.stores;
    const { rehearseElasticsearchGallery } = await import('../gallery/elasticsearch/elasticsearch.ts');
    const { redisPending } = await import('../queue/redis/pending.ts');
    const gallery = await rehearseElasticsearchGallery({ ...elasticsearch, keys, pack });
    if (!gallery) throw new NoGallery();
    stack.use(gallery);
    return await work({ gallery, witness: witnessOn(stack.use(redisPending(redis)), keys), keys });
  }
  const file = galleryFile(config.dataDir);
  if (!existsSync(file)) throw new NoGallery();
  const { openSqliteGallery } = await import('../gallery/sqlite/sqlite.ts');
  const { openSqlitePending } = await import('../queue/embedded/pending.ts');
  const gallery = stack.use(await openSqliteGallery({ file, keys, pack, rehearsal: true }));
  const beside = witnessFile(config.stateDir, await gallery.id());
  if (!existsSync(beside)) return await work({ gallery, witness: undefined, keys });
  const pending = stack.use(await openSqlitePending({ file: beside, rehearsal: true }));
  return await work({ gallery, witness: witnessOn(pending, keys), keys });
}

/** There is no gallery to read. */
export class NoGallery extends OperatorError {
  constructor() {
    super('There is no gallery yet: set DATA_DIR, or the stores, to those of the facefinder that is meant.');
  }
}
