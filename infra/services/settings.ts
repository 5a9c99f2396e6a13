import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './daemon.ts';

/** What a server keeps from one start to the next, so that its URL stays. */
export interface ServiceSettings {
  readonly port: number;
  readonly password: string;
}

/**
 * The settings kept in `dir`; made at the first start: `port` as asked, else `usualPort` when it is free, else any.
 * A `port` that is asked for later replaces the one kept.
 */
export async function serviceSettings(
  dir: string,
  { port, usualPort }: { readonly port?: number; readonly usualPort?: number },
): Promise<ServiceSettings> {
  const file = join(dir, 'settings.json');
  const kept = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as ServiceSettings,
    () => undefined,
  );
  if (kept && (port === undefined || port === kept.port)) return kept;
  const settings = {
    port: port ?? (await freePort(usualPort)),
    password: kept?.password ?? randomBytes(18).toString('base64url'),
  };
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  return settings;
}
