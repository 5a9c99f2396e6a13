import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkShelves } from '../../src/doctor/shelves.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { SHELVES } from '../../src/queue/pending.ts';
import { shelf } from '../../src/queue/sealed-shelf.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';

const keys = deriveKeys(Buffer.alloc(32, 7));

it('doctor counts the damaged values of each shelf', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-shelves-'));
  try {
    await using pending = await openSqlitePending({ file: join(folder, 'pending.db') });
    const expiresAt = Date.now() + 600_000;
    for (const name of SHELVES) {
      for (const id of ['a', 'b']) {
        await shelf<unknown>(pending, keys, name).put({
          id,
          owner: id,
          value: name === 'taken' ? undefined : 1,
          expiresAt,
        });
      }
    }
    // These values are sealed in another way.
    for (const { id } of await pending.list('pulse'))
      await pending.put('pulse', { id, owner: id, body: 'x', expiresAt });
    expect(await checkShelves('shelves', pending, keys)).toMatchObject([{ state: 'ok' }]);
    for (const name of ['proof', 'erasure'] as const) {
      for (const item of await pending.list(name))
        await pending.put(name, { ...item, body: `${item.body.slice(0, -4)}AAAA` });
    }
    expect(await checkShelves('shelves', pending, keys)).toMatchObject([
      { state: 'warn', what: expect.stringContaining('damaged values: 2 of erasure, 2 of proof') },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
