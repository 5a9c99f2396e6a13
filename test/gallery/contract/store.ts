import { describe, expect, test } from 'vitest';
import { firstBreak } from '../../../src/consent/ledger.ts';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { sharedStore } from './shared-store.ts';

export function storeContract(newStore: () => Promise<GalleryStore>): void {
  describe('the store', () => {
    const shared = sharedStore(newStore);

    test('opened again has everything', async () => {
      const place = somewhere();
      const [ada, ben] = [somebody('Ada'), somebody('Ben')];
      const own = face();
      const before = await shared.store.open();
      const scope = await before.scope(place);
      await enrolled(before, scope, ada, [own]);
      await agreed(before, scope, ben);
      await before.recordFinds(scope, ben, [ada], T0);
      await before.erase(scope, ben, 'asked', T0);
      const [dossier, ledger] = [await before.dossier(scope, ada), await before.ledger(scope)];
      await before[Symbol.asyncDispose]();

      await using after = await shared.store.open();
      expect(await after.scope(place)).toBe(scope);
      expect(await after.dossier(scope, ada)).toEqual(dossier);
      expect(await after.ledger(scope)).toEqual(ledger);
      expect(firstBreak(ledger)).toBeUndefined();
      expect((await after.standing(scope, ben)).epoch).toBe(1);
      expect(await namesFound(after, scope, own)).toEqual(['Ada']);
    });

    test('answers when asked whether it is well', async () => {
      await expect(shared.gallery.check()).resolves.toBeUndefined();
    });

    test('once closed says so by `unavailable`, and closes twice without complaint', async () => {
      const closed = await shared.store.open();
      const scope = await closed.scope(somewhere());
      await closed[Symbol.asyncDispose]();
      await closed[Symbol.asyncDispose]();
      await expect(closed.check()).rejects.toMatchObject({ code: 'unavailable' });
      await expect(closed.standing(scope, somebody())).rejects.toMatchObject({ code: 'unavailable' });
      await expect(closed.erase(scope, somebody(), 'asked', T0)).rejects.toMatchObject({ code: 'unavailable' });
    });

    test('says which of two that have different packs may be used: the one whose pack was adopted last', async () => {
      const { store, gallery: own } = shared;
      await using other = await store.open({ pack: { id: 'other@1', dims: 16 } });
      for (const gallery of [own, other]) await expect(gallery.checkPack()).resolves.toBeUndefined();
      expect(await store.adopted()).toBeUndefined();
      await own.adoptPack();
      expect(await store.adopted()).toBe('test@1');
      await expect(own.checkPack()).resolves.toBeUndefined();
      const refusal = await other.checkPack().catch((error) => error);
      expect(refusal).toMatchObject({ code: 'unavailable' });
      expect(refusal.cause.message).toMatch(/other@1.*test@1.*FACE_PACK/);
      await other.adoptPack();
      expect(await store.adopted()).toBe('other@1');
      await expect(other.checkPack()).resolves.toBeUndefined();
      await expect(own.checkPack()).rejects.toMatchObject({ code: 'unavailable' });
    });

    test('remembers since when it has known a notice', async () => {
      const before = Date.now();
      await using first = await shared.store.open({ notice: 7 });
      const since = await first.noticeSince();
      expect(since).toBeGreaterThanOrEqual(before);
      expect(since).toBeLessThanOrEqual(Date.now());
      await using again = await shared.store.open({ notice: 7 });
      expect(await again.noticeSince()).toBe(since);
      await using next = await shared.store.open({ notice: 8 });
      expect(await next.noticeSince()).toBeGreaterThanOrEqual(since);
      expect(await again.noticeSince()).toBe(since);
    });
  });
}
