import { parseArgs } from 'node:util';
import { examine } from '../app/doctor.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import type { Verb } from './verb.ts';

const SIGN = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** `facefinder doctor`: is every part well, and if not, what to do. */
export const doctor: Verb = {
  name: 'doctor',
  summary: 'Check configuration, models, stores, queue and bot tokens; say what to do',
  usage:
    'facefinder doctor\n\nChanges nothing that is held; may run beside a running facefinder. Exit code 1 when a part has failed.',
  async run(args, io) {
    parseArgs({ args, options: {} });
    const findings = await examine(readConfig(io.env), openLog('silent'));
    for (const { part, state, what, todo } of findings) {
      io.out(`${SIGN[state]} ${part}: ${what}`);
      if (todo !== undefined) io.out(`       → ${todo}`);
    }
    return findings.some(({ state }) => state === 'fail') ? 1 : 0;
  },
};
