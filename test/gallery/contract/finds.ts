import { describe, expect, test } from 'vitest';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, enrolled, face, somebody, T0 } from '../people.ts';
import { sharedStore } from './shared-store.ts';

export function findsContract(newStore: () => Promise<GalleryStore>): void {
  describe('the search log', () => {
    const shared = sharedStore(newStore);

    async function group() {
      const scope = await shared.scope();
      const [ada, ben, cleo] = [somebody('Ada'), somebody('Ben'), somebody('Cleo')];
      await enrolled(shared.gallery, scope, ada, [face()]);
      await enrolled(shared.gallery, scope, ben, [face()]);
      await agreed(shared.gallery, scope, cleo);
      return { scope, ada, ben, cleo };
    }

    test('tells each person found who found them, latest first', async () => {
      const { scope, ada, ben, cleo } = await group();
      await shared.gallery.recordFinds(scope, cleo, [ada, ben], T0 + 1);
      await shared.beside.recordFinds(scope, ben, [ada], T0 + 2);
      expect((await shared.gallery.dossier(scope, ada))?.foundBy).toEqual([
        { at: T0 + 2, kind: 'find', finder: 'Ben' },
        { at: T0 + 1, kind: 'find', finder: 'Cleo' },
      ]);
      expect((await shared.beside.dossier(scope, ben))?.foundBy).toEqual([
        { at: T0 + 1, kind: 'find', finder: 'Cleo' },
      ]);
      expect((await shared.beside.dossier(scope, cleo))?.foundBy).toEqual([]);
    });

    test('is written once for each ask, however often its job is done', async () => {
      const { scope, ada, ben, cleo } = await group();
      await shared.gallery.recordFinds(scope, cleo, [ada], T0, 'ask 1');
      await shared.beside.recordFinds(scope, cleo, [ada, ben], T0 + 5, 'ask 1');
      await shared.gallery.recordFinds(scope, cleo, [ada], T0 + 9, 'ask 2');
      expect((await shared.gallery.dossier(scope, ada))?.foundBy).toEqual([
        { at: T0 + 9, kind: 'find', finder: 'Cleo' },
        { at: T0, kind: 'find', finder: 'Cleo' },
      ]);
      expect((await shared.gallery.dossier(scope, ben))?.foundBy).toEqual([
        { at: T0 + 5, kind: 'find', finder: 'Cleo' },
      ]);
    });

    test('of one group says nothing of the same ask in another', async () => {
      const [here, there] = [await group(), await group()];
      for (const { scope, ada, cleo } of [here, there]) {
        await shared.gallery.recordFinds(scope, cleo, [ada], T0, 'ask');
        expect((await shared.gallery.dossier(scope, ada))?.foundBy).toHaveLength(1);
      }
    });

    test('does not count as an attempt to enrol', async () => {
      const { scope, ada, cleo } = await group();
      await shared.gallery.recordFinds(scope, cleo, [ada], T0);
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(0);
    });

    test('keeps a find but not the name of a finder who was erased', async () => {
      const { scope, ada, cleo } = await group();
      await shared.gallery.recordFinds(scope, cleo, [ada], T0);
      const erasure = await shared.beside.erase(scope, cleo, 'asked', T0 + 1);
      expect(erasure?.removed.findsByThem).toBe(1);
      expect((await shared.gallery.dossier(scope, ada))?.foundBy).toEqual([{ at: T0, kind: 'find' }]);
      expect(await shared.gallery.remaining(scope, cleo)).toBe(0);
    });

    test('does not bring a name back that was erased while the search ran', async () => {
      const { scope, ada, cleo } = await group();
      await shared.gallery.erase(scope, cleo, 'asked', T0);
      await shared.beside.recordFinds(scope, cleo, [ada], T0 + 1);
      expect((await shared.gallery.dossier(scope, ada))?.foundBy).toEqual([{ at: T0 + 1, kind: 'find' }]);
      expect(await shared.gallery.remaining(scope, cleo)).toBe(0);
      expect(await shared.gallery.dossier(scope, cleo)).toBeUndefined();
    });

    test('forgets what it held about somebody who was erased, and makes nobody up', async () => {
      const { scope, ada, ben, cleo } = await group();
      await shared.gallery.recordFinds(scope, cleo, [ada, ben], T0);
      expect((await shared.gallery.erase(scope, ada, 'asked', T0))?.removed.finds).toBe(1);
      await shared.gallery.recordFinds(scope, cleo, [ada, somebody()], T0 + 1);
      expect(await shared.gallery.dossier(scope, ada)).toBeUndefined();
      expect(await shared.gallery.people(scope)).toHaveLength(2);
      await agreed(shared.gallery, scope, ada);
      expect((await shared.gallery.dossier(scope, ada))?.foundBy).toEqual([]);
    });

    test('is kept 90 days', async () => {
      const { scope, ada, cleo } = await group();
      const day = 24 * 60 * 60 * 1000;
      await shared.gallery.recordFinds(scope, cleo, [ada], T0);
      await shared.gallery.recordFinds(scope, cleo, [ada], T0 + 2 * day);
      await shared.beside.tidy(T0 + 91 * day);
      expect((await shared.gallery.dossier(scope, ada))?.foundBy.map((find) => find.at)).toEqual([T0 + 2 * day]);
    });
  });
}
