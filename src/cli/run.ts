import { ConfigError } from '../config.ts';
import { Failure } from '../failure.ts';
import { verbs } from './index.ts';
import { type Io, UsageError, type Verb } from './verb.ts';

/** Finds the verb, runs it, and gives the exit code: 0 done, 1 failed, 2 wrong usage or configuration. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? io.err : io.out)(overview());
    return name === undefined ? 2 : 0;
  }
  const verb = verbs.find((candidate) => candidate.name === name);
  if (!verb) {
    io.err(`facefinder: there is no "${name}". ${overview()}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    io.out(`${verb.summary}\n\n${verb.usage}`);
    return 0;
  }
  try {
    return await verb.run(args, io);
  } catch (error) {
    return explain(error, verb, io);
  }
}

function explain(error: unknown, verb: Verb, io: Io): number {
  if (error instanceof ConfigError) {
    io.err(error.message);
    return 2;
  }
  if (error instanceof UsageError || isParseArgsError(error)) {
    io.err(`facefinder ${verb.name}: ${error.message}\n\n${verb.usage}`);
    return 2;
  }
  io.err(`facefinder ${verb.name}: ${reason(error)}`);
  return 1;
}

/** The innermost message: a Failure's own is only a code. */
function reason(error: unknown): string {
  if (error instanceof Failure && error.cause !== undefined) return `${error.code}: ${reason(error.cause)}`;
  return error instanceof Error ? error.message : String(error);
}

function isParseArgsError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function overview(): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  const lines = verbs.map((verb) => `  ${verb.name.padEnd(width)}  ${verb.summary}`);
  return `Usage: facefinder <verb> [arguments]\n\n${lines.join('\n')}\n\nfacefinder <verb> --help says more.`;
}
