import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { witnessFile } from '../../src/app/witness.ts';
import { start } from '../../src/app.ts';
import { erases, group } from '../backup/group.ts';
import { inHouse } from '../backup/house.ts';

test.each(['bot', 'worker'] as const)(
  'a process of the role %s notices alone that the second place lost everything, and fills it again',
  async (role) => {
    const { config, ada, scope } = await group();
    await erases(config, scope, ada);
    const id = await inHouse(config, ({ stores: { gallery } }) => gallery.id());
    using second = new DatabaseSync(witnessFile(config.stateDir, id));
    const erased = () => second.prepare("SELECT id FROM pending WHERE shelf = 'journal' ORDER BY id").all();
    const before = erased();
    expect(before).toHaveLength(2);
    const alarms: string[] = [];
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: (what: string) => void alarms.push(what) };
    // In production each role has a process of its own. Here a process of one role runs over the
    // embedded stores of this test.
    const app = await start(Object.assign(config, { role, platforms: [] }), log);
    try {
      second.exec('DELETE FROM pending');
      await expect.poll(erased, { timeout: 30_000 }).toEqual(before);
      expect(alarms).toEqual(['second place lost and begun anew']);
    } finally {
      await app.stop();
    }
  },
);
