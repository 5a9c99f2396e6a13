import type { Config } from '../config.ts';
import { type Log, openLog } from '../log.ts';

/**
 * The log of a verb that prints a result. It is silent, so that no line of the log comes between
 * the lines of the result, unless LOG_LEVEL=debug asks for details.
 */
export function verbLog({ logLevel }: Pick<Config, 'logLevel'>): Log {
  return openLog(logLevel === 'debug' ? 'debug' : 'silent');
}
