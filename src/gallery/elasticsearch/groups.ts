import type { Place, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Gallery, Split } from '../gallery.ts';
import { assertDroppable, joined, type Known } from '../rules/places.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';

type Groups = Pick<
  Gallery,
  'scope' | 'scopeOf' | 'movePlace' | 'placesOf' | 'scopesOf' | 'scopes' | 'dropScope' | 'settings' | 'configure'
>;

/** The gallery's calls about places, scopes and settings. */
export function groupsOf({ scopes, records, memberships }: Parts): Groups {
  async function knownOf(place: Place): Promise<(Known & { readonly open: OpenScope }) | undefined> {
    const id = await scopes.of(place);
    const open = id && (await scopes.openNow(id));
    return open && { scope: open.id, isInhabited: (await records.living(open)).length > 0, open };
  }

  /** Joins two places. `again`: a scope was just made, or changed meanwhile, so call this again. */
  async function move(from: Place, to: Place): Promise<Split | undefined | 'again'> {
    const known = { from: await knownOf(from), to: await knownOf(to) };
    const whose = joined(known.from, known.to);
    if (whose === 'same') return undefined;
    if (whose === 'new') {
      await scopes.at(to);
      return 'again';
    }
    const [kept, other] = whose === 'from' ? [known.from, known.to] : [known.to, known.from];
    if (!kept) return 'again';
    if (whose === 'split' && other) return { from: other.scope, to: kept.scope };
    const place = whose === 'from' ? to : from;
    if (other && !(await bring(scopes, other.scope, kept.open, [from, to]))) return 'again';
    if (!(await scopes.point(place, kept.open, other?.scope))) return 'again';
    // A group's latest place is the one that was written last, and that must be `to`.
    if (whose === 'to') await scopes.point(to, kept.open, kept.scope);
    if (other) await scopes.settings.inherit(kept.open, other.open);
    return other && (await leave(other.open, kept.scope));
  }

  /**
   * Removes a scope if no place points to it any more. If it has people, because somebody agreed in
   * it at that moment, it stays, and the split is given.
   */
  async function leave(scope: OpenScope, to: ScopeId): Promise<Split | undefined> {
    const [left] = await scopes.some([scope.id]);
    if (!left || left.isPlaced) return undefined;
    if ((await records.living(scope)).length > 0) return { from: scope.id, to };
    await scopes.remove(scope.id);
    return undefined;
  }

  return {
    scope: (place) => scopes.at(place),

    async scopeOf(place) {
      const id = await scopes.of(place);
      // A place may still point to a scope that is just being dropped. Then it has no scope.
      return id && (await scopes.open(id)) ? id : undefined;
    },

    async movePlace(from, to) {
      for (;;) {
        const moved = await move(from, to);
        if (moved !== 'again') return moved;
      }
    },

    async placesOf(place) {
      const id = await scopes.of(place);
      const [found] = id ? await scopes.some([id]) : [];
      return found && found.places.length > 0 ? found.places : [place];
    },

    async scopesOf(person) {
      const lives = await memberships.of(person);
      if (lives.length === 0) return [];
      const [found, states] = await Promise.all([
        scopes.some(lives.map(({ scope }) => scope)),
        records.epochsOf(lives.map(({ record }) => record)),
      ]);
      const placeOf = new Map(found.map(({ id, places: [place] }) => [id, place]));
      return lives.flatMap(({ scope, record }) =>
        states.get(record)?.live ? [{ scope, place: placeOf.get(scope) }] : [],
      );
    },

    scopes: async () => (await scopes.all()).map(({ id, places }) => ({ scope: id, places })),

    async settings(id) {
      const scope = await scopes.readable(id);
      return scope ? await scopes.settings.of(scope) : {};
    },

    async configure(id, settings) {
      const scope = await scopes.openNow(id);
      if (!scope) throw new Failure('expired');
      await scopes.settings.change(scope, settings);
    },

    async dropScope(id) {
      const scope = await scopes.open(id);
      if (!scope) return;
      // An unfinished erasure needs the scope's key, so the scope may not be dropped before the
      // erasure is finished.
      const isInhabited = (await records.living(scope)).length > 0 || (await records.unsettled(id)).length > 0;
      assertDroppable(isInhabited);
      await scopes.remove(id);
    },
  };
}

/**
 * Points the places of scope `id`, except those in `but`, to the scope `kept`. The latest place is
 * written last. False when another process changed one of them meanwhile.
 */
async function bring(scopes: Parts['scopes'], id: ScopeId, kept: OpenScope, but: readonly Place[]): Promise<boolean> {
  const [given] = await scopes.some([id]);
  for (const place of given?.places.toReversed() ?? []) {
    if (but.some((one) => one.id === place.id)) continue;
    if (!(await scopes.point(place, kept, id))) return false;
  }
  return true;
}
