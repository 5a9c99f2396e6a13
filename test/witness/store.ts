import { randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { estypes } from '@elastic/elasticsearch';
import { afterAll } from 'vitest';
import { openWitnessed } from '../../src/app/witness.ts';
import { type ReceiptSigner, receiptSigner } from '../../src/consent/receipt.ts';
import type { ScopeId } from '../../src/consent/who.ts';
import { look } from '../../src/doctor/look.ts';
import { checkWitness, checkWitnessFile } from '../../src/doctor/witness.ts';
import type { Finding } from '../../src/finding.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { openSqliteGallery } from '../../src/gallery/sqlite/sqlite.ts';
import type { Log } from '../../src/log.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import type { Pending } from '../../src/queue/pending.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { deriveKeys, type Keys } from '../../src/secrets/keys.ts';
import { witnessOn } from '../../src/witness/witness.ts';
import type { WitnessedGallery } from '../../src/witness/witnessed.ts';
import { newElasticsearchStore } from '../gallery/elasticsearch/store.ts';
import { PACK } from '../gallery/gallery-store.ts';
import { T0 } from '../gallery/people.ts';

/** A facefinder's gallery and second place, opened as a start does. */
export interface Opened extends AsyncDisposable {
  readonly gallery: WitnessedGallery;
  /** Errors reported to the operator. */
  readonly alarms: readonly string[];
  /** See `reconcile` in `src/app/witness.ts`. The start has called it once. */
  readonly reconcile: () => Promise<void>;
}

/**
 * A store and its second place, and what somebody with write access but without a key can do to
 * them.
 */
export interface WitnessedStore {
  readonly keys: Keys;
  readonly signer: ReceiptSigner;
  /** @param now what the clock tells, milliseconds since 1970; default: T0 */
  start(now?: number): Promise<Opened>;
  /**
   * Opens the store without the second place. What is written now does not reach the second place,
   * as after a crash between the two writes.
   */
  unwitnessed(): Promise<Gallery>;
  /** Doctor's findings. */
  failures(): Promise<string[]>;
  /** Copies the store, without the second place. Gives a function that puts the copy back. */
  copy(): Promise<() => Promise<void>>;
  /** Cuts the newest entries off a ledger, until this many are left. */
  cut(scope: ScopeId, left: number): Promise<void>;
  /** Opens the shelves of the second place, to harm them while a program may use them. */
  secondPlace(): Promise<Pending>;
  /** Removes the second place. */
  loseSecondPlace(): Promise<void>;
  /** Makes the second place fail from now on. */
  breakSecondPlace(): Promise<void>;
}

function listening(): { readonly log: Log; readonly alarms: string[] } {
  const alarms: string[] = [];
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warn: quiet, error: (what: string) => void alarms.push(what) };
  return { log, alarms };
}

