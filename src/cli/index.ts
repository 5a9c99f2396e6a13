import type { Verb } from './verb.ts';

/** The only list of the operator's verbs. */
export const verbs: readonly Verb[] = [];
