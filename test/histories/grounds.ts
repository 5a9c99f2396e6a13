import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import type { Config } from '../../src/config.ts';
import { openProxy, type Seen } from '../gallery/elasticsearch/proxy.ts';
import { removeIndices } from '../gallery/elasticsearch/store.ts';
import { cutWrites } from '../support/durable-steps.ts';

/** The stores of one history. No other test uses them. */
export interface Ground extends AsyncDisposable {
  readonly env: { readonly STATE_DIR: string; readonly MASTER_KEY: string };
  /** A configuration with these stores. */
  readonly withStores: (config: Config) => Config;
  /** Lets every write fail from the n-th one on, until the returned function is called. */
  readonly cut: (nth: number, onCut: () => void) => () => void;
  /**
   * Sets the clock that the stores read, milliseconds since 1970, until the ground is disposed.
   * Absent when the stores read the clock of a server.
   */
  readonly setClock?: (ms: number) => void;
}

/** The clock of this machine. */
const machine = Date.now;

/** SQLite in the data folder that the stage makes. */
export async function embeddedGround(): Promise<Ground> {
  const env = await ownEnv();
  let ahead = 0;
  // Stores keep this function. So it is replaced only here, and `setClock` changes `ahead`.
  Date.now = () => machine() + ahead;
  return {
    env,
    withStores: (config) => config,
    cut: cutWrites,
    setClock(ms) {
      ahead = ms - machine();
    },
    async [Symbol.asyncDispose]() {
      Date.now = machine;
      await rm(env.STATE_DIR, { recursive: true, force: true });
    },
  };
}

/**
 * Whether a request may change something. A GET or HEAD does not, and neither do these requests by
 * POST.
 */
const isWrite = ({ method, path }: Seen): boolean =>
  method !== 'GET' && method !== 'HEAD' && !/\/_(search|mget|count|pit|refresh|msearch)\b/.test(path);

/** Elasticsearch behind a proxy that may cut it off, and Redis. */
export async function productionGround(elasticsearch: string, redis: string): Promise<Ground> {
  const proxy = await openProxy(elasticsearch);
  const prefix = `test-${randomUUID()}`;
  // No other test uses this prefix.
  const stores = {
    mode: 'production',
    redis: { url: redis, prefix: `{${prefix}}` },
    elasticsearch: { url: proxy.url, prefix },
  } as const;
  const env = await ownEnv();
  return {
    env,
    withStores: (config) => ({ ...config, stores, masterKey: Buffer.from(env.MASTER_KEY, 'base64') }),
    cut(nth, onCut) {
      let writes = 0;
      proxy.decide((request) => {
        if (writes < nth && isWrite(request)) writes += 1;
        if (writes < nth) return 'pass';
        onCut();
        return isWrite(request) ? 'cut' : 'pass';
      });
      return () => proxy.decide(() => 'pass');
    },
    async [Symbol.asyncDispose]() {
      const client = new Client({ node: elasticsearch });
      await removeIndices(client, prefix);
      await client.close();
      await proxy[Symbol.asyncDispose]();
      await rm(env.STATE_DIR, { recursive: true, force: true });
    },
  };
}

async function ownEnv() {
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-history-'));
  return { STATE_DIR: folder, MASTER_KEY: randomBytes(32).toString('base64') };
}
