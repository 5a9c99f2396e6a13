import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';

export const MASTER_KEY = 'master key';

/** `isThere`: a key was found. Where it lies is the operator's to decide; beside the data it is no protection. */
export function keyFinding({ stores, masterKey }: Pick<Config, 'stores' | 'masterKey'>, isThere: boolean): Finding {
  if (masterKey) return { part: MASTER_KEY, state: 'ok', what: 'set from outside the data' };
  const where = isThere ? 'kept beside the data it protects' : 'not made yet: the first start makes it';
  return {
    part: MASTER_KEY,
    state: 'warn',
    what: `${stores.mode}: ${where}`,
    todo: 'Enough for one machine at home. On a server, move it out: set MASTER_KEY_FILE to a file elsewhere with its content.',
  };
}