async function opened(
  open: { gallery: Gallery; pending: Pending },
  config: Parameters<typeof openWitnessed>[1]['config'],
  keys: Keys,
  now = T0,
): Promise<Opened> {
  const stack = new AsyncDisposableStack();
  stack.use(open.gallery);
  stack.use(open.pending);
  const { log, alarms } = listening();
  const signer = await receiptSigner(keys);
  const { gallery, reconcile } = await openWitnessed(open, { config, keys, signer, log, now: () => now }, stack);
  await reconcile();
  return { gallery, alarms, reconcile, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const failed = (findings: readonly Finding[]): string[] =>
  findings.filter(({ state }) => state === 'fail').map(({ what }) => what);

/** SQLite, with a file in STATE_DIR. */
export async function embeddedStore(): Promise<WitnessedStore> {
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-witness-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const keys = deriveKeys(randomBytes(32));
  const [dataDir, stateDir] = [join(folder, 'data'), join(folder, 'state')];
  const [file, kept] = [join(dataDir, 'gallery.db'), join(folder, 'copies')];
  const config = { stores: { mode: 'embedded' }, stateDir } as const;
  return {
    keys,
    signer: await receiptSigner(keys),
    async start(now) {
      const gallery = await openSqliteGallery({ file, keys, pack: PACK, notice: 1 });
      const pending = await openSqlitePending({ file: join(dataDir, 'pending.db') });
      return opened({ gallery, pending }, config, keys, now);
    },
    unwitnessed: () => openSqliteGallery({ file, keys, pack: PACK, notice: 1 }),
    async failures() {
      await using gallery = await openSqliteGallery({ file, keys, pack: PACK, notice: 1, rehearsal: true });
      return failed(await checkWitnessFile({ stateDir }, gallery, keys));
    },
    async copy() {
      const to = join(kept, randomUUID());
      await cp(dataDir, to, { recursive: true });
      return async () => {
        await rm(dataDir, { recursive: true });
        await cp(to, dataDir, { recursive: true });
      };
    },
    async cut(scope, left) {
      using raw = new DatabaseSync(file);
      raw.exec('DROP TRIGGER ledger_is_not_shortened');
      raw.prepare('DELETE FROM ledger WHERE scope = ? AND seq >= ?').run(scope, left);
      // A head says how far a ledger goes, and a ledger without entries has none. So an attacker
      // can remove the head with the last entry. While entries are left, an attacker would need an
      // older head from a copy. The test has none, so it leaves the head.
      if (left === 0) raw.prepare('UPDATE scopes SET head = NULL WHERE id = ?').run(scope);
    },
    async secondPlace() {
      const [name = ''] = (await readdir(stateDir)).filter((one) => one.endsWith('.db'));
      return await openSqlitePending({ file: join(stateDir, name) });
    },
    loseSecondPlace: () => rm(stateDir, { recursive: true, force: true }),
    async breakSecondPlace() {
      for (const name of (await readdir(stateDir)).filter((one) => one.endsWith('.db'))) {
        using raw = new DatabaseSync(join(stateDir, name));
        raw.exec('DROP TABLE pending');
      }
    },
  };
}

/** Elasticsearch, with shelves in Redis. */
export async function productionStore(urls: { elasticsearch: string; redis: string }): Promise<WitnessedStore> {
  const store = await newElasticsearchStore(urls.elasticsearch);
  const { keys, client, prefix } = store;
  const url = { now: urls.redis };
  const shelves = { prefix: `{test-${randomUUID()}}` };
  const production = { redis: { url: urls.redis }, elasticsearch: { url: urls.elasticsearch } };
  const config = { stores: { mode: 'production', ...production }, stateDir: '/nowhere' } as const;
  const everything = async () => {
    await client.indices.refresh({ index: `${prefix}-*` });
    const all = { index: `${prefix}-*`, size: 10_000, _source_exclude_vectors: false };
    return (await client.search<object>(all)).hits.hits;
  };
  const bulk = async (operations: object[]) => {
    if (operations.length > 0) await client.bulk({ operations, refresh: true });
  };
  const at = ({ _index, _id, _routing }: estypes.SearchHit<object>) => ({
    _index,
    _id,
    ...(_routing && { routing: _routing }),
  });
  return {
    keys,
    signer: await receiptSigner(keys),
    async start(now) {
      const pending = redisPending({ url: url.now, ...shelves });
      return opened({ gallery: await store.open(), pending }, config, keys, now);
    },
    unwitnessed: () => store.open(),
    async failures() {
      await using gallery = await store.open();
      await using pending = redisPending({ url: url.now, ...shelves });
      return failed(await look('', () => checkWitness('', gallery, witnessOn(pending, keys), 'Redis')));
    },
    async copy() {
      const kept = await everything();
      return async () => {
        await bulk((await everything()).map((hit) => ({ delete: at(hit) })));
        await bulk(kept.flatMap((hit) => [{ index: at(hit) }, hit._source ?? {}]));
      };
    },
    async cut(scope, left) {
      const entries = (await everything()).filter(({ _id: id }) => id?.startsWith(`${scope}:`));
      const gone = entries.filter(({ _id: id }) => Number(id?.split(':')[1]) >= left);
      await bulk(gone.map((hit) => ({ delete: at(hit) })));
    },
    secondPlace: async () => redisPending({ url: url.now, ...shelves }),
    async loseSecondPlace() {
      shelves.prefix = `{test-${randomUUID()}}`;
    },
    async breakSecondPlace() {
      url.now = 'redis://127.0.0.1:1';
    },
  };
}
