import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { backup as make, verifyBackup } from '../app/backup.ts';
import { readConfig } from '../config.ts';
import { UsageError, type Verb } from './verb.ts';

/** `facefinder backup`: writes the whole gallery, sealed, into one file. */
export const backup: Verb = {
  name: 'backup',
  summary: 'Write the gallery into one sealed file, beside a running facefinder, and read it back',
  usage: `facefinder backup FILE [--verify]

  FILE      a new file; it is readable by its owner alone, and nothing of it opens without the master key, which is not
            in it: keep that elsewhere
  --verify  only check a FILE that is there: every part opens, nothing is missing, every ledger is whole

People in it may ask to be forgotten later: a restore leaves them out, but the file still holds them. Delete backups
as soon as you have younger ones; one that is older than 180 days cannot be restored.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { verify: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('name one FILE');
    const config = readConfig(io.env);
    const isThere = values.verify && existsSync(file);
    const { at, scopes, people, templates, entries } = isThere
      ? await verifyBackup(config, file)
      : await make(config, file);
    const what = `groups ${scopes}, people ${people}, faces ${templates}, ledger entries ${entries}`;
    io.out(`${isThere ? 'whole' : 'written and read back'}, of ${new Date(at).toISOString()}: ${what}`);
    return 0;
  },
};
