import { describe, expect, test } from 'vitest';
import type { Person, Place, ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, anyFace, enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';

/**
 * The kinds of values that every store seals. Only some stores seal `head` (a ledger's end) and
 * `template`.
 */
export type Sealed = 'person' | 'place' | 'settings' | 'list' | 'key' | 'proof' | 'template' | 'head';

/** A store whose sealed values a test can damage, as a rotting disk does. */
export interface RottingStore extends GalleryStore {
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
        const stays = what === 'key' || what === 'place' ? 1 : 0;
        expect(await gallery.damage()).toEqual({ mendable: 0, unreadable: { ...NOTHING, [what]: stays } });
        if (what === 'key') return;
        expect(await namesFound(gallery, all.scope, all.faces.eve)).toContain('Eve');
        expect((await gallery.scopesOf(all.ada)).length).toBeGreaterThan(0);
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

    test('the key of a group: its people are told that it does not work now, and those of others are found, and leave', async () => {
      const all = await group(newStore);
      await all.spoil('key', ROTTEN);
      await using gallery = await all.store.open();
      await expect(gallery.search(all.scope, [all.faces.ada])).rejects.toMatchObject({
        code: 'unavailable',
        cause: { code: 'values_unreadable' },
      });
      await expect(gallery.erase(all.scope, all.ada, 'asked', T0)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await namesFound(gallery, all.elsewhere, all.faces.ada)).toEqual(['Ada']);
      await leaves(gallery, all.elsewhere, all.ada);
    });
  });
}
