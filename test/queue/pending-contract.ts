import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  BRIEF,
  FOR_EVER,
  isTimeless,
  LONG,
  type Pending,
  type PendingItem,
  SHELVES,
  type Shelf,
  TIMELESS,
} from '../../src/queue/pending.ts';

/** One store that several processes can open again and again. */
export interface PendingStore {
  open(): Pending | Promise<Pending>;
}

const PAST = -1_000;

/**
 * The promises of every store of pending things. `newStore` gives a new empty store that shares
 * nothing with earlier ones.
 */
export function pendingContract(name: string, newStore: () => PendingStore | Promise<PendingStore>): void {
  describe(`pending: ${name}`, () => {
    test('has a mark that stays the same while it remembers, for all who open it', async () => {
      const store = await newStore();
      await using one = await store.open();
      await using other = await store.open();
      const marks = await Promise.all([one, other, one, other].map((pending) => pending.memory()));
      expect(new Set(marks).size).toBe(1);
      expect(await one.memory()).toBe(marks[0]);
    });

    describe.each(SHELVES)('%s', (shelf) => {
      test('gives an item back as it was put, once', async () => {
        await using pending = await (await newStore()).open();
        const put = item();
        await pending.put(shelf, put);
        expect(await pending.read(shelf, put.id)).toEqual(put);
        expect(await pending.take(shelf, put.id, put.owner)).toEqual(put);
        expect(await pending.take(shelf, put.id, put.owner)).toBeUndefined();
        expect(await pending.read(shelf, put.id)).toBeUndefined();
        expect(await pending.list(shelf)).toEqual([]);
      });

      test('gives it to its owner only, and keeps it for them', async () => {
        await using pending = await (await newStore()).open();
        const put = item();
        await pending.put(shelf, put);
        expect(await pending.take(shelf, put.id, 'somebody else')).toBe('not_yours');
        expect(await pending.take(shelf, put.id, put.owner)).toEqual(put);
        expect(await pending.take(shelf, put.id, 'somebody else')).toBeUndefined();
      });

      test('gives it to one of many who take it at the same moment, from several processes', async () => {
        const store = await newStore();
        await using one = await store.open();
        await using other = await store.open();
        const put = item();
        await one.put(shelf, put);
        const takes = [one, other, one, other, one, other].map((by) => by.take(shelf, put.id, put.owner));
        const taken = (await Promise.all(takes)).filter((result) => result !== undefined);
        expect(taken).toEqual([put]);
      });

      test('puts an item beside another only while that one is there', async () => {
        await using pending = await (await newStore()).open();
        const [head, put] = [item(), item()];
        const putsBeside = () => pending.putBeside(shelf, put, { shelf: 'series', id: head.id });
        expect(await putsBeside()).toBe(false);
        await pending.put('series', head);
        expect([await putsBeside(), await putsBeside()]).toEqual([true, true]);
        await pending.drop('series', head.id);
        expect([await putsBeside(), await pending.list(shelf)]).toEqual([false, [put]]);
      });

      test('replaces an item of the same id', async () => {
        await using pending = await (await newStore()).open();
        const first = item();
        const second = item({ id: first.id });
        await pending.put(shelf, first);
        await pending.put(shelf, second);
        expect(await pending.list(shelf)).toEqual([second]);
        expect(await pending.take(shelf, first.id, first.owner)).toBe('not_yours');
        expect(await pending.dropOwned(first.owner)).toBe(0);
        expect(await pending.take(shelf, second.id, second.owner)).toEqual(second);
      });

      test('replaces an item only while it is what it was, for one of many at the same moment', async () => {
        const store = await newStore();
        await using one = await store.open();
        await using other = await store.open();
        for (const expiresAt of [Date.now() + 60_000, Date.now() + PAST]) {
          const before = item({ expiresAt });
          await one.put(shelf, before);
          const changes = Array.from({ length: 6 }, () => item({ id: before.id, owner: before.owner }));
          const done = await Promise.all(
            changes.map((after, index) => (index % 2 ? one : other).replace(shelf, after, before)),
          );
          expect(done.filter(Boolean)).toHaveLength(1);
          const [changed] = changes.filter((_, index) => done[index]);
          expect(await one.list(shelf)).toEqual([changed]);
          expect(await one.replace(shelf, before, before)).toBe(false);
          await one.drop(shelf, before.id);
        }
      });

      test('replaces nothing that is gone or differs in anything, and puts nothing in its place', async () => {
        await using pending = await (await newStore()).open();
        const put = item();
        expect(await pending.replace(shelf, put, put)).toBe(false);
        expect(await pending.list(shelf)).toEqual([]);
        await pending.put(shelf, put);
        for (const other of [{ owner: 'other' }, { body: 'other' }, { expiresAt: put.expiresAt + 1 }]) {
          expect(await pending.replace(shelf, item({ id: put.id }), { ...put, ...other })).toBe(false);
        }
        expect(await pending.list(shelf)).toEqual([put]);
      });

      test('adds an item unless one of its id is there in time, for one of many at the same moment', async () => {
        const store = await newStore();
        await using one = await store.open();
        await using other = await store.open();
        if (!isTimeless(shelf)) await one.put(shelf, item({ id: 'late', expiresAt: Date.now() + PAST }));
        for (const id of ['free', 'late']) {
          const given = Array.from({ length: 6 }, () => item({ id }));
          const added = await Promise.all(given.map((put, index) => (index % 2 ? one : other).add(shelf, put)));
          expect(added.filter(Boolean)).toHaveLength(1);
          expect(await one.read(shelf, id)).toEqual(given[added.indexOf(true)]);
        }
        expect(await one.list(shelf)).toHaveLength(2);
      });

      test.skipIf(isTimeless(shelf))('does not give, but still lists, what is past its time', async () => {
        await using pending = await (await newStore()).open();
        const late = item({ expiresAt: Date.now() + PAST });
        await pending.put(shelf, late);
        expect(await pending.read(shelf, late.id)).toBeUndefined();
        expect(await pending.take(shelf, late.id, late.owner)).toBeUndefined();
        expect(await pending.take(shelf, late.id, 'somebody else')).toBeUndefined();
        expect(await pending.list(shelf)).toEqual([late]);
      });

      test('drops an item, late or not, or nothing', async () => {
        await using pending = await (await newStore()).open();
        const [timely, late] = [item(), item({ expiresAt: Date.now() + PAST })];
        await pending.put(shelf, timely);
        await pending.put(shelf, late);
        await pending.drop(shelf, timely.id);
        await pending.drop(shelf, late.id);
        await pending.drop(shelf, 'never there');
        expect(await pending.list(shelf)).toEqual([]);
      });

      test('survives being closed and opened', async () => {
        const store = await newStore();
        const put = item({ expiresAt: Number.MAX_SAFE_INTEGER });
        {
          await using pending = await store.open();
          await pending.put(shelf, put);
        }
        await using reopened = await store.open();
        expect(await reopened.list(shelf)).toEqual([put]);
        expect(await reopened.take(shelf, put.id, put.owner)).toEqual(put);
      });
    });

    test('keeps the shelves apart', async () => {
      await using pending = await (await newStore()).open();
      const items = new Map(SHELVES.map((shelf) => [shelf, item({ id: 'same', owner: 'same' })]));
      for (const [shelf, put] of items) await pending.put(shelf, put);
      await pending.drop('parked', 'same');
      expect(await pending.list('parked')).toEqual([]);
      expect(await pending.list('awaiting')).toEqual([items.get('awaiting')]);
      expect(await pending.take('placeholder', 'same', 'same')).toEqual(items.get('placeholder'));
      expect(await pending.list('erasure')).toEqual([items.get('erasure')]);
    });

    test('dropOwned removes all of an owner but the erasures', async () => {
      await using pending = await (await newStore()).open();
      for (const shelf of SHELVES) {
        await pending.put(shelf, item({ owner: 'me' }));
        await pending.put(shelf, item({ owner: 'me', expiresAt: Date.now() + PAST }));
        await pending.put(shelf, item({ owner: 'them' }));
      }
      expect(await pending.dropOwned('me')).toBe(2 * (SHELVES.length - 1));
      expect(await pending.dropOwned('me')).toBe(0);
      for (const shelf of ['parked', 'awaiting', 'placeholder', 'presence', 'unproven'] as const) {
        expect((await pending.list(shelf)).map(({ owner }) => owner)).toEqual(['them']);
      }
      expect((await pending.list('erasure')).map(({ owner }) => owner).sort()).toEqual(['me', 'me', 'them']);
    });

    test('lists what one owner has on one shelf, and nothing else', async () => {
      await using pending = await (await newStore()).open();
      const mine = (id: string, ms: number) => item({ id, owner: 'me', expiresAt: Date.now() + ms });
      await pending.put('shown', mine('later', 90_000));
      await pending.put('shown', mine('sooner', 60_000));
      await pending.put('shown', item({ id: 'theirs', owner: 'them' }));
      await pending.put('parked', mine('other', 60_000));
      expect((await pending.owned('shown', 'me')).map(({ id }) => id)).toEqual(['sooner', 'later']);
      expect(await pending.owned('shown', 'nobody')).toEqual([]);
      await pending.drop('shown', 'sooner');
      expect(await pending.owned('shown', 'me')).toMatchObject([{ id: 'later', owner: 'me' }]);
    });

    test('lists what expires by a time, the earliest first, and nothing else', async () => {
      await using pending = await (await newStore()).open();
      const now = Date.now();
      const put = (id: string, ms: number) => pending.put('series', item({ id, expiresAt: now + ms }));
      await put('late', 90_000);
      await put('next', 60_000);
      await put('past', PAST);
      await pending.put('parked', item({ id: 'other', expiresAt: now }));
      const ids = async (until?: number) => (await pending.list('series', until)).map(({ id }) => id);
      expect(await ids(now + 60_000)).toEqual(['past', 'next']);
      expect(await ids(now - 60_000)).toEqual([]);
      expect(await ids()).toEqual(['past', 'next', 'late']);
    });

    describe.each(TIMELESS)('%s, whatever the clock says,', (shelf) => {
      test.each([-1e15, -1, 0, 1, Date.now() + PAST, FOR_EVER, 2 ** 54, 2 ** 62])(
        'gives an item that expires at %i',
        async (expiresAt) => {
          await using pending = await (await newStore()).open();
          const put = item({ expiresAt });
          await pending.put(shelf, put);
          expect(await pending.read(shelf, put.id)).toEqual(put);
          expect(await pending.list(shelf)).toEqual([put]);
          expect(await pending.owned(shelf, put.owner)).toEqual([put]);
          expect(await pending.add(shelf, item({ id: put.id }))).toBe(false);
          const after = { ...put, body: 'after' };
          expect(await pending.replace(shelf, after, put)).toBe(true);
          expect(await pending.take(shelf, put.id, 'somebody else')).toBe('not_yours');
          expect(await pending.take(shelf, put.id, put.owner)).toEqual(after);
        },
      );
    });

    test.each([
      ['what is soon over', BRIEF],
      ['what holds for weeks', LONG],
    ])('tidy removes what is past its time from the shelves of %s, and nothing from others', async (_, shelves) => {
      await using pending = await (await newStore()).open();
      const now = Date.now();
      for (const shelf of SHELVES) {
        await pending.put(shelf, item({ id: 'late', expiresAt: now }));
        await pending.put(shelf, item({ id: 'timely', expiresAt: now + 60_000 }));
      }
      await pending.tidy(shelves, now);
      for (const shelf of SHELVES) {
        const left = (await pending.list(shelf)).map(({ id }) => id).sort();
        const isTidied = (shelves as readonly Shelf[]).includes(shelf);
        expect([shelf, left]).toEqual([shelf, isTidied ? ['timely'] : ['late', 'timely']]);
      }
    });

    test('every call fails with unavailable once closed', async () => {
      const pending = await (await newStore()).open();
      await pending.check();
      await pending[Symbol.asyncDispose]();
      await pending[Symbol.asyncDispose]();
      const calls = [
        pending.check(),
        pending.put('parked', item()),
        pending.take('parked', 'id', 'owner'),
        pending.replace('parked', item(), item()),
        pending.read('parked', 'id'),
        pending.drop('parked', 'id'),
        pending.list('parked'),
        pending.dropOwned('owner'),
        pending.tidy(BRIEF, Date.now()),
        pending.scrub(),
      ];
      for (const call of await Promise.allSettled(calls)) {
        expect(call).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
      }
    });
  });
}

export function item(changed: Partial<PendingItem> = {}): PendingItem {
  return {
    id: `i-${randomUUID()}`,
    owner: `o-${randomUUID()}`,
    body: `b-${randomUUID()}`,
    expiresAt: Date.now() + 60_000,
    ...changed,
  };
}
