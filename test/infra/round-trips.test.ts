import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { startRedis } from '../../infra/services/redis.ts';
import { ALICE, BOB, openStage } from '../chat/stage.ts';
import { type Far, moveAway } from '../support/far.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

/** Much longer than a search without distance takes here, even when other work delays it. */
const ROUND_TRIP_MS = 500;

/**
 * A search is done this many times, and the fastest counts. It shows the cost of the round trips,
 * because everything else only adds time.
 */
const TRIES = 4;

describe.skipIf(!works)('stores that are far away', () => {
  const stack = new AsyncDisposableStack();
  let stores: Far[];
  let stage: Awaited<ReturnType<typeof openStage>>;

  beforeAll(async () => {
    const root = await mkdtemp(join(tmpdir(), 'facefinder-far-'));
    stack.defer(() => rm(root, { recursive: true, force: true }));
    await giveToService(root);
    const elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true });
    stack.defer(async () => void (await elasticsearch.stop()));
    const redis = await startRedis({ dir: join(root, 'redis') });
    stack.defer(async () => void (await redis.stop()));
    const [farElasticsearch, farRedis] = [await moveAway(elasticsearch.url), await moveAway(redis.url)];
    stores = [farElasticsearch, farRedis];
    for (const store of stores) stack.use(store);
    stage = await openStage({
      MASTER_KEY: randomBytes(32).toString('base64'),
      REDIS_URL: farRedis.url,
      ELASTICSEARCH_URL: farElasticsearch.url,
      FINDS_PER_HOUR: '1000',
    });
    stack.use(stage);
    await stage.agreed(ALICE, 'enroll', ['alice']);
    await stage.agreed(BOB, 'find', ['alice']);
  });
  afterAll(() => stack.disposeAsync());

  /** How long a search takes from its arrival to its answer, in milliseconds. */
  async function searchMs(photo: string): Promise<number> {
    const began = performance.now();
    const [reply] = await stage.say(BOB, 'find', [photo]);
    expect(reply).toMatchObject({ kind: 'result' });
    return performance.now() - began;
  }

  async function fastestMs(photo: string, roundTripMs: number): Promise<number> {
    for (const store of stores) store.roundTripMs = roundTripMs;
    const times: number[] = [];
    for (let index = 0; index < TRIES; index++) times.push(await searchMs(photo));
    for (const store of stores) store.roundTripMs = 0;
    return Math.min(...times);
  }

  test.each([
    ['that names somebody', 'alice'],
    ['that names nobody', 'stranger'],
  ])('a search %s waits for them eight times at most, from its arrival to its answer', async (_, photo) => {
    await searchMs(photo);
    const near = await fastestMs(photo, 0);
    const far = await fastestMs(photo, ROUND_TRIP_MS);
    expect(Math.round((far - near) / ROUND_TRIP_MS)).toBeLessThanOrEqual(8);
  });
});
