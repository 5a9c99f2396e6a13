import type { Person, ScopeId } from '../../consent/who.ts';
import type { Gallery } from '../gallery.ts';
import type { Parts } from './parts.ts';

/** Makes {@link Gallery.remaining}. */
export function remainingIn({ scopes, records, memberships, faces, finds }: Parts): Gallery['remaining'] {
  return async function remaining(scope: ScopeId, person: Person): Promise<number> {
    const id = records.idOf(scope, person);
    const { about, by } = await finds.count(scope, id);
    const listed = (await memberships.of(person)).filter(({ record }) => record === id).length;
    return ((await isHeld(scope, id)) ? 1 : 0) + listed + (await faces.owned(scope, id)) + about + by;
  };

  /** Whether a record has a life, or something that nothing can read. */
  async function isHeld(id: ScopeId, record: string): Promise<boolean> {
    const scope = await scopes.readable(id);
    if (scope) {
      const { life, unreadable } = await records.one(scope, record);
      return life !== undefined || unreadable === true;
    }
    const state = (await records.epochsOf([record])).get(record);
    return state?.live === true || state?.unsettled === true;
  }
}
