import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeServiceDir } from './daemon.ts';
import { type ServiceSettings, serviceSettings } from './settings.ts';

const run = promisify(execFile);
const COMPOSE = ['compose', '-f', fileURLToPath(new URL('compose.yml', import.meta.url))];

interface Place {
  readonly dir: string;
  readonly usualPort: number;
}

/** Whether a Docker engine with Compose answers. */
export async function dockerRuns(): Promise<boolean> {
  try {
    await run('docker', ['info']);
    await run('docker', ['compose', 'version']);
    return true;
  } catch {
    return false;
  }
}

/** Starts both servers of compose.yml and waits until they are healthy; their URLs. */
export async function startInDocker(redis: Place, elasticsearch: Place): Promise<readonly [string, string]> {
  const settings: ServiceSettings[] = [];
  for (const place of [redis, elasticsearch]) {
    await makeServiceDir(place.dir);
    settings.push(await serviceSettings(place.dir, place));
  }
  const [forRedis, forElasticsearch] = settings as [ServiceSettings, ServiceSettings];
  await run('docker', [...COMPOSE, 'up', '--detach', '--wait'], {
    env: {
      ...process.env,
      REDIS_PORT: String(forRedis.port),
      REDIS_PASSWORD: forRedis.password,
      ELASTICSEARCH_PORT: String(forElasticsearch.port),
      ELASTICSEARCH_PASSWORD: forElasticsearch.password,
    },
  });
  return [
    `redis://default:${forRedis.password}@127.0.0.1:${forRedis.port}`,
    `http://elastic:${forElasticsearch.password}@127.0.0.1:${forElasticsearch.port}`,
  ];
}

/** Stops both; their volumes stay. False when none was running. */
export async function stopInDocker(): Promise<boolean> {
  // Compose reads the whole file before it stops anything.
  const placeholders = { REDIS_PORT: '0', REDIS_PASSWORD: '-', ELASTICSEARCH_PORT: '0', ELASTICSEARCH_PASSWORD: '-' };
  const env = { ...process.env, ...placeholders };
  const { stdout } = await run('docker', [...COMPOSE, 'ps', '--quiet'], { env });
  await run('docker', [...COMPOSE, 'down'], { env });
  return stdout.trim() !== '';
}
