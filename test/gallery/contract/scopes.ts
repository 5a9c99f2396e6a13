import { describe, expect, test } from 'vitest';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, enrolled, face, namesFound, somebody, somewhere } from '../people.ts';
import { sharedStore } from './shared-store.ts';

export function scopesContract(newStore: () => Promise<GalleryStore>): void {
  describe('scopes', () => {
    const shared = sharedStore(newStore);

    test('one place is always one scope, whoever asks', async () => {
      const place = somewhere();
      const scope = await shared.gallery.scope(place);
      expect(await shared.gallery.scope(place)).toBe(scope);
      expect(await shared.beside.scope({ ...place, title: 'Renamed' })).toBe(scope);
    });

    test('to ask for a place’s scope makes none', async () => {
      const place = somewhere();
      const before = await shared.gallery.scopes();
      expect(await shared.gallery.scopeOf(place)).toBeUndefined();
      expect(await shared.beside.scopes()).toEqual(before);
      const scope = await shared.gallery.scope(place);
      expect(await shared.beside.scopeOf(place)).toBe(scope);
      await shared.gallery.dropScope(scope);
      expect(await shared.beside.scopeOf(place)).toBeUndefined();
    });

    test('a place’s scope and how a person stands there are told together, as they are at that moment', async () => {
      const [place, other] = [somewhere(), somewhere()];
      const person = somebody();
      const told = async (where = place) => await shared.gallery.entrance(where, person);
      expect(await told()).toMatchObject({ standing: { epoch: 0, agreed: {}, templates: 0 } });
      expect((await told()).scope).toBeUndefined();
      const scope = await shared.beside.scope(place);
      for (const epoch of [0, 1]) {
        await agreed(shared.beside, scope, person);
        const { name } = person;
        expect(await told()).toEqual({ scope, name, standing: await shared.beside.standing(scope, person) });
        await shared.beside.erase(scope, person, 'asked', Date.now());
        expect(await told()).toEqual({ scope, standing: { epoch: epoch + 1, agreed: {}, templates: 0, alerts: 0 } });
      }
      const fresh = await shared.beside.scope(other);
      expect((await told(other)).scope).toBe(fresh);
      await agreed(shared.beside, scope, person);
      await shared.beside.movePlace(place, other);
      expect(await told(other)).toEqual({
        scope,
        name: person.name,
        standing: await shared.beside.standing(scope, person),
      });
      await shared.beside.erase(scope, person, 'asked', Date.now());
      await shared.beside.dropScope(scope);
      expect(await shared.beside.entrance(place, person)).not.toHaveProperty('scope');
    });

    test('a place first seen by many at the same moment becomes one scope', async () => {
      const place = somewhere();
      const askers = [shared.gallery, shared.beside, shared.gallery, shared.beside, shared.gallery, shared.beside];
      const scopes = await Promise.all(askers.map((gallery) => gallery.scope(place)));
      expect(new Set(scopes).size).toBe(1);
    });

    test('the same id on two platforms is two places', async () => {
      const { id } = somewhere();
      const onDiscord = await shared.gallery.scope({ platform: 'discord', id });
      expect(await shared.gallery.scope({ platform: 'page', id })).not.toBe(onDiscord);
    });

    test('ids that only look alike when written together stay apart', async () => {
      const scope = await shared.scope();
      await agreed(shared.gallery, scope, { platform: 'page', id: 'a:b', name: '' });
      expect((await shared.gallery.standing(scope, { platform: 'page', id: 'a', name: 'b' })).agreed).toEqual({});
    });

    test('are listed with the places that point to them', async () => {
      const place = somewhere();
      const scope = await shared.gallery.scope(place);
      const listed = (await shared.beside.scopes()).find((one) => one.scope === scope);
      expect(listed?.places).toEqual([place]);
    });

    test('of a person are those in which something is held, each by one place', async () => {
      const person = somebody();
      expect(await shared.gallery.scopesOf(person)).toEqual([]);
      const [here, there, elsewhere] = [somewhere(), somewhere(), somewhere()];
      const first = await shared.gallery.scope(here);
      const second = await shared.gallery.scope(there);
      await shared.gallery.scope(elsewhere);
      await agreed(shared.gallery, first, person);
      await agreed(shared.gallery, second, person);
      const found = await shared.beside.scopesOf(person);
      expect(found).toHaveLength(2);
      expect(found).toEqual(
        expect.arrayContaining([
          { scope: first, place: here },
          { scope: second, place: there },
        ]),
      );
      await shared.gallery.erase(first, person, 'asked', Date.now());
      expect(await shared.gallery.scopesOf(person)).toEqual([{ scope: second, place: there }]);
    });

    test('list their people, and nobody else', async () => {
      const scope = await shared.scope();
      expect(await shared.gallery.people(scope)).toEqual([]);
      const [ada, ben] = [somebody('Ada'), somebody('Ben')];
      await enrolled(shared.gallery, scope, ada, [face()]);
      await agreed(shared.gallery, scope, ben);
      await agreed(shared.gallery, await shared.scope(), somebody('Cleo'));
      const people = await shared.beside.people(scope);
      expect(people.map(({ person }) => person)).toEqual(expect.arrayContaining([ada, ben]));
      expect(people).toHaveLength(2);
      for (const { person, standing } of people) {
        expect(standing).toEqual(await shared.gallery.standing(scope, person));
      }
    });
  });

  describe('a place that moves', () => {
    const shared = sharedStore(newStore);

    test('takes its people along, and its old id still leads to them', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      const scope = await shared.gallery.scope(group);
      const person = somebody('Ada', 'telegram');
      const own = face();
      await enrolled(shared.gallery, scope, person, [own]);
      await shared.gallery.movePlace(group, supergroup);
      expect(await shared.beside.scope(supergroup)).toBe(scope);
      expect(await shared.beside.scope(group)).toBe(scope);
      expect(await namesFound(shared.gallery, scope, own)).toEqual(['Ada']);
      expect(await shared.gallery.scopesOf(person)).toEqual([{ scope, place: supergroup }]);
      const listed = (await shared.gallery.scopes()).find((one) => one.scope === scope);
      expect(listed?.places).toEqual(expect.arrayContaining([group, supergroup]));
      expect(listed?.places).toHaveLength(2);
    });

    test('that moves twice is found by all its ids, although somebody enrolled early under the last one', async () => {
      const [group, second, third] = [somewhere('telegram'), somewhere('telegram'), somewhere('telegram')];
      await shared.gallery.scope(group);
      await shared.gallery.movePlace(group, second);
      const scope = await shared.gallery.scope(third);
      await enrolled(shared.gallery, scope, somebody('Ada', 'telegram'), [face()]);
      await shared.gallery.movePlace(second, third);
      for (const place of [group, second, third]) {
        expect(await shared.beside.placesOf(place)).toEqual([third, second, group]);
      }
      // A process that hears of the first move late changes nothing.
      await shared.gallery.movePlace(group, second);
      expect(await shared.beside.placesOf(group)).toEqual([third, second, group]);
    });

    test('moves once: a second message about it changes nothing', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      const scope = await shared.gallery.scope(group);
      await shared.gallery.movePlace(group, supergroup);
      await shared.gallery.movePlace(group, supergroup);
      expect(await shared.gallery.scope(supergroup)).toBe(scope);
      const listed = (await shared.gallery.scopes()).find((one) => one.scope === scope);
      expect(listed?.places).toHaveLength(2);
    });

    test('that was never seen means its new id from then on, however long ago that was', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      await shared.gallery.movePlace(group, supergroup);
      const scope = await shared.beside.scope(group);
      expect(await shared.gallery.scope(supergroup)).toBe(scope);
      expect(await shared.beside.placesOf(group)).toEqual([supergroup, group]);
    });

    test('is told by each of its ids, the one that came last first; an unknown one is itself', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      expect(await shared.gallery.placesOf(group)).toEqual([group]);
      await shared.gallery.scope(group);
      expect(await shared.beside.placesOf(group)).toEqual([group]);
      await shared.gallery.movePlace(group, supergroup);
      for (const place of [group, supergroup]) {
        expect(await shared.beside.placesOf(place)).toEqual([supergroup, group]);
      }
    });

    test('gives its old id to the people of its new one, where nobody is known by the old', async () => {
      for (const isEmpty of [true, false]) {
        const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
        if (isEmpty) await shared.gallery.scope(group);
        const scope = await shared.gallery.scope(supergroup);
        const person = somebody('Ada', 'telegram');
        await agreed(shared.gallery, scope, person);
        expect(await shared.gallery.movePlace(group, supergroup)).toBeUndefined();
        expect(await shared.beside.scope(group)).toBe(scope);
        expect(await shared.beside.scopesOf(person)).toEqual([{ scope, place: supergroup }]);
        const pointed = (await shared.beside.scopes()).filter(({ places }) => places.some(({ id }) => id === group.id));
        expect(pointed).toEqual([{ scope, places: [supergroup, group] }]);
      }
    });

    test('is one scope, whoever notes it or meets it at the same moment', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      const { gallery, beside } = shared;
      const both = () => [gallery.movePlace(group, supergroup), beside.movePlace(group, supergroup)];
      await Promise.all([...both(), gallery.scope(group), beside.scope(supergroup), ...both()]);
      await gallery.movePlace(group, supergroup);
      expect(await beside.scope(group)).toBe(await gallery.scope(supergroup));
    });

    test('is gone with all its ids once its scope is dropped', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      await shared.gallery.movePlace(group, supergroup);
      await shared.gallery.dropScope(await shared.gallery.scope(group));
      for (const place of [group, supergroup]) expect(await shared.beside.scopeOf(place)).toBeUndefined();
    });

    test('replaces an empty scope that its new id already had', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      const scope = await shared.gallery.scope(group);
      const early = await shared.gallery.scope(supergroup);
      expect(early).not.toBe(scope);
      await shared.gallery.movePlace(group, supergroup);
      expect(await shared.gallery.scope(supergroup)).toBe(scope);
    });

    test('with people under both ids stays two until those of the old one are carried over', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      const scope = await shared.gallery.scope(group);
      const early = await shared.gallery.scope(supergroup);
      const person = somebody('Ada', 'telegram');
      const other = somebody('Ben', 'telegram');
      await agreed(shared.gallery, early, person);
      await agreed(shared.gallery, scope, other);
      expect(await shared.gallery.movePlace(group, supergroup)).toEqual({ from: scope, to: early });
      expect(await shared.gallery.scope(supergroup)).toBe(early);
      expect(await shared.gallery.scope(group)).toBe(scope);
      expect(await shared.gallery.scopesOf(person)).toEqual([{ scope: early, place: supergroup }]);
      await shared.gallery.erase(scope, other, 'moved', Date.now());
      expect(await shared.gallery.movePlace(group, supergroup)).toBeUndefined();
      expect(await shared.beside.scope(group)).toBe(early);
    });
  });

  describe('a scope that is dropped', () => {
    const shared = sharedStore(newStore);

    test('is no longer listed; its place starts anew and its ledger stays', async () => {
      const place = somewhere();
      const scope = await shared.gallery.scope(place);
      const person = somebody();
      await agreed(shared.gallery, scope, person);
      await shared.gallery.erase(scope, person, 'removed', Date.now());
      const ledger = await shared.gallery.ledger(scope);
      await shared.gallery.dropScope(scope);
      await shared.gallery.dropScope(scope);
      expect((await shared.beside.scopes()).map((one) => one.scope)).not.toContain(scope);
      expect(await shared.beside.ledger(scope)).toEqual(ledger);
      expect(ledger).toHaveLength(3);
      expect(await shared.gallery.scope(place)).not.toBe(scope);
    });

    test('is refused while somebody is in it', async () => {
      const scope = await shared.scope();
      const person = somebody();
      await agreed(shared.gallery, scope, person);
      await expect(shared.gallery.dropScope(scope)).rejects.toMatchObject({ code: 'internal' });
      expect((await shared.gallery.standing(scope, person)).agreed.enrol).toBeDefined();
    });

    test('answers late work: nobody is there, nothing can be agreed, enrolled or found', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const consent = await agreed(shared.gallery, scope, person);
      await shared.gallery.erase(scope, person, 'removed', Date.now());
      await shared.gallery.dropScope(scope);
      const { beside } = shared;
      const agreement = { version: 1, noticeHash: 'x', at: 1, shown: false };
      await expect(beside.agree(scope, person, 'search', agreement, 1)).rejects.toMatchObject({ code: 'expired' });
      const enrolling = beside.enrol(consent, [face()], { isSame: () => false, now: 1 });
      await expect(enrolling).rejects.toMatchObject({ code: 'expired' });
      expect(await beside.search(scope, [face()])).toEqual({ templates: 0, faces: [[]] });
      expect(await beside.people(scope)).toEqual([]);
      expect(await beside.dossier(scope, person)).toBeUndefined();
      expect(await beside.erase(scope, person, 'asked', 1)).toBeUndefined();
      expect(await beside.remaining(scope, person)).toBe(0);
      expect((await beside.standing(scope, person)).agreed).toEqual({});
    });
  });
}
