import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** How a process ended: exit code, or signal. */
export type Ending = number | NodeJS.Signals;

/** The program in its own process, as an operator runs it. */
export interface Program extends AsyncDisposable {
  /** The address in its ready line. */
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has written so far to standard output and standard error. */
  readonly output: () => string;
  readonly ended: Promise<Ending>;
  /** Sends the signal and waits for the end. */
  readonly kill: (signal: NodeJS.Signals) => Promise<Ending>;
}

export interface ProgramOptions {
  readonly dataDir: string;
  /**
   * Settings that are added to those that every run gets. Of the variables of the test run's own
   * environment, the program gets only those that `environment` names.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** The `src/main.ts` that is run; by default that of this checkout. */
  readonly main?: string;
  /** A module that the process loads first, to watch or kill it from inside. */
  readonly preload?: string;
}

/**
 * Starts `facefinder start` with its page on a free port. Resolves once it is ready. Rejects with
 * its output when it ends instead.
 */
export async function runProgram({ dataDir, env, preload, main = MAIN }: ProgramOptions): Promise<Program> {
  const execArgv = preload === undefined ? [] : ['--import', preload];
  const child = spawn(process.execPath, [...execArgv, main, 'start'], {
    env: environment({ DATA_DIR: dataDir, PLAYGROUND_PORT: '0', WORKERS: '1', LOG_LEVEL: 'info', ...env }),
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return await watch(child);
}

/** Resolves once the program in `child` is ready. Rejects with its output when it ends instead. */
export async function watch(child: ChildProcess): Promise<Program> {
  let written = '';
  const ready = Promise.withResolvers<string>();
  const onText = (chunk: string) => {
    written += chunk;
    const url = /^facefinder is ready: (\S+)$/m.exec(written)?.[1];
    if (url !== undefined) ready.resolve(url);
  };
  child.stdout?.setEncoding('utf8').on('data', onText);
  child.stderr?.setEncoding('utf8').on('data', onText);
  const ended = once(child, 'close').then(([code, signal]: Ending[]) => code ?? signal ?? 0);
  const early = ended.then((ending) => Promise.reject(new Error(`ended with ${ending}: ${written}`)));
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return await ended;
  };
  return {
    url: await Promise.race([ready.promise, early]),
    process: child,
    output: () => written,
    ended,
    kill,
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL');
    },
  };
}

/** Runs `facefinder <args>` to its end. `main` may be the `src/main.ts` of another checkout. */
export async function facefinder(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  main = MAIN,
): Promise<{ readonly code: Ending; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [main, ...args], {
    env: environment(env),
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code ?? signal, out, err };
}

/**
 * The environment of a program: these settings, and the few variables that it needs here. It has no
 * settings of a developer's own installation.
 */
export function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, XDG_STATE_HOME, XDG_CONFIG_HOME, MODEL_DIR, MODEL_MIRROR } = process.env;
  const here = { PATH, HOME, XDG_STATE_HOME, XDG_CONFIG_HOME, MODEL_DIR, MODEL_MIRROR };
  // A bot does not start without the operator's contact.
  return { ...here, CONTACT: 'The board, board@club.example', ...env };
}
