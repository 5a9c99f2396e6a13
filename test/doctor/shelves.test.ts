import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mendShelves } from '../../src/doctor/mend-shelves.ts';
import { checkShelves } from '../../src/doctor/shelves.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { SHELVES } from '../../src/queue/pending.ts';
import { shelf } from '../../src/queue/sealed-shelf.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { flipped } from '../support/flipped.ts';

const keys = deriveKeys(Buffer.alloc(32, 7));

/** Shelves whose values are empty, or sealed in another way. */
const OTHERS = ['taken', 'pulse'];

/** Shelves from which a repair removes nothing: values protect somebody, or show what was done. */
const KEPT = [
  'sender',
  'erasure',
  'revealed',
  'closed',
  'journal',
  'anchor',
  'witness',
  'swept',
  'shown',
  'heard',
  'placeholder',
];

it.each(SHELVES.filter((name) => !OTHERS.includes(name)))(
  'a repair of the shelf %s writes anew what had one flipped bit, and removes the rest only where that loses nothing',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'facefinder-shelves-'));
    try {
      await using pending = await openSqlitePending({ file: join(folder, 'pending.db') });
      const expiresAt = Date.now() + 600_000;
      const items = shelf<unknown>(pending, keys, name);
      for (const id of ['whole', 'one bit', 'lost']) await items.put({ id, owner: id, value: { id }, expiresAt });
      for (const [id, bits] of [
        ['one bit', [81]],
        ['lost', [81, 200]],
      ] as const) {
        const item = await pending.read(name, id);
        if (item) await pending.put(name, { ...item, body: flipped(item.body, bits).toString() });
      }
      const isKept = KEPT.includes(name);
      const written = `1 damaged values of the shelf ${name} are written anew`;
      const removed = `1 values of the shelf ${name} that nothing can read are removed`;
      expect(await mendShelves(pending, keys)).toEqual(isKept ? [written] : [written, removed]);
      const left = (await items.list()).map((kept) => [kept.id, kept.owner, kept.expiresAt, kept.value()]);
      expect(left.toSorted()).toEqual([
        ...(isKept ? [['lost', 'lost', expiresAt, undefined]] : []),
        ['one bit', 'one bit', expiresAt, { id: 'one bit' }],
        ['whole', 'whole', expiresAt, { id: 'whole' }],
      ]);
      expect(await mendShelves(pending, keys)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

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
      { state: 'warn', what: expect.stringContaining('damaged values: 2 of proof, 2 of erasure') },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
