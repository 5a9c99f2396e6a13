import { test } from 'vitest';
import { sharedElasticsearch, sharedRedis } from '../support/shared-services.ts';
import { productionGround } from './grounds.ts';
import { play, SEED, TIMEOUT_MS } from './play.ts';

/** `npm run drill lives` plays more. */
const STEPS = Number(process.env.PRODUCTION_STEPS ?? 20);

const [elasticsearch, redis] = [await sharedElasticsearch(), await sharedRedis()];

test.skipIf(!elasticsearch || !redis)(
  `over Elasticsearch, who was erased is found by nobody, and whoever agreed is (seed ${SEED})`,
  async () => {
    await play(() => productionGround(elasticsearch?.url ?? '', redis?.url ?? ''), STEPS);
  },
  TIMEOUT_MS,
);
