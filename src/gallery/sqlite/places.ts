import type { Place } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { SqliteFile } from '../../sqlite/file.ts';
import type { Gallery } from '../gallery.ts';
import { assertDroppable, joined, type Known } from '../rules/places.ts';
import type { OpenedScopes } from './opened.ts';
import type { Tables } from './tables.ts';

type Places = Pick<
  Gallery,
  'scope' | 'scopeOf' | 'movePlace' | 'placesOf' | 'scopesOf' | 'scopes' | 'dropScope' | 'settings' | 'configure'
>;

/** The gallery's calls about places, scopes and settings. */
export function placesOf({ read, write }: SqliteFile, tables: Tables, opened: OpenedScopes): Places {
  const { scopes, settings, people, memberships } = tables;
  const knownOf = (place: Place): Known | undefined => {
    const scope = scopes.of(place);
    return scope && { scope, isInhabited: !people.isEmpty(scope) };
  };
  return {
    scope: async (place) =>
      (await read(() => scopes.of(place))) ?? (await write(() => scopes.of(place) ?? scopes.make(place))),

    scopeOf: (place) => read(() => scopes.of(place)),

    movePlace: (from, to) =>
      write(() => {
        const known = { from: knownOf(from), to: knownOf(to) };
        const whose = joined(known.from, known.to);
        if (whose === 'same') return undefined;
        if (whose === 'split' && known.from && known.to) return { from: known.from.scope, to: known.to.scope };
        const kept = whose === 'from' ? known.from : known.to;
        const scope = scopes.open(kept?.scope ?? scopes.make(to));
        if (!scope) return undefined;
        const given = [known.from, known.to].filter((one) => one && one.scope !== scope.id);
        const earlier = given.flatMap((one) => (one ? scopes.placesOf(one.scope).toReversed() : []));
        // A group's latest place is the one that was written last, and that must be `to`.
        for (const place of [...earlier, from, to]) scopes.point(place, scope);
        for (const one of [known.from, known.to]) {
          if (!one || !scopes.isAbandoned(one.scope)) continue;
          const given = settings.isSet(one.scope) && scopes.readable(one.scope);
          if (given) settings.inherit(scope, given);
          scopes.remove(one.scope);
        }
        return undefined;
      }),

    placesOf: (place) =>
      read(() => {
        const id = scopes.of(place);
        const places = id === undefined ? [] : scopes.placesOf(id);
        return places.length > 0 ? places : [place];
      }),

    scopesOf: (person) =>
      read(() => memberships.of(person).map((id) => ({ scope: id, place: scopes.placesOf(id)[0] }))),

    scopes: () =>
      read(() =>
        scopes
          .ids()
          .filter((id) => scopes.readable(id))
          .map((id) => ({ scope: id, places: scopes.placesOf(id) })),
      ),

    settings: (id) =>
      read(() => {
        const scope = scopes.readable(id);
        return scope ? settings.of(scope) : {};
      }),

    configure: (id, change) =>
      write(() => {
        const scope = scopes.open(id);
        if (!scope) throw new Failure('expired');
        settings.change(scope, change);
      }),

    async dropScope(id) {
      await write(() => {
        assertDroppable(!people.isEmpty(id));
        scopes.remove(id);
      });
      opened.forget(id);
    },
  };
}
