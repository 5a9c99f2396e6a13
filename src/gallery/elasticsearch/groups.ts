import type { Gallery } from '../gallery.ts';
import { assertDroppable, mayMovePlace } from '../rules/places.ts';
import type { Parts } from './parts.ts';

type Groups = Pick<Gallery, 'scope' | 'scopeOf' | 'movePlace' | 'scopesOf' | 'scopes' | 'dropScope'>;

/** What a gallery says of places and their scopes. */
export function groupsOf({ scopes, records, memberships }: Parts): Groups {
  return {
    scope: (place) => scopes.at(place),

    async scopeOf(place) {
      const id = await scopes.of(place);
      // A place may outlive its scope by a moment.
      return id && (await scopes.open(id)) ? id : undefined;
    },

    async movePlace(from, to) {
      const id = await scopes.of(from);
      const scope = id && (await scopes.openNow(id));
      const before = await scopes.of(to);
      const abandoned = before && (await scopes.openNow(before));
      const isInhabited = abandoned ? (await records.living(abandoned)).length > 0 : false;
      if (!scope || !mayMovePlace(id, before && { scope: before, isInhabited })) return;
      await scopes.point(to, scope);
      const [left] = before ? await scopes.some([before]) : [];
      if (left?.places.length === 0) await scopes.remove(left.id);
    },

    async scopesOf(person) {
      const lives = await memberships.of(person);
      if (lives.length === 0) return [];
      const [found, states] = await Promise.all([
        scopes.some(lives.map(({ scope }) => scope)),
        records.epochsOf(lives.map(({ record }) => record)),
      ]);
      return found.flatMap(({ id, places: [place] }) => {
        const isThere = states.get(records.idOf(id, person))?.live === true;
        return isThere && place ? [{ scope: id, place }] : [];
      });
    },

    scopes: async () => (await scopes.all()).map(({ id, places }) => ({ scope: id, places })),

    async dropScope(id) {
      const scope = await scopes.open(id);
      if (!scope) return;
      // An erasure that is not finished needs the scope's key.
      const isInhabited = (await records.living(scope)).length > 0 || (await records.unsettled(id)).length > 0;
      assertDroppable(isInhabited);
      await scopes.remove(id);
    },
  };
}
