import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shelve, shelvedIn } from '../../src/app/lasting.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { item } from '../queue/pending-contract.ts';
import { sharedRedis } from '../support/shared-services.ts';

const redis = await sharedRedis();

test.skipIf(!redis)(
  'the promises kept beside the gallery move to Redis with it, and newer ones there stay',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'facefinder-lasting-'));
    try {
      await using from = await openSqlitePending({ file: join(folder, 'pending.db') });
      await using to = redisPending({ url: redis?.url ?? '', prefix: `{test-${randomUUID()}}` });
      const lasting = ['shown', 'sender', 'revealed', 'wrong'] as const;
      for (const shelf of [...lasting, 'parked'] as const) {
        await from.put(shelf, item({ id: 'one', body: 'older' }));
        await from.put(shelf, item({ id: 'two', body: 'older' }));
      }
      await to.put('shown', item({ id: 'two', body: 'younger' }));
      await shelve(to, await shelvedIn(from));
      for (const shelf of lasting) {
        expect((await to.list(shelf)).map(({ id }) => id).toSorted()).toEqual(['one', 'two']);
        expect(await to.read(shelf, 'one')).toEqual(await from.read(shelf, 'one'));
      }
      expect((await to.read('shown', 'two'))?.body).toBe('younger');
      // Unfinished conversations end with the old program.
      expect(await to.list('parked')).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
