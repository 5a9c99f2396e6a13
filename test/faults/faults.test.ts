import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { seeded } from '../../src/evaluate/seeded.ts';
import { sharedElasticsearch, sharedRedis } from '../support/shared-services.ts';
import { builtShim, type Call, livesWith, shimmed } from './shim.ts';
import { spread } from './spread.ts';

/** `npm run drill faults` lets each of them fail. */
const IS_DRILL = process.env.DRILL_FAULTS !== undefined;
const SEED = Number(process.env.SEED ?? 1);
/** So many of a kind fail in a drill: all that goes to files. A life in Elasticsearch sends more often. */
const MOST = 2_500;
const TIMEOUT_MS = IS_DRILL ? 6 * 3_600_000 : 300_000;

const root = mkdtempSync(join(tmpdir(), 'facefinder-faults-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const shim = builtShim(root);

const random = seeded(SEED);

async function livesInEach(
  kinds: readonly Call[],
  sample: number,
  stores: Readonly<Record<string, string>>,
): Promise<void> {
  const env = { ...shimmed(shim ?? '', root), ...stores, TMPDIR: root, XDG_STATE_HOME: root, XDG_CONFIG_HOME: root };
  const [sound] = await livesWith('none', [0], env);
  expect(sound).toMatchObject({ refused: [], wrong: [] });
  for (const kind of kinds) {
    const count = sound?.counts[kind] ?? 0;
    expect(count, kind).toBeGreaterThan(0);
    const lives = await livesWith(kind, spread(count, IS_DRILL ? MOST : sample, random), env);
    const failed = lives.filter(({ counts, nth }) => counts[kind] >= nth).length;
    const refused = lives.filter((life) => life.refused.length > 0).length;
    console.log(
      `seed ${SEED}: ${kind}: ${failed} of ${count} failed, once each; in ${refused} lives somebody was told`,
    );
    expect(lives.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
    expect(failed).toBeGreaterThan(0);
  }
}

describe.skipIf(!shim)(
  'whatever call to the system fails once, each ask is answered, nobody who left is found, and all goes on',
  () => {
    test(
      `with SQLite: what is written, synced, cut short, renamed and removed (seed ${SEED})`,
      { timeout: TIMEOUT_MS },
      () => livesInEach(['write', 'fsync', 'change'], 2, {}),
    );

    test(`with Redis and Elasticsearch: what is connected and sent (seed ${SEED})`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      const [redis, elasticsearch] = [await sharedRedis(), await sharedElasticsearch()];
      if (!redis || !elasticsearch) return;
      await livesInEach(['connect', 'send'], 1, { REDIS_URL: redis.url, ELASTICSEARCH_URL: elasticsearch.url });
    });
  },
);
