import { type GroupRules, rulesOf } from '../../consent/settings.ts';
import type { Place } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Ask } from '../ask.ts';
import { courierOf, type Flow } from '../flow.ts';

/**
 * The present rules for the group of a place. This stores nothing about the group. Fails as the
 * gallery does.
 */
export async function rulesAt({ gallery, rules }: Pick<Flow, 'gallery' | 'rules'>, place: Place): Promise<GroupRules> {
  const scope = await gallery.scopeOf(place);
  return rulesOf(rules, scope && (await gallery.settings(scope)));
}

/**
 * The rules where an ask was sent: those of its group, else the operator's. They are the operator's
 * also while the gallery is down, because the answer to a question for help does not need it.
 */
export async function rulesHere(
  flow: Pick<Flow, 'gallery' | 'rules'>,
  { place }: Pick<Ask, 'place'>,
): Promise<GroupRules> {
  if (!place) return flow.rules;
  try {
    return await rulesAt(flow, place);
  } catch (error) {
    if (error instanceof Failure) return flow.rules;
    throw error;
  }
}

/**
 * How many people are enrolled in the group of a place. People who only search do not count. Fails
 * as the gallery does.
 */
export async function enrolledAt({ gallery }: Pick<Flow, 'gallery'>, place: Place): Promise<number> {
  const scope = await gallery.scopeOf(place);
  const people = scope ? await gallery.people(scope) : [];
  return people.filter(({ standing }) => standing.templates > 0).length;
}

/**
 * Resolves if the platform confirms that the asker is an admin of the group now.
 * @throws Failure `not_allowed`; `unavailable` when the platform could not be asked
 */
export async function assertAdmin(flow: Flow, { person, address }: Ask, place: Place): Promise<void> {
  const courier = courierOf(flow, place.platform);
  // At their own machine everybody may do everything.
  if (courier.audience === 'alone') return;
  const admin = (await courier.isAdmin?.(place, person.id, address)) ?? 'no';
  if (admin === 'down') throw new Failure('unavailable', { cause: new Error(`${place.platform} was not reached`) });
  if (admin === 'no') throw new Failure('not_allowed');
}
