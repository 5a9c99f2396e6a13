import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { giveToService, makeServiceDir } from './account.ts';
import { type Daemon, startDaemon, stopDaemon } from './daemon.ts';
import { demandWayTo, findProgram, findServer } from './installed.ts';
import { serviceSettings } from './settings.ts';

const NAME = 'redis-server';

export interface RedisOptions {
  /**
   * Data, log, pid file and settings. A second start in the same folder finds the first server, or
   * its data.
   */
  readonly dir: string;
  readonly port?: number;
  /** Used when `port` is not given and this one is free. */
  readonly usualPort?: number;
  /** More lines of redis.conf, such as `{ maxmemory: '4mb' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningRedis extends Daemon {
  /** With its password: `redis://default:…@127.0.0.1:…`. */
  readonly url: string;
}

/**
 * Starts Debian's redis-server on loopback with infra/redis.conf. Throws an error that names the
 * obstacle.
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const start = await prepareRedis(options);
  return await start();
}

/**
 * Checks everything that a start needs, and returns the function that starts. Throws an error that
 * says what to install or change.
 */
export async function prepareRedis(options: RedisOptions): Promise<(signal?: AbortSignal) => Promise<RunningRedis>> {
  const { dir } = options;
  const command = findServer(NAME);
  findProgram('ps');
  await makeServiceDir(dir);
  demandWayTo(dir);
  const { port, password } = await serviceSettings(dir, NAME, options);
  return async (signal) => {
    const config = await configure(options, port, password);
    const healthy = () => ping(port, password);
    const daemon = await startDaemon({ name: NAME, dir, command, args: [config], healthy, timeoutMs: 30_000, signal });
    return { ...daemon, url: `redis://default:${password}@127.0.0.1:${port}` };
  };
}

/** Writes the configuration: that of production, and this server's own lines. */
async function configure({ dir, settings }: RedisOptions, port: number, password: string): Promise<string> {
  const config = join(dir, 'redis.conf');
  const own = { bind: '127.0.0.1', port: String(port), dir: JSON.stringify(dir), requirepass: password, ...settings };
  const lines = Object.entries(own).map(([name, value]) => `${name} ${value}`);
  const shared = await readFile(new URL('../redis.conf', import.meta.url), 'utf8');
  await writeFile(config, `${shared}\n${lines.join('\n')}\n`, { mode: 0o600 });
  await giveToService(config);
  return config;
}

/** Stops the server that runs in `dir`. False when none does. */
export function stopRedis(dir: string): Promise<boolean> {
  return stopDaemon(dir, NAME);
}

/**
 * Resolves when Redis answers a PING. Rejects when it does not, or answers -LOADING because it
 * still loads its data.
 */
function ping(port: number, password: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
  let heard = '';
  socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
  socket.on('data', (chunk) => {
    heard += chunk;
    if (heard.includes('+PONG')) socket.end(resolve);
    else if (heard.includes('-')) socket.destroy(new Error(heard.trim()));
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('closed')));
  return promise;
}
