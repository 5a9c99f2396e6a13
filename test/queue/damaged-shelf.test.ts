import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import type { Pending } from '../../src/queue/pending.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { shelf } from '../../src/queue/sealed-shelf.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { flipped } from '../support/flipped.ts';
import { sharedRedis } from '../support/shared-services.ts';

const keys = deriveKeys(Buffer.alloc(32, 7));
const expiresAt = Date.now() + 600_000;
const folder = await mkdtemp(join(tmpdir(), 'facefinder-damaged-'));
afterAll(() => rm(folder, { recursive: true }));

interface Store {
  readonly pending: Pending;
  /** Flips bits of the stored value or owner of the item `id`. */
  readonly flip: (id: string, bits: readonly number[], of?: 'body' | 'owner') => Promise<void>;
}

async function sqlite(): Promise<Store> {
  const file = join(folder, randomUUID(), 'pending.db');
  const pending = await openSqlitePending({ file });
  return {
    pending,
    async flip(id, bits, of = 'body') {
      using db = new DatabaseSync(file, { timeout: 5_000 });
      const { text } = db.prepare(`SELECT ${of} AS text FROM pending WHERE id = ?`).get(id) ?? {};
      db.prepare(`UPDATE pending SET ${of} = CAST(? AS TEXT) WHERE id = ?`).run(flipped(String(text), bits), id);
    },
  };
}

const service = await sharedRedis();

async function redis(): Promise<Store> {
  const url = service?.url ?? '';
  const prefix = `{test-${randomUUID()}}`;
  return {
    pending: redisPending({ url, prefix }),
    async flip(id, bits, of = 'body') {
      const admin = new Redis(url);
      const key = `${prefix}:pending:proof:${id}`;
      await admin.hset(key, of, flipped(String(await admin.hget(key, of)), bits));
      await admin.quit();
    },
  };
}

describe.each([
  ['SQLite', sqlite, false],
  ['Redis', redis, service === undefined],
] as const)('an item whose stored value is damaged, in %s,', (_name, open, isSkipped) => {
  // Bit 7 is the highest of its byte. Once it is flipped, the value is no text any more.
  test.skipIf(isSkipped).each([3, 7])('in the bit %i of its owner, is replaced, once', async (bit) => {
    const { pending, flip } = await open();
    await using _ = pending;
    const counts = shelf<{ readonly count: number }>(pending, keys, 'proof');
    await counts.put({ id: 'a', owner: 'a', value: { count: 1 }, expiresAt });
    await flip('a', [bit], 'owner');
    const kept = await counts.read('a');
    if (!kept) throw new Error('the item is gone');
    expect(await counts.replace(kept, { count: 2 })).toBe(true);
    expect(await counts.replace(kept, { count: 3 })).toBe(false);
    expect((await counts.read('a'))?.value()).toEqual({ count: 2 });
  });

  describe.skipIf(isSkipped).each([[[3]], [[7]], [[3, 80]], [[7, 80]]])('in the bits %j', (bits) => {
    const opened = async () => {
      const { pending, flip } = await open();
      const counts = shelf<{ readonly count: number }>(pending, keys, 'proof');
      for (const id of ['a', 'b']) await counts.put({ id, owner: id, value: { count: 1 }, expiresAt });
      await flip('a', bits);
      return { pending, counts };
    };

    test('is read as absent, and others as they are', async () => {
      const { pending, counts } = await opened();
      await using _ = pending;
      expect((await counts.read('a'))?.value()).toBeUndefined();
      const all = await counts.list();
      expect(Object.fromEntries(all.map(({ id, value }) => [id, value()?.count]))).toEqual({ a: undefined, b: 1 });
    });

    test('is put right if it was one bit', async () => {
      const { pending, counts } = await opened();
      await using _ = pending;
      expect((await counts.read('a'))?.righted()).toEqual(bits.length === 1 ? { count: 1 } : undefined);
    });

    test('is replaced, once', async () => {
      const { pending, counts } = await opened();
      await using _ = pending;
      const kept = await counts.read('a');
      if (!kept) throw new Error('the item is gone');
      expect(await counts.replace(kept, { count: 2 })).toBe(true);
      expect(await counts.replace(kept, { count: 3 })).toBe(false);
      expect((await counts.read('a'))?.value()).toEqual({ count: 2 });
    });

    test('is dropped with all that its owner has', async () => {
      const { pending, counts } = await opened();
      await using _ = pending;
      expect(await pending.dropOwned('a')).toBe(1);
      expect((await counts.list()).map(({ id }) => id)).toEqual(['b']);
    });
  });
});
