import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { makeServiceDir } from './account.ts';
import { allOrReasons } from './all-or-reasons.ts';
import { demandFreePort, keptSettings, type ServiceSettings } from './settings.ts';

const COMPOSE = ['compose', '-f', fileURLToPath(new URL('compose.yml', import.meta.url))];
/** How many lines of each server's log a failure shows. */
const LOG_LINES = 15;

interface Place {
  readonly dir: string;
  readonly usualPort: number;
}

/** Whether a Docker engine with Compose answers. */
export async function dockerRuns(): Promise<boolean> {
  try {
    await said(['info']);
    await said(['compose', 'version']);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts both servers of compose.yml, waits until they are healthy, and returns their URLs. What
 * Docker says meanwhile, such as how much it has fetched, goes to standard error. On failure
 * neither server is left running.
 * @throws an Error that names the ports that are taken, or has the last lines of the servers' logs
 */
export async function startInDocker(
  redis: Place,
  elasticsearch: Place,
  signal: AbortSignal,
): Promise<readonly [string, string]> {
  const [forRedis, forElasticsearch] = await allOrReasons([
    settingsOf(redis, 'redis'),
    settingsOf(elasticsearch, 'elasticsearch'),
  ]);
  const env = {
    ...process.env,
    REDIS_PORT: String(forRedis.port),
    REDIS_PASSWORD: forRedis.password,
    ELASTICSEARCH_PORT: String(forElasticsearch.port),
    ELASTICSEARCH_PASSWORD: forElasticsearch.password,
  };
  const up = spawn('docker', [...COMPOSE, 'up', '--detach', '--wait'], {
    env,
    signal,
    // All goes to standard error (2), because our own output is nothing but the two URLs.
    stdio: ['ignore', 2, 2],
  });
  const [code] = await once(up, 'close').catch(() => [undefined]);
  if (code !== 0 || signal.aborted) {
    const lines = signal.aborted ? '' : await lastLines();
    await stopInDocker();
    signal.throwIfAborted();
    throw new Error(`Docker did not bring both servers up, and says above what it did.${lines}`);
  }
  return [
    `redis://default:${forRedis.password}@127.0.0.1:${forRedis.port}`,
    `http://elastic:${forElasticsearch.password}@127.0.0.1:${forElasticsearch.port}`,
  ];
}

/** The settings of a server. Throws when the server is not up and another program has its port. */
async function settingsOf({ dir, usualPort }: Place, service: string): Promise<ServiceSettings> {
  await makeServiceDir(dir);
  const settings = await keptSettings(dir, { usualPort });
  // While a container runs, Docker itself holds its port.
  if (!(await isUp(service))) await demandFreePort(dir, service, settings.port);
  return settings;
}

/** Stops both servers and keeps their volumes. False when none was running. */
export async function stopInDocker(): Promise<boolean> {
  const wasUp = await isUp();
  try {
    await said([...COMPOSE, 'down']);
  } catch (cause) {
    throw new Error(`Docker did not stop both servers; "docker ${COMPOSE.join(' ')} down" does`, { cause });
  }
  return wasUp;
}

async function isUp(...services: readonly string[]): Promise<boolean> {
  return (await said([...COMPOSE, 'ps', '--quiet', ...services])).trim() !== '';
}

async function lastLines(): Promise<string> {
  const logs = await said([...COMPOSE, 'logs', '--no-color', '--tail', String(LOG_LINES)]).catch(() => '');
  return logs.trim() === '' ? '' : ` The last lines of the servers:\n${logs.trimEnd()}`;
}

/**
 * What Docker says to a command. Throws when the command fails. The command runs in a process group
 * of its own, so that a Ctrl-C does not end it.
 */
async function said(args: readonly string[]): Promise<string> {
  const docker = spawn('docker', args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const [out, [code]] = await Promise.all([text(docker.stdout), once(docker, 'close')]);
  if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}`);
  return out;
}
