/**
 * `npm run services`: a Redis and an Elasticsearch for development, on loopback. They start once
 * and keep running. `npm run services stop` ends them and keeps their data.
 */
import { join } from 'node:path';
import { allOrReasons } from './all-or-reasons.ts';
import type { Daemon } from './daemon.ts';
import { dockerRuns, startInDocker, stopInDocker } from './docker.ts';
import { prepareElasticsearch, stopElasticsearch } from './elasticsearch.ts';
import { stateDir } from './folders.ts';
import { onlyOne } from './only-one.ts';
import { prepareRedis, stopRedis } from './redis.ts';

const redis = { dir: join(stateDir(), 'redis'), usualPort: 6379 };
const elasticsearch = { dir: join(stateDir(), 'elasticsearch'), usualPort: 9200 };

/** Starts both, or leaves none running. */
async function start(): Promise<void> {
  using _lock = onlyOne(stateDir());
  const ended = new AbortController();
  // The handlers stay set until the process ends. On a Ctrl-C the process gets two signals, one
  // from the terminal and one from npm. The second must not end the process while it still stops
  // servers.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => ended.abort(new Error(`ended by ${signal}: nothing is left running`)));
  }
  const [redisUrl, elasticsearchUrl] = (await dockerRuns())
    ? await startInDocker(redis, elasticsearch, ended.signal)
    : await startHere(ended);
  console.log(`REDIS_URL=${redisUrl}\nELASTICSEARCH_URL=${elasticsearchUrl}`);
}

async function startHere(ended: AbortController): Promise<readonly [string, string]> {
  const [startRedis, startElasticsearch] = await allOrReasons([
    prepareRedis(redis),
    prepareElasticsearch(elasticsearch),
  ]);
  const starts = [startRedis(ended.signal), startElasticsearch(ended.signal, console.error)] as const;
  // When one fails, the start of the other ends too.
  for (const starting of starts) starting.catch((cause) => ended.abort(cause));
  const started = await Promise.allSettled(starts);
  const running = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const [first, second] = running;
  if (ended.signal.aborted || first === undefined || second === undefined) {
    await stopNew(running);
    throw ended.signal.reason;
  }
  if (!first.isNew && !second.isNew) console.error('both were running already');
  return [first.url, second.url];
}

async function stopNew(daemons: readonly Daemon[]): Promise<void> {
  await Promise.all(daemons.filter(({ isNew }) => isNew).map((daemon) => daemon.stop()));
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
