/** A fault that no test can notice, and why. */
export interface Excused {
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

/** Survivors that change nothing anybody could see. */
export const EXCUSED: readonly Excused[] = [];
