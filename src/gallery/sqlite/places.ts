import type { SqliteFile } from '../../sqlite/file.ts';
import type { Gallery } from '../gallery.ts';
import { assertDroppable, mayMovePlace } from '../rules/places.ts';
import type { OpenedScopes } from './opened.ts';
import type { Tables } from './tables.ts';

type Places = Pick<Gallery, 'scope' | 'scopeOf' | 'movePlace' | 'scopesOf' | 'scopes' | 'dropScope'>;

/** Scopes as the places that point to them know them. */
export function placesOf({ read, write }: SqliteFile, tables: Tables, opened: OpenedScopes): Places {
  const { scopes, people, memberships } = tables;
  return {
    scope: async (place) =>
      (await read(() => scopes.of(place))) ?? (await write(() => scopes.of(place) ?? scopes.make(place))),

    scopeOf: (place) => read(() => scopes.of(place)),

    movePlace: (from, to) =>
      write(() => {
        const [id, before] = [scopes.of(from), scopes.of(to)];
        const there = before && { scope: before, isInhabited: !people.isEmpty(before) };
        const scope = mayMovePlace(id, there) && scopes.open(id);
        if (!scope) return;
        scopes.point(to, scope);
        if (before !== undefined && scopes.isAbandoned(before)) scopes.remove(before);
      }),

    scopesOf: (person) =>
      read(() =>
        memberships.of(person).flatMap((id) => {
          const [place] = scopes.placesOf(id);
          return place ? [{ scope: id, place }] : [];
        }),
      ),

    scopes: () => read(() => scopes.ids().map((id) => ({ scope: id, places: scopes.placesOf(id) }))),

    async dropScope(id) {
      await write(() => {
        assertDroppable(!people.isEmpty(id));
        scopes.remove(id);
      });
      opened.forget(id);
    },
  };
}
