import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { examine } from '../doctor/examine.ts';
import { repair } from '../doctor/repair.ts';
import type { Finding } from '../finding.ts';
import type { Verb } from './verb.ts';

const SIGN = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** `facefinder doctor`: says whether every part works, and what to do if not. */
export const doctor: Verb = {
  name: 'doctor',
  summary: 'Check configuration, models, stores, queue, ports and bot tokens; say what to do',
  usage: `facefinder doctor [--json] [--fix]

  --fix   first mends: moves a bot's master key away from the data, closes files that others may read, removes what killed
          programs left behind, fetches model files that are missing or damaged, puts right stored values with a flipped bit
          and removes templates, records and groups that nothing can read any more; says on standard error what it did
  --json  {ok, findings: [{part, state: 'ok' | 'warn' | 'fail', what, todo?}]} as one line

Without --fix nothing is made or changed; may run beside a running facefinder. Exit code 1 when a part has failed: then a start
or a search fails too. The exceptions are the second place and a damaged pending.db: facefinder runs all the same, and says
here what that may cost.`,
  async run(args, io) {
    const options = { json: { type: 'boolean', default: false }, fix: { type: 'boolean', default: false } } as const;
    const { values } = parseArgs({ args, options });
    const config = readConfig(io.env);
    if (values.fix) await repair(config, (line) => io.err(`mended: ${line}`));
    const findings = await examine(config);
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
