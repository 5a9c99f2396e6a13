import { parseArgs } from 'node:util';
import { restore as putBack } from '../app/restore.ts';
import { readConfig } from '../config.ts';
import { UsageError, type Verb } from './verb.ts';

/** `facefinder restore`: replaces the gallery by a backup, without people erased after it. */
export const restore: Verb = {
  name: 'restore',
  summary: 'Put a backup in the place of the gallery; whoever was erased since stays erased',
  usage: `facefinder restore FILE [--journal-lost]

  FILE            what facefinder backup wrote, with the same master key and FACE_PACK
  --journal-lost  restore although the journal of erasures in the second place (STATE_DIR, or Redis) does not reach back
                  to the backup: whom you erased after it you must erase again by hand

Stop facefinder first: it is refused while one runs. What is in the gallery now is replaced. Each ledger gets an entry
that says so; agreements and enrolments made after the backup are gone.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { 'journal-lost': { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('name one FILE');
    const done = await putBack(readConfig(io.env), file, { journalLost: values['journal-lost'] });
    io.out(`restored, as of ${new Date(done.backupAt).toISOString()}: groups ${done.scopes}, people ${done.people}`);
    io.out(`not brought back, because they were erased since: ${done.erased}`);
    if (done.unreadable > 0) {
      io.err(
        `${done.unreadable} erasures in the journal are damaged. If one of these people was erased, came again and was erased ` +
          'again, they may be back: compare with your receipts, and erase them by hand.',
      );
    }
    if (done.shortened > 0) {
      io.err(
        `${done.shortened} ledgers had entries that the backup lacks: what people agreed to since is lost, and they have ` +
          'to agree again. Each of these ledgers says so in an entry of its own.',
      );
    }
    return 0;
  },
};
