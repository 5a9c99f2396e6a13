/** What an operator must know about a cause, in our own sentences. */
export interface Situation {
  /** What is wrong, without a full stop: "Redis refuses the password". */
  readonly what: string;
  /** What to do next, in whole sentences. */
  readonly next: string;
  /** Whether waiting cannot help: a person must change something first. */
  readonly fatal: boolean;
}
