import type { Person, ScopeId } from '../../consent/who.ts';
import type { Erasure, ErasureOptions, ErasureReason } from '../erasure.ts';
import { type ErasureDecision, erasure, erasureReport } from '../rules/erase.ts';
import { sealedEraser, type Which } from './erase-sealed.ts';
import { type Erasing, type Life, newLife, type PersonRecord, subjectIn } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** Erases people. */
export function eraser(parts: Parts, { lift }: Settler) {
  const { scopes, records, memberships, ledger, faces, finds } = parts;
  const eraseSealed = sealedEraser(parts);

  /**
   * Erases a person. One write replaces the life in the record by an erasure at the next epoch.
   * From then on no search names the person, older work is void, and the salt is gone. An erasure
   * that was interrupted is continued by the next call.
   */
  async function erase(
    id: ScopeId,
    person: Person,
    reason: ErasureReason,
    now: number,
    { epoch: only, onErased }: ErasureOptions = {},
  ): Promise<Erasure | undefined> {
    const scope = await scopes.readable(id);
    if (!scope) return await eraseSealed(id, records.idOf(id, person), reason, now, { only, person, onErased });
    const record = await decide(scope, records.idOf(id, person), reason, now, { only }, person);
    // A higher epoch shows that the life at epoch `only` was erased before. An erasure in the
    // record is then of a later life, and is reported to the caller who asked for it.
    if (only !== undefined && record.epoch > only + 1) return undefined;
    return finish(scope, record, onErased);
  }

  /**
   * Writes the decision to erase into the record, and gives the record. {@link finish} then carries
   * it out. When there is nothing to erase, the record stays as it is.
   */
  async function decide(
    scope: OpenScope,
    id: string,
    reason: ErasureReason,
    now: number,
    which: Which,
    person?: Person,
  ): Promise<PersonRecord> {
    const end = await ledger.end(scope.id);
    // If the person's list of groups is unreadable, this writes it again. Otherwise this scope
    // could not be removed from the list.
    if (person) await memberships.of(person);
    return await records.change(scope, id, ({ life: known, unreadable, epoch, version }) => {
      const whom = person ?? known?.person;
      // An unreadable record can be erased too. Its subject and disputes are lost.
      const life = known ?? (unreadable && whom && newLife(whom));
      const decided = life && erasure({ epoch, agreed: life.agreed }, reason, now, which);
      if (!decided || !whom) return undefined;
      const list = memberships.idOf(whom);
      return { id, epoch: decided.epoch, erasing: begun(life, decided, end, list), ...(version && { version }) };
    });
  }

  /**
   * Carries out the erasure that is noted in the record, and gives its report. Undefined when no
   * erasure is noted, or another process finished it first.
   */
  async function finish(
    scope: OpenScope,
    { id, epoch, erasing }: PersonRecord,
    onErased?: ErasureOptions['onErased'],
  ): Promise<Erasure | undefined> {
    if (!erasing) return undefined;
    for (const debt of erasing.owed) await ledger.append(scope.id, debt);
    const entry = await ledger.append(scope.id, erasing.event);
    const { about, by } = erasing.finds ?? (await countFinds(scope, id));
    await faces.removeOwned(scope.id, id);
    await finds.removeOf(scope.id, id);
    if (erasing.memberships !== undefined)
      await memberships.remove(erasing.memberships, { record: id, epoch: epoch - 1 });
    for (const rival of erasing.rivals) await lift(scope, rival.record, id);
    const removed = { templates: erasing.templates, people: 1, finds: about, findsByThem: by };
    const report = erasureReport(scope.id, erasing.subject, erasing, removed, entry);
    // The report is given before the last write, which removes from the record what the report is
    // made of. If that write came first and its answer were lost, nobody could report any more.
    await onErased?.(report);
    let isOurs = false;
    await records.change(scope, id, ({ erasing: open, ...now }) => {
      isOurs = open !== undefined && now.epoch === epoch;
      return isOurs ? { ...now, erasedAt: erasing.at } : undefined;
    });
    return isOurs ? report : undefined;
  }

  /**
   * Counts the person's lines in the search log, and notes the numbers in the record before any
   * line is removed. Another count after an interruption would find fewer.
   */
  async function countFinds(scope: OpenScope, id: string): Promise<NonNullable<Erasing['finds']>> {
    const counted = await finds.count(scope.id, id);
    const { erasing } = await records.change(scope, id, (now) =>
      now.erasing && !now.erasing.finds ? { ...now, erasing: { ...now.erasing, finds: counted } } : undefined,
    );
    return erasing?.finds ?? counted;
  }

  return { erase, eraseSealed, decide, finish };
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
