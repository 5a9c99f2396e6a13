import { parseArgs } from 'node:util';
import { examine } from '../app/doctor.ts';
import { readConfig } from '../config.ts';
import type { Finding } from '../finding.ts';
import { openLog } from '../log.ts';
import type { Verb } from './verb.ts';

const SIGN = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** `facefinder doctor`: is every part well, and if not, what to do. */
export const doctor: Verb = {
  name: 'doctor',
  summary: 'Check configuration, models, stores, queue and bot tokens; say what to do',
  usage: `facefinder doctor [--json]

  --json  {ok, findings: [{part, state: 'ok' | 'warn' | 'fail', what, todo?}]} as one line

Changes nothing; may run beside a running facefinder. Exit code 1 when a part has failed: then a start or a search would fail too.`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
    const findings = await examine(readConfig(io.env), openLog('silent'));
    const ok = findings.every(({ state }) => state !== 'fail');
    if (values.json) io.out(JSON.stringify({ ok, findings }));
    else for (const finding of findings) io.out(inWords(finding));
    return ok ? 0 : 1;
  },
};

function inWords({ part, state, what, todo }: Finding): string {
  const line = `${SIGN[state]} ${part}: ${what}`;
  return todo === undefined ? line : `${line}\n       → ${todo}`;
}
