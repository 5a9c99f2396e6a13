import { describe } from 'vitest';
import { sharedElasticsearch, sharedRedis } from '../support/shared-services.ts';
import { witnessContract } from './contract.ts';
import { embeddedPlace, productionPlace } from './place.ts';

const [elasticsearch, redis] = [await sharedElasticsearch(), await sharedRedis()];

witnessContract('SQLite, and a file in STATE_DIR', embeddedPlace);

describe.skipIf(!elasticsearch || !redis)('in production', () => {
  const urls = { elasticsearch: elasticsearch?.url ?? '', redis: redis?.url ?? '' };
  witnessContract('Elasticsearch, and Redis', () => productionPlace(urls));
});
