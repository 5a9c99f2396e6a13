import { type Config, ConfigError, readConfig } from '../config.ts';
import { explained } from '../explain/explained.ts';
import { Failure } from '../failure.ts';
import { UsageError } from './verb.ts';

/**
 * What an operator reads about an error, and the exit code: 1 for a failure, 2 for a wrong usage or
 * configuration.
 */
export interface Explanation {
  readonly text: string;
  readonly exitCode: 1 | 2;
  /** Whether to show the verb's usage too. */
  readonly usage: boolean;
}

/**
 * Explains any error to an operator in our own sentences: what is wrong, where, and what to do
 * next. Only with LOG_LEVEL=debug, the words of Node, a vendor or the system are added.
 */
export function explain(error: unknown, env: NodeJS.ProcessEnv): Explanation {
  const wrong = wrongUse(error);
  if (wrong) return wrong;
  const config = knownConfig(env);
  const known = explained(error, config?.dataDir);
  const text = known?.message ?? (isAway(error) ? AWAY : UNKNOWN);
  return { text: config?.logLevel === 'debug' ? `${text}\n\n${details(error)}` : text, exitCode: 1, usage: false };
}

const AWAY = 'A part that facefinder needs does not answer. Ask which, and what to do: facefinder doctor';

const UNKNOWN =
  'Something went wrong that facefinder has no sentence for: that is a bug. ' +
  'Do it again with LOG_LEVEL=debug for the details, look through them for what is private, ' +
  'and report them where you have facefinder from.';

function wrongUse(error: unknown): Explanation | undefined {
  if (error instanceof ConfigError) return { text: error.message, exitCode: 2, usage: false };
  if (error instanceof UsageError) return { text: error.message, exitCode: 2, usage: true };
  const text = error instanceof Error && 'code' in error ? PARSE_ARGS[String(error.code)] : undefined;
  if (text === undefined || !(error instanceof Error)) return undefined;
  const [, word = ''] = /'([^']*)'/.exec(error.message) ?? [];
  return { text: text(word), exitCode: 2, usage: true };
}

/** Sentences for the errors of Node's parseArgs. `word` is the typed word that is wrong. */
const PARSE_ARGS: Readonly<Record<string, (word: string) => string>> = {
  ERR_PARSE_ARGS_UNKNOWN_OPTION: (word) => `there is no option '${word}' here`,
  ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: (word) => `'${word}' is a word too many`,
  ERR_PARSE_ARGS_INVALID_OPTION_VALUE: (word) => `'${word}' needs a value, or takes none`,
};

function isAway(error: unknown): boolean {
  return error instanceof Failure && (error.code === 'unavailable' || error.code === 'busy');
}

/** The configuration; undefined when it is wrong. The error to explain may be about just that. */
function knownConfig(env: NodeJS.ProcessEnv): Config | undefined {
  try {
    return readConfig(env);
  } catch {
    return undefined;
  }
}

function details(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\nbecause of: ${details(error.cause)}`;
}
