/** One line of `doctor`: the part, its state, and what to do. */
export interface Finding {
  readonly part: string;
  /** `warn`: it works, but should be changed. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly what: string;
  /** What to do next; absent when all is well. */
  readonly todo?: string;
}
