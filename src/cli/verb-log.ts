import type { Config } from '../config.ts';
import { type Log, openLog } from '../log.ts';

/** The log of a verb that gives an answer: nothing stands between its lines, unless somebody looks for details. */
export function verbLog({ logLevel }: Pick<Config, 'logLevel'>): Log {
  return openLog(logLevel === 'debug' ? 'debug' : 'silent');
}
