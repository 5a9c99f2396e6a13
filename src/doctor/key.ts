import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasBot, isKeyBeside } from '../app/keys.ts';
import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';
import { keyFileOf, keyPointer } from '../secrets/master-key.ts';
import { assertMakeable } from './folder.ts';

export const MASTER_KEY = 'master key';

/**
 * The finding about where the key is. It is a warning when the key is in the same folder as the
 * data, because whoever copies that folder can then read everything.
 * @param isThere whether a key was found
 * @throws what the first start would throw when it cannot make the key
 */
export function keyFinding(config: Config, isThere: boolean): Finding {
  const { stores, masterKey, dataDir, keyDir } = config;
  if (masterKey) return { part: MASTER_KEY, state: 'ok', what: 'set from outside the data' };
  if (!isKeyBeside(config)) {
    const where = isThere
      ? `kept in ${keyFileOf(dataDir)}`
      : `not made yet: the first start makes it in ${apart(config)}`;
    return { part: MASTER_KEY, state: 'ok', what: `${where}, apart from the data` };
  }
  const where = isThere ? 'kept beside the data it protects' : 'not made yet: the first start makes it';
  return {
    part: MASTER_KEY,
    state: 'warn',
    what: `${stores.mode}: ${where}`,
    todo: hasBot(config)
      ? `npx facefinder doctor --fix moves it to ${keyDir}. Or set MASTER_KEY_FILE to a file elsewhere with its content.`
      : 'Enough for one machine at home. On a server, move it out: set MASTER_KEY_FILE to a file elsewhere with its content.',
  };
}

/** The folder in which the first start makes the key, apart from the data. */
function apart({ dataDir, keyDir }: Config): string {
  const folder = existsSync(keyPointer(dataDir)) ? dirname(keyFileOf(dataDir)) : keyDir;
  assertMakeable(folder);
  return folder;
}
