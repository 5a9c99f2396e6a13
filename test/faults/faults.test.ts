import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { seeded } from '../../src/evaluate/seeded.ts';
import { sharedElasticsearch, sharedRedis } from '../support/shared-services.ts';
import { builtShim, type Call, livesWith, shimmed } from './shim.ts';
import { spread } from './spread.ts';

/**
 * Set by `npm run drill faults`. Then, with SQLite, each call that writes, syncs or changes a file
 * fails in one life. With Redis and Elasticsearch, a hundred calls of each kind fail, each in one
 * life.
 */
const IS_DRILL = process.env.DRILL_FAULTS !== undefined;
const SEED = Number(process.env.SEED ?? 1);
const SAMPLE = 2;
/**
 * How many connections a life in production opens at least, and how often it sends at least. It
 * does more while it waits.
 */
const CONNECTIONS = 100;
const SENT = 2_000;
const TIMEOUT_MS = IS_DRILL ? 6 * 3_600_000 : 1_200_000;

const root = mkdtempSync(join(tmpdir(), 'facefinder-faults-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const shim = builtShim(root);

const random = seeded(SEED);

const living = { TMPDIR: root, XDG_STATE_HOME: root, XDG_CONFIG_HOME: root };

/** Lives one life for each of `numbers`. The call with that number fails in it. */
async function lives(kind: Call, numbers: readonly number[], stores: Readonly<Record<string, string>>): Promise<void> {
  const lived = await livesWith(kind, numbers, { ...shimmed(shim ?? '', root), ...living, ...stores });
  const failed = lived.filter(({ counts, nth }) => counts[kind] >= nth).length;
  const told = lived.filter(({ refused }) => refused.length > 0).length;
  console.log(`seed ${SEED}: ${kind}: ${failed} failed, once each; in ${told} lives somebody was told`);
  expect(lived.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  expect(failed).toBeGreaterThan(0);
}

describe.skipIf(!shim)('whatever call to the system fails once, all is answered, and nobody who left is found', () => {
  test(`what is written, synced, cut short, renamed and removed, with SQLite (seed ${SEED})`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const [sound] = await livesWith('none', [0], { ...shimmed(shim ?? '', root), ...living });
    expect(sound).toMatchObject({ refused: [], wrong: [] });
    for (const kind of ['write', 'fsync', 'change'] as const) {
      const count = sound?.counts[kind] ?? 0;
      await lives(kind, spread(count, IS_DRILL ? count : SAMPLE, random), {});
    }
  });

  // In production a life takes a minute. So outside a drill only one life is lived, in which a
  // connection fails.
  const inProduction: readonly (readonly [Call, number])[] = [
    ['connect', CONNECTIONS],
    ['send', SENT],
  ];
  test.for(inProduction.slice(0, IS_DRILL ? 2 : 1))(
    `each %s, with Redis and Elasticsearch (seed ${SEED})`,
    { timeout: TIMEOUT_MS },
    async ([kind, count]) => {
      const [redis, elasticsearch] = [await sharedRedis(), await sharedElasticsearch()];
      if (!redis || !elasticsearch) return;
      const numbers = spread(count, IS_DRILL ? CONNECTIONS : 1, random);
      await lives(kind, numbers, { REDIS_URL: redis.url, ELASTICSEARCH_URL: elasticsearch.url });
    },
  );
});
