import { eraseGroup } from '../chat/erasure/group.ts';
import { NOTICE_VERSION } from '../consent/notice.ts';
import { daysKept } from '../consent/settings.ts';
import { planSweep, type SweepRules, type Swept as SweptPerson, tellsOfSomebody } from '../consent/sweep.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { hasJumped } from './last-sweep.ts';
import { withOverdue } from './overdue.ts';
import type { Kept } from './parts.ts';
import { forgetPresence, isGone } from './presence.ts';

/** What a sweep did, in numbers. */
export interface Swath {
  readonly scopes: number;
  readonly people: number;
  readonly erased: number;
  /** Scopes in which so many would have been erased at once that nobody was; 1 where the clock stopped the whole sweep. */
  readonly alarms: number;
}

interface SweepOptions {
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Erases everybody who left their group or was not shown to be in it for long, let the retention
 * pass, or did not agree to a new notice in time, and whole groups that the bot was removed from
 * unheard. Removes what is past its time from the stores. What goes by time alone is done once two
 * sweeps have seen it, a day apart. Nothing is done when the clock may have jumped. `force` goes on
 * even where an alarm would stop it, once an operator has looked.
 * @throws the reason of `signal` once that is aborted; what was erased by then stays so
 */
export async function sweep(house: Kept, retentionDays: number, options: SweepOptions = {}): Promise<Swath> {
  const { flow, stores } = house;
  const now = flow.now();
  if ((await hasJumped(house, now)) && options.force !== true) {
    flow.log.error('sweep stopped by the clock');
    return { scopes: 0, people: 0, erased: 0, alarms: 1 };
  }
  await stores.pending.tidy(now);
  await flow.gallery.tidy(now);
  const rules = { now, retentionDays, noticeVersion: NOTICE_VERSION, noticeSince: await flow.gallery.noticeSince() };
  const total = { scopes: 0, people: 0, erased: 0, alarms: 0 };
  for (const { scope, places } of await flow.gallery.scopes()) {
    const [place] = places;
    if (!place) continue;
    options.signal?.throwIfAborted();
    const { people, erased, alarms } = (await isGone(house, place))
      ? await sweepPlace(house, scope, place, places)
      : await sweepPeople(house, scope, place, rules, options);
    total.scopes += 1;
    total.people += people;
    total.erased += erased;
    total.alarms += alarms;
  }
  flow.log.info('swept', total);
  return total;
}

type Swept = Omit<Swath, 'scopes'>;

/** Does what would have been done, had the bot heard of its removal. */
async function sweepPlace(house: Kept, scope: ScopeId, place: Place, places: readonly Place[]): Promise<Swept> {
  const { flow } = house;
  const before = (await flow.gallery.people(scope)).length;
  await eraseGroup(flow, place);
  const isErased = (await flow.gallery.scopeOf(place)) === undefined;
  // Else the queue has some of its people, and the next sweep removes what is left.
  if (isErased) for (const one of places) await forgetPresence(house, one);
  const erased = before - (isErased ? 0 : (await flow.gallery.people(scope)).length);
  flow.log.info('group gone', { people: before, erased });
  return { people: before, erased, alarms: 0 };
}

async function sweepPeople(
  house: Kept,
  scope: ScopeId,
  place: Place,
  ofAll: SweepRules,
  { force = false, signal }: SweepOptions,
): Promise<Swept> {
  const { flow } = house;
  const operatorDays = ofAll.retentionDays;
  const retentionDays = daysKept(operatorDays, await flow.gallery.settings(scope));
  const rules = { ...ofAll, retentionDays, operatorDays };
  const asked = await withMembership(flow, scope, place, signal);
  const people = await withTime(house, scope, asked, rules);
  const { erase, alarm } = planSweep(people, rules);
  if (alarm && !force) {
    flow.log.error('sweep stopped', { people: people.length, wouldErase: erase.length });
    return { people: people.length, erased: 0, alarms: 1 };
  }
  await flow.eraser.eraseAll(erase, place, signal);
  signal?.throwIfAborted();
  return { people: people.length, erased: erase.length, alarms: 0 };
}

/** A shelf that cannot be asked has seen nobody twice: then nobody is erased because of the time. */
async function withTime(
  house: Kept,
  scope: ScopeId,
  people: readonly SweptPerson<Person>[],
  rules: SweepRules,
): Promise<readonly SweptPerson<Person>[]> {
  try {
    return await withOverdue(house, scope, people, rules);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    house.flow.log.warn('overdue not noted', { code: error.code });
    return people;
  }
}

async function withMembership(
  flow: Kept['flow'],
  scope: ScopeId,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<SweptPerson<Person>[]> {
  const courier = flow.couriers[place.platform];
  const swept: SweptPerson<Person>[] = [];
  // One after the other: a platform is not to be flooded for housekeeping.
  for (const { person, standing } of await flow.gallery.people(scope)) {
    signal?.throwIfAborted();
    const membership = courier ? await courier.membership(place, person.id) : 'down';
    swept.push({ person, standing, membership });
  }
  try {
    return await withProof(flow, scope, swept);
  } catch (error) {
    // A shelf that is full or away must not keep the rest of the sweep from being done; that of tomorrow notes it.
    if (!(error instanceof Failure)) throw error;
    flow.log.warn('membership not noted', { code: error.code });
    return swept;
  }
}

/** Notes of whom the platform does not say whether they are there, since when, and strikes off whom it does. */
async function withProof(
  { unproven, now }: Kept['flow'],
  scope: ScopeId,
  people: readonly SweptPerson<Person>[],
): Promise<SweptPerson<Person>[]> {
  const isTold = tellsOfSomebody(people);
  const swept: SweptPerson<Person>[] = [];
  for (const one of people) {
    const { person, membership } = one;
    if (membership === 'member') await unproven.drop(scope, person);
    const unprovenSince = membership === 'no_proof' ? await unproven.since(scope, person) : undefined;
    // Where nobody is proved, that says nothing of this person.
    if (membership === 'no_proof' && isTold) await unproven.note(scope, person, unprovenSince ?? now());
    swept.push({ ...one, unprovenSince });
  }
  return swept;
}
