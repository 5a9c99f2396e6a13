import type { Config } from '../config.ts';
import { type Log, openLog } from '../log.ts';

/**
 * The log of a verb that prints an answer. Nothing appears between the answer's lines, unless debug
 * asks for details.
 */
export function verbLog({ logLevel }: Pick<Config, 'logLevel'>): Log {
  return openLog(logLevel === 'debug' ? 'debug' : 'silent');
}
