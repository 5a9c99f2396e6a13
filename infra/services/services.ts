/**
 * `npm run services`: a Redis and an Elasticsearch for development, on loopback, started once and left running.
 * `npm run services stop` ends them; their data stays.
 */
import { join } from 'node:path';
import { dockerRuns, startInDocker, stopInDocker } from './docker.ts';
import { startElasticsearch, stopElasticsearch } from './elasticsearch.ts';
import { stateDir } from './places.ts';
import { startRedis, stopRedis } from './redis.ts';

const redis = { dir: join(stateDir(), 'redis'), usualPort: 6379 };
const elasticsearch = { dir: join(stateDir(), 'elasticsearch'), usualPort: 9200 };

async function start(): Promise<void> {
  const [redisUrl, elasticsearchUrl] = (await dockerRuns())
    ? await startInDocker(redis, elasticsearch)
    : (await Promise.all([startRedis(redis), startElasticsearch(elasticsearch)])).map(({ url }) => url);
  console.log(`REDIS_URL=${redisUrl}\nELASTICSEARCH_URL=${elasticsearchUrl}`);
}

async function stop(): Promise<void> {
  const stopped = await Promise.all([stopRedis(redis.dir), stopElasticsearch(elasticsearch.dir)]);
  const inDocker = (await dockerRuns()) && (await stopInDocker());
  console.log(inDocker || stopped.includes(true) ? 'stopped' : 'nothing was running');
}

const verbs: Readonly<Record<string, () => Promise<void>>> = { start, stop };
const run = verbs[process.argv[2] ?? 'start'];
if (run === undefined) {
  console.error('usage: npm run services [start | stop]');
  process.exitCode = 2;
} else {
  await run().catch((cause: Error) => {
    console.error(cause.message);
    process.exitCode = 1;
  });
}
