import { parseArgs } from 'node:util';
import { withParts } from '../app/parts.ts';
import { readConfig } from '../config.ts';
import { sweep as runSweep } from '../housekeeping/sweep.ts';
import type { Verb } from './verb.ts';
import { verbLog } from './verb-log.ts';

/** `facefinder sweep`: runs at once the sweep that a running facefinder does every day. */
export const sweep: Verb = {
  name: 'sweep',
  summary: 'Erase who left, whose retention is over, or who did not agree to a new notice',
  usage: `facefinder sweep [--force] [--json]

  --force  also where more than a tenth of a group (at least 5 people) would go at once, or more than three days have
           passed since the last sweep, by the clock: look first why
  --json   {scopes, people, erased, alarms} as one line: groups and people looked at, people erased, groups left alone

Whose time is over is erased once two sweeps a day apart have seen it. A group that the bot was removed from while it was
off is erased whole, once two sweeps a day apart were told so.
Runs once a day by itself. Exit code 1 when it stopped somewhere.`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: { force: { type: 'boolean', default: false }, json: { type: 'boolean' } },
    });
    const config = readConfig(io.env);
    return await withParts(config, verbLog(config), async (parts) => {
      const swept = await runSweep(parts, config.retentionDays, { force: values.force });
      const { scopes, people, erased, alarms } = swept;
      io.out(values.json ? JSON.stringify(swept) : `looked at: groups ${scopes}, people ${people}; erased: ${erased}`);
      if (alarms > 0 && scopes === 0)
        io.err(
          'Stopped: more than three days since the last sweep, by this clock. Is it right? The sweep of tomorrow goes on.',
        );
      else if (alarms > 0)
        io.err(`Stopped in ${alarms} groups: too many would go at once. Look why, then: facefinder sweep --force`);
      return alarms > 0 ? 1 : 0;
    });
  },
};
