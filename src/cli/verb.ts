/** The parts of the process that a verb may use. */
export interface Io {
  /** Prints a line of the result to standard output. */
  readonly out: (line: string) => void;
  /** Prints a line of progress, or a complaint, to standard error. */
  readonly err: (line: string) => void;
  /** The environment. Only config.ts reads it. */
  readonly env: NodeJS.ProcessEnv;
}

/** One verb that an operator can type after `facefinder`. */
export interface Verb {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** What `--help` prints: the arguments and an example. */
  readonly usage: string;
  /**
   * Runs the verb and gives the exit code: 0 when it is done, 1 when it failed.
   * @throws UsageError, or an error of parseArgs, for a wrong usage; the exit code is then 2
   */
  readonly run: (args: string[], io: Io) => Promise<number>;
}

/** The arguments make no sense. The message says what to type instead. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
