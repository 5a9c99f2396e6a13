import { NOTICE_VERSION } from '../consent/notice.ts';
import { planSweep, type Swept } from '../consent/sweep.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import type { House } from './house.ts';

/** What a sweep did, in numbers. */
export interface Swath {
  readonly scopes: number;
  readonly people: number;
  readonly erased: number;
  /** Scopes in which so many would have been erased at once that nobody was. */
  readonly alarms: number;
}

/**
 * Erases everybody who left their group, let the retention pass, or did not agree to a new notice in time; removes what is past
 * its time from the stores. `force` erases even where the alarm would stop it, once an operator has looked.
 * @throws the reason of `signal` once that is aborted; what was erased by then stays so
 */
export async function sweep(
  { flow, stores }: House,
  retentionDays: number,
  { force = false, signal }: { readonly force?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Swath> {
  const now = flow.now();
  await stores.pending.tidy(now);
  await stores.gallery.tidy(now);
  const rules = { now, retentionDays, noticeVersion: NOTICE_VERSION, noticeSince: await stores.gallery.noticeSince() };
  const total = { scopes: 0, people: 0, erased: 0, alarms: 0 };
  for (const { scope, places } of await stores.gallery.scopes()) {
    const [place] = places;
    if (!place) continue;
    const people = await withMembership(flow, scope, place, signal);
    const { erase, alarm } = planSweep(people, rules);
    total.scopes += 1;
    total.people += people.length;
    if (alarm && !force) {
      total.alarms += 1;
      flow.log.error('sweep stopped', { people: people.length, wouldErase: erase.length });
      continue;
    }
    await flow.eraser.eraseAll(erase, place, signal);
    signal?.throwIfAborted();
    total.erased += erase.length;
  }
  flow.log.info('swept', total);
  return total;
}

async function withMembership(
  flow: House['flow'],
  scope: ScopeId,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<Swept<Person>[]> {
  const courier = flow.couriers[place.platform];
  const swept: Swept<Person>[] = [];
  // One after the other: a platform is not to be flooded for housekeeping.
  for (const { person, standing } of await flow.gallery.people(scope)) {
    signal?.throwIfAborted();
    const membership = courier ? await courier.membership(place, person.id) : 'unknown';
    swept.push({ person, standing, membership });
  }
  return swept;
}
