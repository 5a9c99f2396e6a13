import { subjectOf } from '../../consent/ledger.ts';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { Erasure, ErasureOptions, ErasureReason } from '../erasure.ts';
import { erasure, erasureReport } from '../rules/erase.ts';
import { newSalt } from '../rules/identity.ts';
import type { Parts } from './parts.ts';
import type { RecordDoc } from './record-docs.ts';
import { unknownSubject, uproot } from './uproot.ts';

/** Which life to erase: see {@link erasure}. */
export type Which = NonNullable<Parameters<typeof erasure>[3]>;

interface SealedErasure {
  readonly person?: Person;
  readonly onErased?: ErasureOptions['onErased'] | undefined;
}

/** Makes the function that erases people from a scope whose key is unreadable or gone. */
export function sealedEraser(parts: Parts) {
  const { store, names, memberships, faces, finds } = parts;

  /**
   * Erases the person of a record from such a scope. It needs nothing that the scope's key sealed.
   * Without `person`, their list of groups still names the scope until a sweep. Undefined when
   * there is nothing to erase.
   */
  return async function eraseSealed(
    id: ScopeId,
    record: string,
    reason: ErasureReason,
    now: number,
    { person, onErased, ...which }: Which & SealedErasure,
  ): Promise<Erasure | undefined> {
    const [doc] = await store.get<RecordDoc>([{ index: names.people, id: record }]);
    if (doc?.source.sealed === undefined) return undefined;
    // An interrupted erasure has raised the epoch already.
    const epoch = doc.source.epoch - (doc.source.live || !doc.source.unsettled ? 0 : 1);
    const decided = erasure({ epoch, agreed: {} }, reason, now, which);
    if (!decided) return undefined;
    const subject = person ? subjectOf(newSalt(), person) : unknownSubject(record);
    const templates = await faces.owned(id, record);
    const { about, by } = await finds.count(id, record);
    let report: Erasure | undefined;
    await uproot(parts, id, doc, { ...decided, subject }, async (entry) => {
      // An unreadable list could not be changed, so `of` first writes it again.
      const list = person && (await memberships.of(person)) && memberships.idOf(person);
      if (list !== undefined) await memberships.remove(list, { record, epoch });
      const removed = { templates, people: 1, finds: about, findsByThem: by };
      report = erasureReport(id, subject, decided, removed, entry);
      await onErased?.(report);
    });
    return report;
  };
}
