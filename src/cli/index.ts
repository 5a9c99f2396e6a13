import { ownPublicKey } from '../app/keys.ts';
import { withLedgers } from '../app/ledgers.ts';
import { readConfig } from '../config.ts';
import { backup } from './backup.ts';
import { calibrate } from './calibrate.ts';
import { describe } from './describe.ts';
import { disputes } from './disputes.ts';
import { doctor } from './doctor.ts';
import { erase } from './erase.ts';
import { evaluate } from './evaluate.ts';
import { exportVerb } from './export.ts';
import { migrate } from './migrate.ts';
import { models } from './models.ts';
import { papers } from './papers.ts';
import { restore } from './restore.ts';
import { start } from './start.ts';
import { sweep } from './sweep.ts';
import type { Verb } from './verb.ts';
import { verifyReceiptVerb } from './verify-receipt.ts';

/** The only list of the operator's verbs, in the order of the overview. */
export const verbs: readonly Verb[] = [
  start,
  doctor,
  describe,
  models,
  evaluate,
  calibrate,
  disputes,
  erase,
  exportVerb,
  sweep,
  migrate,
  papers,
  backup,
  restore,
  verifyReceiptVerb({
    ownKey: (env) => ownPublicKey(readConfig(env)),
    withLedgers: (env, work) => withLedgers(readConfig(env), work),
  }),
];
