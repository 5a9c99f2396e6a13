import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { firstBreak } from '../../../src/consent/ledger.ts';
import { type ErasureReason, TOMBSTONE_RETENTION_MS } from '../../../src/gallery/erasure.ts';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, closerThan, enrolled, face, NOTICE_HASH, namesFound, somebody, T0 } from '../people.ts';
import { sharedStore } from './shared-store.ts';

export function eraseContract(newStore: () => Promise<GalleryStore>): void {
  describe('erasing', () => {
    const shared = sharedStore(newStore);

    test('takes everything about a person, and says what', async () => {
      const scope = await shared.scope();
      const [ada, ben, eve] = [somebody('Ada'), somebody('Ben'), somebody('Eve')];
      const own = face();
      await enrolled(shared.gallery, scope, ada, [own, face(), face()]);
      await enrolled(shared.gallery, scope, ben, [face()]);
      const evil = await agreed(shared.gallery, scope, eve);
      await shared.gallery.recordFinds(scope, ben, [ada], T0);
      await shared.gallery.recordFinds(scope, ada, [ben], T0);
      await expect(shared.gallery.enrol(evil, [own], closerThan(0.3))).rejects.toMatchObject({ code: 'face_taken' });
      const { subject } = (await shared.gallery.dossier(scope, ada))?.events[0] ?? {};

      const erasure = await shared.beside.erase(scope, ada, 'asked', T0 + 9);

      const last = (await shared.gallery.ledger(scope)).at(-1);
      expect(last).toMatchObject({ kind: 'erased', reason: 'asked', at: T0 + 9, subject });
      expect(erasure).toEqual({
        scope,
        reason: 'asked',
        at: T0 + 9,
        subject,
        notice: { version: 1, hash: NOTICE_HASH },
        removed: { templates: 3, people: 1, finds: 2, findsByThem: 1 },
        entry: { seq: last?.seq, hash: last?.hash },
      });
      expect(await shared.gallery.remaining(scope, ada)).toBe(0);
      expect(await shared.gallery.dossier(scope, ada)).toBeUndefined();
      expect(await shared.gallery.standing(scope, ada)).toEqual({ epoch: 1, agreed: {}, templates: 0, alerts: 0 });
      expect(await namesFound(shared.gallery, scope, own)).toEqual(['Ben']);
      expect(await namesFound(shared.beside, scope, own)).toEqual(['Ben']);
      expect((await shared.gallery.people(scope)).map(({ person }) => person.name)).not.toContain('Ada');
    });

    test('leaves others, and the same person elsewhere, as they were', async () => {
      const [here, there] = [await shared.scope(), await shared.scope()];
      const [ada, ben] = [somebody('Ada'), somebody('Ben')];
      const own = face();
      for (const scope of [here, there]) await enrolled(shared.gallery, scope, ada, [own]);
      await enrolled(shared.gallery, here, ben, [face()]);
      const [adaThere, benHere] = [await shared.gallery.dossier(there, ada), await shared.gallery.dossier(here, ben)];
      await shared.gallery.erase(here, ada, 'asked', T0);
      expect(await shared.gallery.dossier(there, ada)).toEqual(adaThere);
      expect(await shared.gallery.dossier(here, ben)).toEqual(benHere);
      expect(await namesFound(shared.gallery, there, own)).toEqual(['Ada']);
      expect(await shared.gallery.remaining(there, ada)).toBeGreaterThan(0);
    });

    test('a second time, or somebody unknown, is nothing and leaves no trace', async () => {
      const scope = await shared.scope();
      const ada = somebody();
      await enrolled(shared.gallery, scope, ada, [face()]);
      await shared.gallery.erase(scope, ada, 'asked', T0);
      const ledger = await shared.gallery.ledger(scope);
      expect(await shared.gallery.erase(scope, ada, 'asked', T0)).toBeUndefined();
      expect(await shared.beside.erase(scope, somebody(), 'left', T0)).toBeUndefined();
      expect(await shared.gallery.ledger(scope)).toEqual(ledger);
      expect((await shared.gallery.standing(scope, ada)).epoch).toBe(1);
    });

    test('of one life leaves the next one alone', async () => {
      const scope = await shared.scope();
      const ada = somebody();
      await enrolled(shared.gallery, scope, ada, [face()]);
      await shared.gallery.erase(scope, ada, 'asked', T0, { epoch: 0 });
      await enrolled(shared.gallery, scope, ada, [face()]);
      expect(await shared.beside.erase(scope, ada, 'asked', T0, { epoch: 0 })).toBeUndefined();
      expect(await shared.gallery.standing(scope, ada)).toMatchObject({ epoch: 1, templates: 1 });
      expect(await shared.beside.erase(scope, ada, 'asked', T0, { epoch: 1 })).toMatchObject({ reason: 'asked' });
      expect((await shared.gallery.standing(scope, ada)).epoch).toBe(2);
    });

    test('tells what it removed, and ends when that is heard', async () => {
      const scope = await shared.scope();
      const ada = somebody();
      await enrolled(shared.gallery, scope, ada, [face()]);
      const heard: unknown[] = [];
      const told = async (erasure: unknown) => {
        await setImmediate();
        heard.push(erasure);
      };
      expect([await shared.gallery.erase(scope, ada, 'asked', T0, { onErased: told })]).toEqual(heard);
      expect(heard).toMatchObject([{ removed: { templates: 1 } }]);
      await shared.gallery.erase(scope, ada, 'asked', T0, { onErased: told });
      expect(heard).toHaveLength(1);
    });

    test('is done once when two callers ask at once', async () => {
      for (let round = 0; round < 4; round++) {
        const scope = await shared.scope();
        const ada = somebody();
        await enrolled(shared.gallery, scope, ada, [face()]);
        const told = await Promise.all(
          [shared.gallery, shared.beside, shared.gallery].map((gallery) => gallery.erase(scope, ada, 'left', T0)),
        );
        expect(told.filter((erasure) => erasure !== undefined)).toHaveLength(1);
        const ledger = await shared.gallery.ledger(scope);
        expect(ledger.filter((entry) => entry.kind === 'erased')).toHaveLength(1);
        expect((await shared.gallery.standing(scope, ada)).epoch).toBe(1);
      }
    });

    test('of somebody who agreed but never enrolled says so', async () => {
      const scope = await shared.scope();
      const ada = somebody();
      const agreement = { version: 3, noticeHash: 'q'.repeat(64), at: T0, shown: false };
      await shared.gallery.agree(scope, ada, 'search', agreement, 0);
      const erasure = await shared.gallery.erase(scope, ada, 'notice', T0);
      expect(erasure).toMatchObject({
        notice: { version: 3, hash: 'q'.repeat(64) },
        removed: { templates: 0, people: 1, finds: 0, findsByThem: 0 },
      });
    });

    const reasons: readonly ErasureReason[] = ['asked', 'left', 'removed', 'admin', 'retention', 'notice', 'operator'];
    test.each(reasons)('for the reason %s is written to the ledger under that name', async (reason) => {
      const scope = await shared.scope();
      const ada = somebody();
      await agreed(shared.gallery, scope, ada);
      expect((await shared.gallery.erase(scope, ada, reason, T0))?.reason).toBe(reason);
      expect((await shared.gallery.ledger(scope)).at(-1)).toMatchObject({ kind: 'erased', reason });
    });

    test('leaves the ledger whole, and a person who comes back unconnected to who they were', async () => {
      const scope = await shared.scope();
      const [ada, ben] = [somebody('Ada'), somebody('Ben')];
      await enrolled(shared.gallery, scope, ada, [face()]);
      await enrolled(shared.gallery, scope, ben, [face()]);
      await shared.gallery.erase(scope, ada, 'asked', T0);
      const before = await shared.gallery.ledger(scope);
      await enrolled(shared.gallery, scope, ada, [face()]);
      const after = await shared.gallery.ledger(scope);
      expect(after.slice(0, before.length)).toEqual(before);
      expect(firstBreak(after)).toBeUndefined();
      const anew = after.slice(before.length).map((entry) => entry.subject);
      expect(before.map((entry) => entry.subject)).not.toContain(anew[0]);
      expect((await shared.gallery.dossier(scope, ada))?.events).toHaveLength(anew.length);
    });
  });

  describe('the epoch', () => {
    const shared = sharedStore(newStore);

    test('rises with every erasure, also over the person’s return', async () => {
      const scope = await shared.scope();
      const ada = somebody();
      for (const epoch of [0, 1, 2]) {
        await enrolled(shared.gallery, scope, ada, [face()]);
        expect((await shared.beside.standing(scope, ada)).epoch).toBe(epoch);
        await shared.gallery.erase(scope, ada, 'asked', T0);
      }
      expect((await shared.gallery.standing(scope, ada)).epoch).toBe(3);
    });

    test('is kept by its tombstone for the time stated, then forgotten', async () => {
      const scope = await shared.scope();
      const [ada, ben] = [somebody('Ada'), somebody('Ben')];
      for (const person of [ada, ben]) {
        await agreed(shared.gallery, scope, person);
        await shared.gallery.erase(scope, person, 'asked', T0);
      }
      await agreed(shared.gallery, scope, ben);
      await shared.gallery.tidy(T0 + TOMBSTONE_RETENTION_MS - 1000);
      expect((await shared.beside.standing(scope, ada)).epoch).toBe(1);
      await shared.gallery.tidy(T0 + TOMBSTONE_RETENTION_MS + 1000);
      expect((await shared.beside.standing(scope, ada)).epoch).toBe(0);
      // A person who comes back keeps their epoch: it never falls.
      expect((await shared.beside.standing(scope, ben)).epoch).toBe(1);
      expect((await shared.gallery.standing(scope, ben)).agreed.enrol).toBeDefined();
    });
  });
}
