import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runningIn } from './daemon.ts';
import { freePort, isFree } from './port.ts';

/** The settings of a server that stay from start to start, so that its URL stays. */
export interface ServiceSettings {
  readonly port: number;
  readonly password: string;
}

interface WantedPort {
  readonly port?: number;
  readonly usualPort?: number;
}

/**
 * The settings in `dir` for the server called `name`. Throws when it does not run there and another
 * program has its port.
 */
export async function serviceSettings(dir: string, name: string, wanted: WantedPort): Promise<ServiceSettings> {
  const settings = await keptSettings(dir, wanted);
  if ((await runningIn(dir, name)) === undefined) await demandFreePort(dir, name, settings.port);
  return settings;
}

/** Throws when another program has the port that is stored in `dir`. The error says what to do. */
export async function demandFreePort(dir: string, name: string, port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new Error(
    `port ${port} of ${name} is taken by another program: end that one, or remove ${fileIn(dir)} to have another port`,
  );
}

/**
 * The settings in `dir`, made at the first start: `port` if given, else `usualPort` when it is
 * free, else any port. A later `port` replaces the stored one.
 */
export async function keptSettings(dir: string, { port, usualPort }: WantedPort): Promise<ServiceSettings> {
  const kept = await readFile(fileIn(dir), 'utf8').then(
    (text) => JSON.parse(text) as ServiceSettings,
    () => undefined,
  );
  if (kept && (port === undefined || port === kept.port)) return kept;
  const settings = {
    port: port ?? (await freePort(usualPort)),
    password: kept?.password ?? randomBytes(18).toString('base64url'),
  };
  await writeFile(fileIn(dir), JSON.stringify(settings), { mode: 0o600 });
  return settings;
}

function fileIn(dir: string): string {
  return join(dir, 'settings.json');
}
