import { eraseGroup } from '../chat/erasure/group.ts';
import { NOTICE_VERSION } from '../consent/notice.ts';
import { daysKept } from '../consent/settings.ts';
import { planSweep, type SweepCandidate, type SweepRules, tellsOfSomebody } from '../consent/sweep.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { BRIEF, LONG } from '../queue/pending.ts';
import { hasJumped } from './last-sweep.ts';
import { withOverdue } from './overdue.ts';
import type { Kept } from './parts.ts';
import { forgetPresence, isGone } from './presence.ts';

/** What a sweep did, in numbers. */
export interface SweepResult {
  readonly scopes: number;
  readonly people: number;
  readonly erased: number;
  /** In how many scopes an alarm stopped the sweep; 1 when the clock stopped the whole sweep. */
  readonly alarms: number;
}

interface SweepOptions {
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Erases people who left their group, whom the platform has long not confirmed as members, who were
 * kept for long enough, or who did not agree to a new notice in time. Erases whole groups from
 * which the bot was removed unnoticed. Removes expired items from the stores. Nobody is erased
 * because of time alone before two sweeps, a day apart, have found that the time is over. When the
 * clock may have jumped, the sweep does nothing. `force` makes it go on in spite of an alarm. It is
 * for an operator who has looked into the reason.
 * @throws the reason of `signal` once that is aborted; what was erased by then stays erased
 */
export async function sweep(parts: Kept, retentionDays: number, options: SweepOptions = {}): Promise<SweepResult> {
  const { flow, stores } = parts;
  const now = flow.now();
  if ((await hasJumped(parts, now)) && options.force !== true) {
    flow.log.error('sweep stopped by the clock');
    return { scopes: 0, people: 0, erased: 0, alarms: 1 };
  }
  await stores.pending.tidy([...BRIEF, ...LONG], now);
  await flow.gallery.tidy(now);
  const rules = { now, retentionDays, noticeVersion: NOTICE_VERSION, noticeSince: await flow.gallery.noticeSince() };
  const total = { scopes: 0, people: 0, erased: 0, alarms: 0 };
  for (const { scope, places } of await flow.gallery.scopes()) {
    const [place] = places;
    if (!place) continue;
    options.signal?.throwIfAborted();
    const { people, erased, alarms } = (await isGone(parts, place))
      ? await sweepPlace(parts, scope, place, places)
      : await sweepPeople(parts, scope, place, rules, options);
    total.scopes += 1;
    total.people += people;
    total.erased += erased;
    total.alarms += alarms;
  }
  flow.log.info('swept', total);
  return total;
}

type PlaceResult = Omit<SweepResult, 'scopes'>;

/**
 * Erases a group from which the bot was removed, as a listener does when it hears of the removal.
 */
async function sweepPlace(parts: Kept, scope: ScopeId, place: Place, places: readonly Place[]): Promise<PlaceResult> {
  const { flow } = parts;
  const before = (await flow.gallery.people(scope)).length;
  await eraseGroup(flow, place);
  const isErased = (await flow.gallery.scopeOf(place)) === undefined;
  // If the group is not erased yet, erasures of some of its people wait in the queue. The notes
  // stay, so that the next sweep goes on.
  if (isErased) for (const one of places) await forgetPresence(parts, one);
  const erased = before - (isErased ? 0 : (await flow.gallery.people(scope)).length);
  flow.log.info('group gone', { people: before, erased });
  return { people: before, erased, alarms: 0 };
}

async function sweepPeople(
  parts: Kept,
  scope: ScopeId,
  place: Place,
  ofAll: SweepRules,
  { force = false, signal }: SweepOptions,
): Promise<PlaceResult> {
  const { flow } = parts;
  const operatorDays = ofAll.retentionDays;
  const retentionDays = daysKept(operatorDays, await flow.gallery.settings(scope));
  const rules = { ...ofAll, retentionDays, operatorDays };
  const asked = await withMembership(flow, scope, place, signal);
  const people = await withTime(parts, scope, asked, rules);
  const { erase, alarm } = planSweep(people, rules);
  if (alarm && !force) {
    flow.log.error('sweep stopped', { people: people.length, wouldErase: erase.length });
    return { people: people.length, erased: 0, alarms: 1 };
  }
  await flow.eraser.eraseAll(erase, place, signal);
  signal?.throwIfAborted();
  return { people: people.length, erased: erase.length, alarms: 0 };
}

/**
 * Does what {@link withOverdue} does. If the shelf does not answer, it adds nothing, so that nobody
 * is erased because of time.
 */
async function withTime(
  parts: Kept,
  scope: ScopeId,
  people: readonly SweepCandidate<Person>[],
  rules: SweepRules,
): Promise<readonly SweepCandidate<Person>[]> {
  try {
    return await withOverdue(parts, scope, people, rules);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    parts.flow.log.warn('overdue not noted', { code: error.code });
    return people;
  }
}

async function withMembership(
  flow: Kept['flow'],
  scope: ScopeId,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<SweepCandidate<Person>[]> {
  const courier = flow.couriers[place.platform];
  const swept: SweepCandidate<Person>[] = [];
  // The platform is asked about one person after the other, so that it does not get too many calls.
  for (const { person, standing } of await flow.gallery.people(scope)) {
    signal?.throwIfAborted();
    const membership = courier ? await courier.membership(place, person.id) : 'down';
    swept.push({ person, standing, membership });
  }
  try {
    return await withUnproven(flow, scope, swept);
  } catch (error) {
    // If the shelf is full or cannot be reached, nothing is noted until the next sweep.
    if (!(error instanceof Failure)) throw error;
    flow.log.warn('membership not noted', { code: error.code });
    return swept;
  }
}

/**
 * Notes since when the platform has not said whether a person is a member, and adds it to the
 * person. Once the platform says that the person is a member, the note is removed.
 */
async function withUnproven(
  { unproven, now }: Kept['flow'],
  scope: ScopeId,
  people: readonly SweepCandidate<Person>[],
): Promise<SweepCandidate<Person>[]> {
  const isTold = tellsOfSomebody(people);
  const swept: SweepCandidate<Person>[] = [];
  for (const one of people) {
    const { person, membership } = one;
    if (membership === 'member') await unproven.drop(scope, person);
    const unprovenSince = membership === 'no_proof' ? await unproven.since(scope, person) : undefined;
    // If the platform says of nobody in this group whether they are a member, that says nothing
    // about this person.
    if (membership === 'no_proof' && isTold) await unproven.note(scope, person, unprovenSince ?? now());
    swept.push({ ...one, unprovenSince });
  }
  return swept;
}
