import { describe, expect, test } from 'vitest';
import { firstBreak } from '../../../src/consent/ledger.ts';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, NOTICE_HASH, somebody, T0 } from '../people.ts';
import { sharedStore } from './shared-store.ts';

const agreement = { version: 1, noticeHash: NOTICE_HASH, at: T0, shown: false };

export function consentContract(newStore: () => Promise<GalleryStore>): void {
  describe('consent', () => {
    const shared = sharedStore(newStore);

    test('of somebody never seen is none', async () => {
      const scope = await shared.scope();
      expect(await shared.gallery.standing(scope, somebody())).toEqual({
        epoch: 0,
        agreed: {},
        templates: 0,
        alerts: 0,
      });
      expect(await shared.gallery.dossier(scope, somebody())).toBeUndefined();
    });

    test('to search is no agreement to be enrolled', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const standing = await shared.gallery.agree(scope, person, 'search', agreement, 0);
      expect(standing.agreed).toEqual({ search: agreement });
      expect(await shared.beside.standing(scope, person)).toEqual(standing);
    });

    test('counts only for this person and in this scope', async () => {
      const [here, there] = [await shared.scope(), await shared.scope()];
      const person = somebody();
      await shared.gallery.agree(here, person, 'enrol', agreement, 0);
      expect((await shared.gallery.standing(there, person)).agreed).toEqual({});
      expect((await shared.gallery.standing(here, { ...person, platform: 'page' })).agreed).toEqual({});
      expect((await shared.gallery.standing(here, somebody())).agreed).toEqual({});
    });

    test('goes with the name that others see now: the one before stands nowhere', async () => {
      const scope = await shared.scope();
      const [person, found] = [somebody(), somebody()];
      for (const one of [person, found]) await shared.gallery.agree(scope, one, 'search', agreement, 0);
      await shared.gallery.recordFinds(scope, person, [found], T0);
      const now = { ...person, name: 'Another name' };
      await shared.gallery.rename(scope, now);
      expect((await shared.beside.dossier(scope, person))?.person.name).toBe(now.name);
      expect((await shared.beside.dossier(scope, found))?.foundBy).toMatchObject([{ finder: now.name }]);
      expect((await shared.beside.people(scope)).map((one) => one.person.name)).toContain(now.name);
      expect(await shared.beside.standing(scope, person)).toMatchObject({ agreed: { search: agreement } });
    });

    test('leaves the name as it is when there is no other, and makes nobody known', async () => {
      const scope = await shared.scope();
      const [person, stranger] = [somebody(), somebody()];
      await shared.gallery.agree(scope, person, 'search', agreement, 0);
      for (const one of [{ ...person, name: '' }, person, stranger]) await shared.gallery.rename(scope, one);
      expect((await shared.beside.dossier(scope, person))?.person).toEqual(person);
      expect(await shared.beside.dossier(scope, stranger)).toBeUndefined();
    });

    test('given twice in the same words is one entry', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const once = await shared.gallery.agree(scope, person, 'enrol', agreement, 0);
      expect(await shared.beside.agree(scope, person, 'enrol', agreement, 0)).toEqual(once);
      expect(await shared.gallery.ledger(scope)).toHaveLength(1);
    });

    test('to a later notice takes the place of the earlier; the ledger keeps both', async () => {
      const scope = await shared.scope();
      const person = somebody();
      await shared.gallery.agree(scope, person, 'enrol', agreement, 0);
      const later = { version: 2, noticeHash: 'o'.repeat(64), at: T0 + 5, shown: true };
      const standing = await shared.beside.agree(scope, person, 'enrol', later, 0);
      expect(standing.agreed.enrol).toEqual(later);
      expect(standing.confirmedAt).toBe(T0 + 5);
      const ledger = await shared.gallery.ledger(scope);
      expect(ledger.map((entry) => entry.kind === 'agreed' && entry.version)).toEqual([1, 2]);
      expect(ledger.map((entry) => entry.at)).toEqual([T0, T0 + 5]);
    });

    test('holds the days of storage that the notice said, until another one is agreed to', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const said = { ...agreement, retentionDays: 100 };
      expect((await shared.gallery.agree(scope, person, 'enrol', said, 0)).agreed).toEqual({ enrol: said });
      expect((await shared.beside.standing(scope, person)).agreed).toEqual({ enrol: said });
      const longer = { ...said, retentionDays: 365 };
      await shared.beside.agree(scope, person, 'enrol', longer, 0);
      const [held] = await shared.gallery.people(scope);
      expect(held?.standing.agreed).toEqual({ enrol: longer });
      const ledger = await shared.gallery.ledger(scope);
      expect(ledger.map((entry) => entry.kind === 'agreed' && entry.retentionDays)).toEqual([100, 365]);
      expect(firstBreak(ledger)).toBeUndefined();
    });

    test('given before the days of storage were written down stands beside one that has them', async () => {
      const scope = await shared.scope();
      const person = somebody();
      await shared.gallery.agree(scope, person, 'search', agreement, 0);
      const said = { ...agreement, retentionDays: 100 };
      const standing = await shared.gallery.agree(scope, person, 'enrol', said, 0);
      expect(standing.agreed).toEqual({ search: agreement, enrol: said });
      expect((await shared.beside.dossier(scope, person))?.standing).toEqual(standing);
      expect(firstBreak(await shared.beside.ledger(scope))).toBeUndefined();
    });

    test('with an epoch that is not the person’s is void and leaves nothing', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const early = shared.gallery.agree(scope, person, 'enrol', agreement, 1);
      await expect(early).rejects.toMatchObject({ code: 'expired' });
      expect(await shared.gallery.people(scope)).toEqual([]);
      await agreed(shared.gallery, scope, person);
      await shared.gallery.erase(scope, person, 'asked', T0);
      const late = shared.beside.agree(scope, person, 'enrol', agreement, 0);
      await expect(late).rejects.toMatchObject({ code: 'expired' });
      expect(await shared.gallery.people(scope)).toEqual([]);
      expect((await shared.gallery.agree(scope, person, 'enrol', agreement, 1)).epoch).toBe(1);
    });

    test('given from everywhere at once leaves a whole ledger and one person', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const calls = Array.from({ length: 10 }, (_, i) =>
        (i % 2 ? shared.gallery : shared.beside).agree(scope, person, 'enrol', { ...agreement, at: T0 + i }, 0),
      );
      await Promise.all(calls);
      const ledger = await shared.gallery.ledger(scope);
      expect(firstBreak(ledger)).toBeUndefined();
      expect(new Set(ledger.map((entry) => entry.subject)).size).toBe(1);
      expect(await shared.gallery.people(scope)).toHaveLength(1);
    });

    test.each([
      ['an emoji and quotes', `Zoë "🧗" O'Hara; DROP TABLE people;--`],
      ['no name', ''],
      ['line ends and a zero', 'a\r\nb\u0000c\u2028d'],
      ['half a surrogate pair apart, a long one', 'ż'.repeat(2000)],
    ])('remembers the name that others see: %s', async (_, name) => {
      const scope = await shared.scope();
      const person = somebody('before');
      await agreed(shared.gallery, scope, person);
      await agreed(shared.gallery, scope, { ...person, name }, { at: T0 + 1 });
      expect((await shared.beside.dossier(scope, person))?.person).toEqual({ ...person, name });
    });
  });

  describe('the ledger', () => {
    const shared = sharedStore(newStore);

    test('names nobody: one person in two scopes has subjects that nothing connects', async () => {
      const person = somebody();
      const scopes = [await shared.scope(), await shared.scope()] as const;
      for (const scope of scopes) await agreed(shared.gallery, scope, person);
      const [here, there] = [await shared.gallery.ledger(scopes[0]), await shared.gallery.ledger(scopes[1])];
      expect(here[0]?.subject).toMatch(/^[0-9a-f]{64}$/);
      expect(here[0]?.subject).not.toBe(there[0]?.subject);
      expect(JSON.stringify([here, there])).not.toContain(person.id);
      expect(JSON.stringify([here, there])).not.toContain(person.name);
    });

    test('of a scope never used is empty', async () => {
      expect(await shared.gallery.ledger(await shared.scope())).toEqual([]);
    });

    test('is one chain however many people write it', async () => {
      const scope = await shared.scope();
      await Promise.all(
        Array.from({ length: 8 }, (_, i) => agreed(i % 2 ? shared.gallery : shared.beside, scope, somebody())),
      );
      const ledger = await shared.beside.ledger(scope);
      expect(ledger.map((entry) => entry.seq)).toEqual([...ledger.keys()]);
      expect(ledger).toHaveLength(16);
      expect(firstBreak(ledger)).toBeUndefined();
    });
  });
}
