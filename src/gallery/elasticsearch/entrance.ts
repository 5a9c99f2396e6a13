import { nothingHeld } from '../../consent/standing.ts';
import type { Person, Place } from '../../consent/who.ts';
import type { Entrance } from '../groups.ts';
import { standingOf } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/**
 * Makes {@link Gallery.entrance}. If the scope of the place was read in the last minute, that scope
 * is a guess. Then the person's record in that scope is read together with the place. The record
 * counts if the place still has that scope.
 */
export function entering({ scopes, records, pack }: Parts, { settled }: Settler) {
  return async function entrance(place: Place, person: Person): Promise<Entrance> {
    const read = async (scope: OpenScope) => {
      const id = records.idOf(scope.id, person);
      const [record, settings] = await Promise.all([records.one(scope, id), scopes.settings.of(scope)]);
      return { record, settings };
    };
    const guess = scopes.guess(place);
    const [id, guessed] = await Promise.all([scopes.of(place), guess && read(guess)]);
    // While a scope is being dropped, its place may still exist.
    const scope = id && (await scopes.open(id));
    if (!scope) return { standing: nothingHeld(0) };
    scopes.remember(place, scope.id);
    const { record, settings } = guessed && guess?.id === id ? guessed : await read(scope);
    const now = await settled(scope, record);
    const name = now.life?.person.name;
    return {
      scope: scope.id,
      ...(Object.keys(settings).length > 0 && { settings }),
      standing: standingOf(now, pack),
      ...(name !== undefined && { name }),
    };
  };
}
