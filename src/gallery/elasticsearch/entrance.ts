import { nothingHeld } from '../../consent/standing.ts';
import type { Person, Place } from '../../consent/who.ts';
import type { Entrance } from '../groups.ts';
import { standingOf } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/**
 * Makes {@link Gallery.entrance}. If the place's scope was read in the last minute, it guesses that
 * the scope is the same, and reads the person's record there while it reads the place again. That
 * saves a round trip. If the guess was wrong, it reads the record in the right scope.
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
    // A place may still point to a scope that is just being dropped. Then it has no scope.
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
