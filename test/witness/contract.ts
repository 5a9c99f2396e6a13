import { describe, expect, test } from 'vitest';
import { leafOf, verifyHead } from '../../src/consent/head.ts';
import { peaksOf, rootOf } from '../../src/consent/merkle.ts';
import { DAY_MS } from '../../src/consent/sweep.ts';
import type { ScopeId } from '../../src/consent/who.ts';
import { type Erasure, TOMBSTONE_RETENTION_MS } from '../../src/gallery/erasure.ts';
import type { Shelf } from '../../src/queue/pending.ts';
import { agreed, enrolled, face, NOTICE_HASH, namesFound, somebody, somewhere, T0 } from '../gallery/people.ts';
import type { WitnessedStore } from './store.ts';

const HOUR = 60 * 60_000;

/** Removes all items of a shelf of the second place, or makes them unreadable. */
async function harm(store: WitnessedStore, shelf: Shelf, how: 'damaged' | 'gone'): Promise<void> {
  await using second = await store.secondPlace();
  const items = await second.list(shelf);
  expect(items).not.toEqual([]);
  for (const item of items) {
    if (how === 'gone') await second.drop(shelf, item.id);
    else await second.put(shelf, { ...item, body: item.body.split('').reverse().join('') });
  }
}

/** What a second place promises, on any store. */
export function witnessContract(name: string, newStore: () => Promise<WitnessedStore>): void {
  describe(`a gallery whose past is put back: ${name}`, { timeout: 240_000 }, () => {
    /** Enrols Ada and Ben in a group, copies the store, and erases Ada. */
    async function copied() {
      const store = await newStore();
      const [ada, ben, club] = [somebody('Ada'), somebody('Ben'), somewhere()];
      const [adas, bens] = [face(), face()];
      const first = await store.start();
      const scope = await first.gallery.scope(club);
      await enrolled(first.gallery, scope, ada, [adas]);
      await enrolled(first.gallery, scope, ben, [bens]);
      await first[Symbol.asyncDispose]();
      const putBack = await store.copy();
      const again = await store.start();
      const erased = await again.gallery.erase(scope, ada, 'asked', T0);
      await again[Symbol.asyncDispose]();
      return { store, ada, ben, adas, bens, scope, putBack, erased };
    }

    test('names nobody who was erased since, and says that it was put back', async () => {
      const { store, ada, adas, bens, scope, putBack } = await copied();
      expect(await store.failures()).toEqual([]);
      await putBack();
      expect((await store.failures()).join()).toMatch(/not what the second place knows/);
      await using started = await store.start();
      expect(await namesFound(started.gallery, scope, adas)).not.toContain('Ada');
      expect(await namesFound(started.gallery, scope, bens)).toContain('Ben');
      expect(await started.gallery.remaining(scope, ada)).toBe(0);
      expect((await started.gallery.standing(scope, ada)).epoch).toBe(1);
      expect(started.alarms).toEqual(['erased people were back']);
      expect(await started.gallery.catchUp()).toEqual([scope]);
      const agreement = { version: 1, noticeHash: NOTICE_HASH, at: T0, shown: false };
      await expect(started.gallery.agree(scope, ada, 'enrol', agreement, 0)).rejects.toMatchObject({ code: 'expired' });
    });

    test('leaves alone who came again after the erasure', async () => {
      const { store, ada, scope } = await copied();
      const back = face();
      {
        await using started = await store.start();
        await enrolled(started.gallery, scope, ada, [back]);
      }
      await using restarted = await store.start();
      expect(restarted.alarms).toEqual([]);
      expect(await namesFound(restarted.gallery, scope, back)).toContain('Ada');
      expect(await restarted.gallery.catchUp()).toEqual([]);
    });

    test('whoever came again and left again stays away, whichever copy is put back', async () => {
      const { store, ada, scope, putBack } = await copied();
      const back = face();
      const started = await store.start();
      await enrolled(started.gallery, scope, ada, [back]);
      await started[Symbol.asyncDispose]();
      const putBackLater = await store.copy();
      const later = await store.start();
      await later.gallery.erase(scope, ada, 'asked', T0);
      await later[Symbol.asyncDispose]();
      for (const put of [putBackLater, putBack]) {
        await put();
        await using after = await store.start();
        expect(await after.gallery.remaining(scope, ada)).toBe(0);
        expect((await after.gallery.standing(scope, ada)).epoch).toBe(2);
      }
    });

    test.each([
      ['its newest entry', 3],
      ['all of it', 0],
    ])('a ledger that lost %s is noticed, and still lets people leave', async (_, left) => {
      const { store, ben, scope } = await copied();
      await store.cut(scope, left);
      expect((await store.failures()).join()).toMatch(/not what the second place knows/);
      await using started = await store.start();
      expect(await started.gallery.catchUp()).toEqual([scope]);
      const erased = await started.gallery.erase(scope, ben, 'asked', T0);
      expect(erased?.removed.people).toBe(1);
      expect(await started.gallery.catchUp()).toEqual([scope]);
    });

    test('an entry that a crash kept from the second place is known there after the next start', async () => {
      const { store, scope } = await copied();
      let size = 0;
      {
        await using gallery = await store.unwitnessed();
        await agreed(gallery, scope, somebody());
        size = (await gallery.ledger(scope)).length;
      }
      {
        await using started = await store.start();
        expect(await started.gallery.catchUp()).toEqual([]);
      }
      expect(await store.failures()).toEqual([]);
      await store.cut(scope, size - 1);
      expect((await store.failures()).join()).toMatch(/not what the second place knows/);
    });

    test('the signed head that a receipt carries is the ledger’s, with the erasure in it', async () => {
      const { store, scope, erased } = await copied();
      await using started = await store.start();
      const ledger = await started.gallery.ledger(scope);
      const { entry, head } = erased as Erasure;
      expect(head?.size).toBe(entry.seq + 1);
      expect(head?.root).toBe(rootOf(peaksOf(ledger.slice(0, head?.size).map(leafOf))));
      const said = await verifyHead(await started.gallery.head(scope), store.signer.publicJwk);
      expect(said).toMatchObject({ size: ledger.length, root: rootOf(peaksOf(ledger.map(leafOf))) });
      await Promise.all(Array.from({ length: 3 }, () => agreed(started.gallery, scope, somebody())));
      expect(await started.gallery.catchUp()).toEqual([]);
      const after = await verifyHead(await started.gallery.head(scope), store.signer.publicJwk);
      expect(after.size).toBe(ledger.length + 6);
    });

    test('a second place that is lost is an alarm, is begun anew, and knows again who was erased', async () => {
      const { store, ada, scope, putBack } = await copied();
      await store.loseSecondPlace();
      const started = await store.start();
      expect(started.alarms).toEqual(['second place lost and begun anew']);
      expect(await started.gallery.catchUp()).toEqual([]);
      await started[Symbol.asyncDispose]();
      await putBack();
      await using after = await store.start();
      expect(await after.gallery.remaining(scope, ada)).toBe(0);
    });

    test('a second place that loses everything while the program runs is an alarm, and is filled again at once', async () => {
      const { store, ada, scope, putBack } = await copied();
      {
        await using started = await store.start();
        await started.reconcile();
        expect(started.alarms).toEqual([]);
        for (const shelf of ['anchor', 'journal', 'witness'] as const) await harm(store, shelf, 'gone');
        for (const _ of [1, 2]) await started.reconcile();
        expect(started.alarms).toEqual(['second place lost and begun anew']);
      }
      await putBack();
      await using after = await store.start();
      expect(after.alarms).toEqual(['erased people were back']);
      expect(await after.gallery.remaining(scope, ada)).toBe(0);
    });

    test.each(['damaged', 'gone'] as const)('an anchor that is %s is an alarm, and is begun anew', async (how) => {
      const { store, scope } = await copied();
      await harm(store, 'anchor', how);
      {
        await using started = await store.start(T0 + HOUR);
        expect(await started.gallery.catchUp()).toEqual([]);
        expect(started.alarms).toEqual(['anchor lost and begun anew']);
        const fresh = await started.gallery.scope(somewhere());
        await Promise.all([1, 2, 3].map(() => enrolled(started.gallery, fresh, somebody(), [face()])));
        expect(await started.gallery.catchUp()).toEqual([]);
        expect(started.alarms).toHaveLength(1);
      }
      await store.cut(scope, 3);
      expect((await store.failures()).join()).toMatch(/not what the second place knows/);
    });

    test('an emptied ledger whose anchor is damaged is not taken for a new one', async () => {
      const { store, scope } = await copied();
      await harm(store, 'anchor', 'damaged');
      await store.cut(scope, 0);
      await using started = await store.start();
      expect(await started.gallery.catchUp()).toEqual([scope]);
    });

    test('an erasure that the journal cannot read any more is an alarm, and is written anew', async () => {
      const { store, ada, scope, putBack } = await copied();
      await harm(store, 'journal', 'damaged');
      for (const alarms of [['erasure journal damaged'], []]) {
        await using started = await store.start();
        expect(started.alarms).toEqual(alarms);
      }
      await harm(store, 'journal', 'damaged');
      await putBack();
      for (const alarms of [['erasure journal damaged', 'erased people were back'], []]) {
        await using started = await store.start();
        expect(started.alarms).toEqual(alarms);
        expect(await started.gallery.remaining(scope, ada)).toBe(0);
      }
    });

    test('remembers an erasure for 180 days, and by then a sweep forgets it', async () => {
      const { store, ada, scope, putBack } = await copied();
      const [late, over] = [T0 + TOMBSTONE_RETENTION_MS - 1000, T0 + TOMBSTONE_RETENTION_MS + 1000];
      for (const [at, alarms] of [
        [late, ['erased people were back']],
        [over, []],
      ] as const) {
        const started = await store.start();
        for (const now of [T0, at]) await started.gallery.tidy(now);
        await started[Symbol.asyncDispose]();
        await putBack();
        await using after = await store.start();
        expect(after.alarms).toEqual(alarms);
        expect((await after.gallery.standing(scope, ada)).epoch).toBe(alarms.length);
      }
    });

    test.each([
      ['after a sweep at the right time', true],
      ['before any sweep', false],
    ])('remembers an erasure that a clock noted 400 days too early, %s', async (_, isSwept) => {
      const store = await newStore();
      const [ada, club, adas] = [somebody('Ada'), somewhere(), face()];
      const behind = T0 - 400 * DAY_MS;
      let scope: ScopeId;
      {
        await using first = await store.start();
        scope = await first.gallery.scope(club);
        await enrolled(first.gallery, scope, ada, [adas]);
        if (isSwept) await first.gallery.tidy(T0);
      }
      const putBack = await store.copy();
      {
        await using started = await store.start(behind);
        await started.gallery.erase(scope, ada, 'asked', behind);
      }
      {
        await using started = await store.start();
        for (const at of [T0 + DAY_MS, T0 + 2 * DAY_MS]) await started.gallery.tidy(at);
        expect((await started.gallery.standing(scope, ada)).epoch).toBe(1);
      }
      await putBack();
      {
        await using after = await store.start();
        expect(after.alarms).toEqual(['erased people were back']);
        expect(await namesFound(after.gallery, scope, adas)).not.toContain('Ada');
        await after.gallery.tidy(T0 + DAY_MS + TOMBSTONE_RETENTION_MS);
      }
      await putBack();
      await using later = await store.start();
      expect(later.alarms).toEqual([]);
    });

    test('keeps erasures no longer than 180 days, once a month of sweeps has shown that a clock was ahead', async () => {
      const { store, ada, scope, putBack } = await copied();
      const right = T0 + DAY_MS;
      {
        await using started = await store.start(right);
        for (const at of [T0 + 5_000 * DAY_MS, right, right + 30 * DAY_MS]) await started.gallery.tidy(at);
        await enrolled(started.gallery, scope, ada, [face()]);
        await started.gallery.erase(scope, ada, 'asked', right);
        await started.gallery.tidy(right + 30 * DAY_MS + TOMBSTONE_RETENTION_MS);
      }
      await putBack();
      await using after = await store.start();
      expect((await after.gallery.standing(scope, ada)).epoch).toBe(0);
    });

    test('one that cannot be had stops no start, no agreement and nobody from leaving', async () => {
      const { store, ben, scope } = await copied();
      await store.breakSecondPlace();
      await using started = await store.start();
      await agreed(started.gallery, scope, somebody());
      const erased = await started.gallery.erase(scope, ben, 'asked', T0);
      expect(erased?.head?.size).toBe((erased?.entry.seq ?? 0) + 1);
      expect(await started.gallery.remaining(scope, ben)).toBe(0);
      expect(started.alarms.length).toBeGreaterThan(0);
    });
  });
}
