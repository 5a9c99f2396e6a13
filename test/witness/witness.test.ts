import { describe } from 'vitest';
import { sharedElasticsearch, sharedRedis } from '../support/shared-services.ts';
import { witnessContract } from './contract.ts';
import { embeddedStore, productionStore } from './store.ts';

const [elasticsearch, redis] = [await sharedElasticsearch(), await sharedRedis()];

witnessContract('SQLite, and a file in STATE_DIR', embeddedStore);

describe.skipIf(!elasticsearch || !redis)('in production', () => {
  const urls = { elasticsearch: elasticsearch?.url ?? '', redis: redis?.url ?? '' };
  witnessContract('Elasticsearch, and Redis', () => productionStore(urls));
});
