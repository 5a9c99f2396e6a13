import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { installElasticsearch } from '../../infra/services/distribution.ts';
import { checkElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { startRedis } from '../../infra/services/redis.ts';

/**
 * A server for tests, shared by all files of a run. Use only keys and indices with your own names.
 */
export interface SharedService {
  /** With user and password. */
  readonly url: string;
}

/**
 * The Redis of REDIS_URL, else one that is started for this run. Undefined when that is impossible:
 * skip the test (the run's end says what was not tested and why). Under CI=true it throws instead.
 */
export function sharedRedis(): Promise<SharedService | undefined> {
  return shared('redis', inject('givenServers').redis, (dir) => startRedis({ dir }));
}

/** As {@link sharedRedis}, for ELASTICSEARCH_URL. The first call takes up to half a minute. */
export function sharedElasticsearch(): Promise<SharedService | undefined> {
  return shared('elasticsearch', inject('givenServers').elasticsearch, (dir) =>
    startElasticsearch({ dir, isBrief: true }),
  );
}

/**
 * Whether a test can have its own Redis, which it may kill. If not, this is reported as by {@link
 * sharedRedis}.
 */
export async function nativeRedisWorks(): Promise<boolean> {
  const probed = await shared('redis-of-its-own', undefined, async (dir) => {
    const redis = await startRedis({ dir });
    await redis.stop();
    return redis;
  });
  return probed !== undefined;
}

/**
 * Whether a test can have its own Elasticsearch. If not, this is reported as by {@link
 * sharedRedis}.
 */
export async function nativeElasticsearchWorks(): Promise<boolean> {
  const probed = await shared('elasticsearch-of-its-own', undefined, async () => {
    checkElasticsearch();
    await installElasticsearch();
    return { url: '' };
  });
  return probed !== undefined;
}

type Start = (dir: string) => Promise<SharedService>;

async function shared(name: string, configured: string | undefined, start: Start): Promise<SharedService | undefined> {
  if (configured) return { url: configured };
  const dir = inject('servicesDir');
  const started = await once(join(dir, `${name}.started`), () =>
    start(join(dir, name)).then(
      ({ url }) => ({ url }),
      (cause: Error) => ({ reason: cause.message }),
    ),
  );
  if ('url' in started) return started;
  if (process.env.CI === 'true') throw new Error(`${name} is needed under CI=true: ${started.reason}`);
  await writeFile(join(dir, 'untested', name), started.reason);
  return undefined;
}

type Outcome = SharedService | { readonly reason: string };

/**
 * Does `make` once for all test files, which run in separate processes. The first file that asks
 * does it, and the others wait for its outcome.
 */
async function once(file: string, make: () => Promise<Outcome>): Promise<Outcome> {
  const first = await mkdir(`${file}.lock`).then(
    () => true,
    () => false,
  );
  if (first) {
    const outcome = await make();
    await writeFile(file, JSON.stringify(outcome));
    return outcome;
  }
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('}')) return JSON.parse(text) as Outcome;
    await sleep(100);
  }
}
