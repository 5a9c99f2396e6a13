import type { Config } from '../config.ts';
import { type Log, openLog } from '../log.ts';

/**
 * The log of a verb that prints an answer. No line of the log comes between the answer's lines,
 * unless LOG_LEVEL=debug asks for details.
 */
export function verbLog({ logLevel }: Pick<Config, 'logLevel'>): Log {
  return openLog(logLevel === 'debug' ? 'debug' : 'silent');
}
