import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeServiceDir } from './account.ts';
import { keptSettings, type ServiceSettings } from './settings.ts';

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

/**
 * Starts both servers of compose.yml, waits until they are healthy, and returns their URLs. On
 * failure it leaves neither running.
 */
export async function startInDocker(
  redis: Place,
  elasticsearch: Place,
  signal: AbortSignal,
): Promise<readonly [string, string]> {
  const forRedis = await settingsOf(redis);
  const forElasticsearch = await settingsOf(elasticsearch);
  const env = {
    ...process.env,
    REDIS_PORT: String(forRedis.port),
    REDIS_PASSWORD: forRedis.password,
    ELASTICSEARCH_PORT: String(forElasticsearch.port),
    ELASTICSEARCH_PASSWORD: forElasticsearch.password,
  };
  try {
    await run('docker', [...COMPOSE, 'up', '--detach', '--wait'], { env, signal });
  } catch (cause) {
    await stopInDocker();
    signal.throwIfAborted();
    const command = `docker ${COMPOSE.join(' ')} up`;
    throw new Error(`Docker did not bring both servers up; "${command}" says why`, { cause });
  }
  return [
    `redis://default:${forRedis.password}@127.0.0.1:${forRedis.port}`,
    `http://elastic:${forElasticsearch.password}@127.0.0.1:${forElasticsearch.port}`,
  ];
}

/**
 * The settings of a server. No check says whether its port is free, because Docker holds the port
 * while a container runs.
 */
async function settingsOf({ dir, usualPort }: Place): Promise<ServiceSettings> {
  await makeServiceDir(dir);
  return await keptSettings(dir, { usualPort });
}

/** Stops both and keeps their volumes. False when none was running. */
export async function stopInDocker(): Promise<boolean> {
  // Compose reads the whole file before it stops anything. So each of its variables needs a value.
  const placeholders = { REDIS_PORT: '0', REDIS_PASSWORD: '-', ELASTICSEARCH_PORT: '0', ELASTICSEARCH_PASSWORD: '-' };
  const env = { ...process.env, ...placeholders };
  const { stdout } = await run('docker', [...COMPOSE, 'ps', '--quiet'], { env });
  await run('docker', [...COMPOSE, 'down'], { env });
  return stdout.trim() !== '';
}
