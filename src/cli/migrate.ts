import { parseArgs } from 'node:util';
import { type MigrateOptions, migrate as move } from '../app/migrate.ts';
import { readConfig } from '../config.ts';
import type { Verb } from './verb.ts';

/** The shortest time between two lines of progress. */
const PROGRESS_MS = 5_000;

/** `facefinder migrate`: moves the embedded gallery to Elasticsearch. It can be done once. */
export const migrate: Verb = {
  name: 'migrate',
  summary: 'Move the embedded gallery to Elasticsearch, with its ledger, tombstones and receipts',
  usage: `facefinder migrate [--journal-lost]

  --journal-lost  move although the second place (STATE_DIR), which knows who was erased, is lost: if the data is an
                  older copy, whom you erased since you must erase again by hand

Stop facefinder first. Needs production's settings (ELASTICSEARCH_URL, REDIS_URL, and as MASTER_KEY what stands in
DATA_DIR/master.key, or in the file that DATA_DIR/master.key.path names), and the embedded DATA_DIR and STATE_DIR.
Everything is read back; one that was interrupted is carried on by calling again. The embedded file stays: remove it
once production runs, because nobody is erased from it any more.`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { 'journal-lost': { type: 'boolean', default: false } } });
    let saidAt = performance.now();
    const options: MigrateOptions = {
      journalLost: values['journal-lost'],
      onProgress(moved) {
        if (performance.now() - saidAt < PROGRESS_MS) return;
        saidAt = performance.now();
        io.err(`so far: groups ${moved.scopes}, people ${moved.people}, faces ${moved.templates}`);
      },
    };
    const { scopes, people, templates, entries } = await move(readConfig(io.env), options);
    io.out(`moved and read back: groups ${scopes}, people ${people}, faces ${templates}, ledger entries ${entries}`);
    io.err('Remove the embedded gallery.db now: whoever asks to be forgotten from here on is not erased from it.');
    return 0;
  },
};
