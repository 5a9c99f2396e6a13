import type { Person } from '../../consent/who.ts';
import type { Erasure, ErasureOptions, ErasureReason } from '../erasure.ts';
import { type ErasureDecision, erasure, erasureReport } from '../rules/erase.ts';
import { type Erasing, type Life, newLife, type PersonRecord, subjectIn } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** Erasing a person, and counting what is left of one. */
export function eraser({ records, memberships, ledger, faces, finds }: Parts, { lift }: Settler) {
  /**
   * One write turns the life into an erasure to be carried out, at the next epoch: from then on no search names the person and
   * no older work counts, and the salt is gone. An erasure that was cut short is carried on by the next call.
   */
  async function erase(
    scope: OpenScope,
    person: Person,
    reason: ErasureReason,
    now: number,
    { epoch: only, told }: ErasureOptions = {},
  ): Promise<Erasure | undefined> {
    const record = await decide(scope, records.idOf(scope.id, person), reason, now, { only }, person);
    // The erasure of a life after the one that is meant is somebody else's to hear of.
    if (only !== undefined && record.epoch > only + 1) return undefined;
    return finish(scope, record, told);
  }

  /** The record with its erasure decided, which {@link finish} carries out; as it was where none is to be. */
  async function decide(
    scope: OpenScope,
    id: string,
    reason: ErasureReason,
    now: number,
    which: Parameters<typeof erasure>[3],
    person?: Person,
  ): Promise<PersonRecord> {
    const end = await ledger.end(scope.id);
    // One that cannot be read any more is written anew: its row is to go with its last life.
    if (person) await memberships.of(person);
    return await records.change(scope, id, ({ life: known, unreadable, epoch, version }) => {
      const whom = person ?? known?.person;
      // It goes by the person's keyed hash: of a life that cannot be read only the subject, and whom it was in dispute with, is lost.
      const life = known ?? (unreadable && whom && newLife(whom));
      const decided = life && erasure({ epoch, agreed: life.agreed }, reason, now, which);
      if (!decided || !whom) return undefined;
      const list = memberships.idOf(whom);
      return { id, epoch: decided.epoch, erasing: begun(life, decided, end, list), ...(version && { version }) };
    });
  }

  /** Does all that an erasure still has to do; undefined when there is none, or somebody else was quicker to finish it. */
  async function finish(
    scope: OpenScope,
    { id, epoch, erasing }: PersonRecord,
    told?: ErasureOptions['told'],
  ): Promise<Erasure | undefined> {
    if (!erasing) return undefined;
    for (const debt of erasing.owed) await ledger.append(scope.id, debt);
    const entry = await ledger.append(scope.id, erasing.event);
    const { about, by } = erasing.finds ?? (await countFinds(scope, id));
    await faces.removeOwned(scope, id);
    await finds.removeOf(scope.id, id);
    if (erasing.memberships !== undefined)
      await memberships.remove(erasing.memberships, { record: id, epoch: epoch - 1 });
    for (const rival of erasing.rivals) await lift(scope, rival.record, id);
    const removed = { templates: erasing.templates, people: 1, finds: about, findsByThem: by };
    const report = erasureReport(scope.id, erasing.subject, erasing, removed, entry);
    // The last write takes away what all this is known from, and its answer may be lost.
    await told?.(report);
    let isOurs = false;
    await records.change(scope, id, ({ erasing: open, ...now }) => {
      isOurs = open !== undefined && now.epoch === epoch;
      return isOurs ? { ...now, erasedAt: erasing.at } : undefined;
    });
    return isOurs ? report : undefined;
  }

  /** Rows of the search log, noted before the first is removed: a repetition would find fewer. */
  async function countFinds(scope: OpenScope, id: string): Promise<NonNullable<Erasing['finds']>> {
    const counted = await finds.count(scope, id);
    const { erasing } = await records.change(scope, id, (now) =>
      now.erasing && !now.erasing.finds ? { ...now, erasing: { ...now.erasing, finds: counted } } : undefined,
    );
    return erasing?.finds ?? counted;
  }

  async function remaining(scope: OpenScope, person: Person): Promise<number> {
    const id = records.idOf(scope.id, person);
    const { life, unreadable } = await records.one(scope, id);
    const { about, by } = await finds.count(scope, id);
    const listed = (await memberships.of(person)).filter(({ record }) => record === id).length;
    return (life || unreadable ? 1 : 0) + listed + (await faces.owned(scope, id)) + about + by;
  }

  return { erase, decide, finish, remaining };
}

export type Eraser = ReturnType<typeof eraser>;

function begun(life: Life, { reason, at, notice, event }: ErasureDecision, end: number, memberships: string): Erasing {
  const subject = subjectIn(life);
  return {
    reason,
    at,
    subject,
    ...(notice && { notice }),
    templates: life.templates.length,
    memberships,
    rivals: life.rivals,
    owed: life.owed,
    event: { event, subject, at, after: Math.max(end, life.lastSeq) },
  };
}
