/** One line of `doctor`: the part, its state, and what to do. */
export interface Finding {
  readonly part: string;
  /** `warn`: the part works, but something should be changed. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly what: string;
  /** What to do next; absent when there is nothing to do. */
  readonly todo?: string;
}
