import { describe, expect, test } from 'vitest';
import { firstBreak } from '../../../src/consent/ledger.ts';
import type { Person, Place, ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { tombstoneHash } from '../../../src/gallery/rules/identity.ts';
import type { Keys } from '../../../src/secrets/keys.ts';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, anyFace, enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';

/**
 * The kinds of values that every store seals. Only some stores seal `head` (a ledger's end) and
 * `template`.
 */
export type Sealed = 'person' | 'place' | 'settings' | 'list' | 'key' | 'proof' | 'template' | 'head';

/** A store whose sealed values a test can damage, as a rotting disk does. */
export interface RottingStore extends GalleryStore {
  readonly keys: Keys;
  /** Flips the lowest bit of these bytes of a sealed value. */
  spoil(what: Sealed, whose: Whose, bytes: readonly number[]): Promise<void>;
}

interface Whose {
  readonly scope: ScopeId;
  readonly place: Place;
  readonly person: Person;
}

/** Bytes in which a bit is flipped. So many flipped bits in one value cannot be repaired. */
const ROTTEN = [14, 18, 30];

const NOTHING = { key: 0, place: 0, settings: 0, person: 0, template: 0, list: 0 };

/** Ada, in two groups, and Eve, each with her own face. */
async function group(newStore: () => Promise<RottingStore>) {
  const store = await newStore();
  const place = somewhere();
  const [ada, eve] = [somebody('Ada'), somebody('Eve')];
  const faces = { ada: face(), eve: face() };
  await using gallery = await store.open();
  const scope = await gallery.scope(place);
  const elsewhere = await gallery.scope(somewhere());
  await gallery.configure(scope, { findsPerHour: 3 });
  await enrolled(gallery, scope, ada, [faces.ada]);
  await enrolled(gallery, scope, eve, [faces.eve]);
  await enrolled(gallery, elsewhere, ada, [faces.ada]);
  const spoil = (what: Sealed, bytes: readonly number[]) => store.spoil(what, { scope, place, person: ada }, bytes);
  return { store, scope, elsewhere, place, ada, eve, faces, spoil };
}

type Group = Awaited<ReturnType<typeof group>>;

async function leaves(gallery: Gallery, scope: ScopeId, person: Person): Promise<void> {
  expect((await gallery.erase(scope, person, 'asked', T0))?.removed.people).toBe(1);
  expect(await gallery.remaining(scope, person)).toBe(0);
}

/** Ada leaves everywhere, Eve one group. */
async function everybodyLeaves(gallery: Gallery, { scope, elsewhere, ada, eve }: Group): Promise<void> {
  expect((await gallery.scopesOf(ada)).map((one) => one.scope).toSorted()).toEqual([scope, elsewhere].toSorted());
  await leaves(gallery, scope, ada);
  await leaves(gallery, elsewhere, ada);
  await leaves(gallery, scope, eve);
  expect(await gallery.scopesOf(ada)).toEqual([]);
}

/**
 * Expects that a repair removed a group whose key was unreadable. Nobody is in it any more, another
 * group still finds its people, and the removed one can begin anew.
 */
async function expectGone(gallery: Gallery, { scope, elsewhere, place, ada, eve, faces }: Group): Promise<void> {
  for (const person of [ada, eve]) expect(await gallery.remaining(scope, person)).toBe(0);
  expect(await gallery.vectors(scope)).toBe(0);
  expect((await gallery.scopesOf(ada)).map((one) => one.scope)).toEqual([elsewhere]);
  expect(await gallery.scopesOf(eve)).toEqual([]);
  expect(firstBreak(await gallery.entries(scope, 0))).toBeUndefined();
  expect(await namesFound(gallery, elsewhere, faces.ada)).toEqual(['Ada']);
  expect(await gallery.scopeOf(place)).toBeUndefined();
  const anew = await gallery.scope(place);
  await enrolled(gallery, anew, eve, [faces.eve]);
  expect(await namesFound(gallery, anew, faces.eve)).toEqual(['Eve']);
}

/** The promises of a store whose disk flips bits. `sealed`: the kinds of values that it seals. */
export function rotContract(newStore: () => Promise<RottingStore>, sealed: readonly Sealed[]): void {
  describe('one flipped bit', () => {
    test.each(sealed)(
      'of a sealed value (%s) is put right as it is read: everybody is found, and leaves',
      async (what) => {
        const all = await group(newStore);
        await all.spoil(what, [20]);
        await using gallery = await all.store.open();
        expect(await namesFound(gallery, all.scope, all.faces.ada)).toEqual(['Ada', 'Eve']);
        expect(await namesFound(gallery, all.scope, all.faces.eve)).toEqual(['Eve', 'Ada']);
        expect((await gallery.dossier(all.scope, all.ada))?.person.name).toBe('Ada');
        expect(await gallery.placesOf(all.place)).toHaveLength(1);
        expect(await gallery.settings(all.scope)).toEqual({ findsPerHour: 3 });
        // `damage` does not count these two: each opening checks the proof of the key, and each
        // reader of a ledger checks its end.
        if (what !== 'proof' && what !== 'head') {
          expect(await gallery.damage()).toEqual({ mendable: 1, unreadable: NOTHING });
          await gallery.mend(T0);
          expect(await gallery.damage()).toEqual({ mendable: 0, unreadable: NOTHING });
        }
        await everybodyLeaves(gallery, all);
      },
    );
  });

  describe('a value that nothing can read any more', () => {
    test.each(sealed.filter((what) => what in NOTHING))(
      '%s: is counted, and removed where that loses nothing',
      async (what) => {
        const all = await group(newStore);
        await all.spoil(what, ROTTEN);
        await using gallery = await all.store.open();
        expect((await gallery.damage()).unreadable).toEqual({ ...NOTHING, [what]: 1 });
        expect((await gallery.mend(T0)).unreadable).toEqual({ ...NOTHING, [what]: 1 });
        const stays = what === 'place' ? 1 : 0;
        expect(await gallery.damage()).toEqual({ mendable: 0, unreadable: { ...NOTHING, [what]: stays } });
        expect((await gallery.scopesOf(all.ada)).length).toBeGreaterThan(0);
        if (what === 'key') return await expectGone(gallery, all);
        expect(await namesFound(gallery, all.scope, all.faces.eve)).toContain('Eve');
        await leaves(gallery, all.scope, all.eve);
      },
    );

    test.runIf(sealed.includes('template'))(
      'a template: nobody is found by it, everybody else is, and all leave',
      async () => {
        const all = await group(newStore);
        await all.spoil('template', ROTTEN);
        await using gallery = await all.store.open();
        expect(await namesFound(gallery, all.scope, all.faces.ada)).toEqual(['Eve']);
        expect((await gallery.search(all.scope, [all.faces.eve])).templates).toBe(1);
        await gallery.enrol(await agreed(gallery, all.scope, all.ada), [all.faces.ada], anyFace);
        expect(await namesFound(gallery, all.scope, all.faces.ada)).toEqual(['Ada', 'Eve']);
        await everybodyLeaves(gallery, all);
      },
    );

    test('a person’s record: they are found by nobody, everybody else is, and all leave', async () => {
      const all = await group(newStore);
      await all.spoil('person', ROTTEN);
      await using gallery = await all.store.open();
      expect(await namesFound(gallery, all.scope, all.faces.eve)).toEqual(['Eve']);
      expect((await gallery.people(all.scope)).map(({ person }) => person.name)).toEqual(['Eve']);
      expect(await gallery.standing(all.scope, all.ada)).toMatchObject({ agreed: {}, templates: 0 });
      await everybodyLeaves(gallery, all);
    });

    test('a person’s record: they may begin anew', async () => {
      const all = await group(newStore);
      await all.spoil('person', ROTTEN);
      await using gallery = await all.store.open();
      await enrolled(gallery, all.scope, all.ada, [all.faces.ada]);
      expect(await namesFound(gallery, all.scope, all.faces.ada)).toEqual(['Ada', 'Eve']);
      expect((await gallery.dossier(all.scope, all.ada))?.templates).toHaveLength(1);
      await everybodyLeaves(gallery, all);
    });

    test.each(sealed.filter((what) => !['template', 'person', 'key'].includes(what)))(
      '%s: everybody is found, and leaves',
      async (what) => {
        const all = await group(newStore);
        await all.spoil(what, ROTTEN);
        await using gallery = await all.store.open();
        expect(await namesFound(gallery, all.scope, all.faces.ada)).toEqual(['Ada', 'Eve']);
        await everybodyLeaves(gallery, all);
      },
    );

    test('the key of a group: its people are told that it does not work now, and all leave, there and elsewhere', async () => {
      const all = await group(newStore);
      await all.spoil('key', ROTTEN);
      await using gallery = await all.store.open();
      await expect(gallery.search(all.scope, [all.faces.ada])).rejects.toMatchObject({
        code: 'unavailable',
        cause: { code: 'values_unreadable' },
      });
      await expect(agreed(gallery, all.scope, somebody())).rejects.toMatchObject({ code: 'unavailable' });
      expect(await namesFound(gallery, all.elsewhere, all.faces.ada)).toEqual(['Ada']);
      expect(await gallery.placesOf(all.place)).toEqual([all.place]);
      await everybodyLeaves(gallery, all);
      const ledger = await gallery.entries(all.scope, 0);
      expect(ledger.filter(({ kind }) => kind === 'erased')).toHaveLength(2);
      expect(firstBreak(ledger)).toBeUndefined();
    });

    test('the key of a group: the lists of groups and the sweep go on with the others', async () => {
      const all = await group(newStore);
      await all.spoil('key', ROTTEN);
      await using gallery = await all.store.open();
      expect((await gallery.scopes()).map(({ scope }) => scope)).toEqual([all.elsewhere]);
      expect(await gallery.scopesOf(all.ada)).toContainEqual({ scope: all.scope, place: undefined });
      await expect(gallery.dossier(all.scope, all.ada)).rejects.toMatchObject({ code: 'unavailable' });
      await gallery.rename(all.scope, all.ada);
      expect(await gallery.settings(all.scope)).toEqual({});
      await gallery.tidy(T0);
      expect(await gallery.vectors(all.scope)).toBe(2);
      expect(await namesFound(gallery, all.elsewhere, all.faces.ada)).toEqual(['Ada']);
    });

    test('the key of a group: who came back with an old copy into other groups is erased again', async () => {
      const all = await group(newStore);
      await all.spoil('key', ROTTEN);
      await using gallery = await all.store.open();
      const erased = [all.scope, all.elsewhere].map((scope) => ({
        hash: tombstoneHash(all.store.keys, scope, all.ada),
        epoch: 1,
        at: T0,
      }));
      expect(await gallery.eraseAgain(erased, T0)).toBeGreaterThan(0);
      expect(await namesFound(gallery, all.elsewhere, all.faces.ada)).toEqual([]);
      expect((await gallery.standing(all.scope, all.ada)).epoch).toBe(1);
    });
  });
}
