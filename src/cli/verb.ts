/** What a verb may use of its process. */
export interface Io {
  /** Prints a line to standard output: the result. */
  readonly out: (line: string) => void;
  /** Prints a line to standard error: progress and complaints. */
  readonly err: (line: string) => void;
  /** Only config.ts reads it. */
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
   * Gives the exit code: 0 done, 1 failed. Wrong usage throws {@link UsageError} or parseArgs' own
   * error, exit 2.
   */
  readonly run: (args: string[], io: Io) => Promise<number>;
}

/** The arguments make no sense. The message says what to type instead. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
