import { calibrate } from './calibrate.ts';
import { doctor } from './doctor.ts';
import { erase } from './erase.ts';
import { evaluate } from './evaluate.ts';
import { start } from './start.ts';
import { sweep } from './sweep.ts';
import type { Verb } from './verb.ts';

/** The only list of the operator's verbs, in the order of the overview. */
export const verbs: readonly Verb[] = [start, doctor, evaluate, calibrate, erase, sweep];
