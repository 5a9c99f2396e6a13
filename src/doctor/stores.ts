import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describePack } from '../../models/pack.ts';
import { galleryFile, pendingFile } from '../app/stores.ts';
import { Cause } from '../cause.ts';
import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';
import type { Gallery, PackVersion } from '../gallery/gallery.ts';
import type { Pending } from '../queue/pending.ts';
import type { Keys } from '../secrets/keys.ts';
import { witnessOn } from '../witness/witness.ts';
import { checkGallery } from './gallery.ts';
import { look } from './look.ts';
import { checkShelves } from './shelves.ts';
import { checkStateDir, checkWitness, checkWitnessFile } from './witness.ts';

/**
 * Checks that each store can be written and read, and that its contents are whole.
 * @param keys undefined when no key was made yet, before the first start
 * @param name the name of the pack in use
 */
export async function checkStores(config: Config, keys: Keys | undefined, name: string): Promise<Finding[]> {
  const { stores, role, modelDir } = config;
  const pack = await describePack(name, modelDir);
  if (stores.mode === 'embedded') return await checkEmbedded(config, keys, pack);
  return keys ? await checkProduction(stores, role, keys, pack) : [];
}

async function checkEmbedded(
  config: Pick<Config, 'dataDir' | 'stateDir'>,
  keys: Keys | undefined,
  pack: PackVersion,
): Promise<Finding[]> {
  const { dataDir } = config;
  const [gallery, pending] = ['gallery (SQLite)', 'pending asks (SQLite)'];
  return [
    ...(await look(
      gallery,
      async () => {
        const file = galleryFile(dataDir);
        if (!keys || !existsSync(file)) return [notMade(gallery), checkStateDir(config.stateDir)];
        const { openSqliteGallery } = await import('../gallery/sqlite/sqlite.ts');
        await using opened = await openSqliteGallery({ file, keys, pack, rehearsal: true });
        const found = await look(gallery, () => checkGallery(gallery, opened, 'all'), dataDir);
        return [...found, ...(await checkWitnessFile(config, opened, keys))];
      },
      dataDir,
    )),
    ...(await look(
      pending,
      async () => {
        const file = pendingFile(dataDir);
        if (!existsSync(file)) return [notMade(pending)];
        const { openSqlitePending, rehearseSqlitePending } = await import('../queue/embedded/pending.ts');
        await rehearseSqlitePending(file);
        if (!keys) return [{ part: pending, state: 'ok', what: 'can be written and read' }];
        await using opened = await openSqlitePending({ file, rehearsal: true });
        return await checkShelves(pending, opened, keys);
      },
      dataDir,
    )),
  ];
}

function notMade(part: string): Finding {
  return { part, state: 'ok', what: 'not made yet: the next start makes it' };
}

type Production = Extract<Config['stores'], { mode: 'production' }>;

async function checkProduction(
  { redis, elasticsearch }: Production,
  role: Config['role'],
  keys: Keys,
  pack: PackVersion,
): Promise<Finding[]> {
  const [gallery, pending, queue] = ['gallery (Elasticsearch)', 'pending asks (Redis)', 'queue (Redis)'];
  return [
    ...(await look(gallery, async () => {
      const { rehearseElasticsearchGallery } = await import('../gallery/elasticsearch/elasticsearch.ts');
      await using opened = await rehearseElasticsearchGallery({ ...elasticsearch, keys, pack, asStart: true });
      if (!opened) return [notMade(gallery)];
      const found = await look(gallery, () => checkGallery(gallery, opened, role));
      return [...found, ...(await checkWitnessIn(redis, opened, keys))];
    })),
    ...(await look(pending, async () => {
      const { redisPending } = await import('../queue/redis/pending.ts');
      await using shelves = redisPending(redis);
      await writeReadAndRemove(shelves);
      return await checkShelves(pending, shelves, keys);
    })),
    ...(await look(queue, async () => {
      const { bullmqQueue } = await import('../queue/bullmq.ts');
      await using jobs = bullmqQueue(redis);
      await jobs.check();
      const { workers } = await jobs.state();
      if (role === 'bot' && workers === 0) throw new Cause('no_worker');
      return [{ part: queue, state: 'ok', what: role === 'bot' ? `takes jobs for ${workers} workers` : 'takes jobs' }];
    })),
  ];
}

async function checkWitnessIn(redis: Production['redis'], gallery: Gallery, keys: Keys): Promise<Finding[]> {
  const part = 'second place (Redis)';
  return await look(part, async () => {
    const { redisPending } = await import('../queue/redis/pending.ts');
    await using shelves = redisPending(redis);
    return await checkWitness(part, gallery, witnessOn(shelves, keys), 'Redis');
  });
}

/** Writes an item that belongs to nobody, and removes it at once. */
async function writeReadAndRemove(pending: Pending): Promise<void> {
  const id = `doctor-${randomUUID()}`;
  await pending.put('parked', { id, owner: id, body: '', expiresAt: Date.now() + 60_000 });
  await pending.take('parked', id, id);
}
