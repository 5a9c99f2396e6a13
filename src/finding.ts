/** One line of `doctor`: what was looked at, how it is, and what to do about it. */
export interface Finding {
  readonly part: string;
  /** `warn`: it works, but should not stay so. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly what: string;
  /** What to do next; absent when all is well. */
  readonly todo?: string;
}
