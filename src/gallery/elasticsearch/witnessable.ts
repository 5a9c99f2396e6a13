import type { ScopeId } from '../../consent/who.ts';
import type { Tombstone } from '../erasure.ts';
import type { Gallery } from '../gallery.ts';
import type { Eraser } from './erase.ts';
import type { Parts } from './parts.ts';

type Witnessable = Pick<Gallery, 'entries' | 'tombstones' | 'eraseAgain' | 'id' | 'witnessedSince' | 'noteWitness'>;

/**
 * The gallery's calls about a second place: what that place hears of the gallery, and what the
 * gallery learns from it.
 */
export function witnessable(parts: Parts, erasing: Eraser): Witnessable {
  const { keys, meta, records, ledger } = parts;
  return {
    entries: (id, from) => ledger.from(id, from),
    tombstones: () => records.tombstones(),
    eraseAgain: erasingAgain(parts, erasing),
    id: () => meta.galleryId(keys),
    witnessedSince: meta.witnessedSince,
    noteWitness: meta.noteWitness,
  };
}

/** Erases people again, when an older copy of the indices brought them back. */
function erasingAgain({ records, scopes }: Parts, { decide, finish }: Eraser): Gallery['eraseAgain'] {
  /**
   * Erases a life that is older than the erasure. True when there was one. A record at the epoch of
   * the erasure, or a later one, stays.
   */
  async function eraseOld(id: ScopeId | undefined, { hash, epoch, at }: Tombstone, now: number): Promise<boolean> {
    const scope = id && (await scopes.openNow(id));
    // There is nothing to erase when there is no scope. Without the scope's key nobody can read the
    // person's data. A tombstone from another store names no scope.
    if (!scope) {
      await records.putTombstones([{ id: hash, epoch, erasedAt: at }]);
      return false;
    }
    const decided = await decide(scope, hash, 'again', now, { until: epoch });
    const wasHeld = decided.erasing?.reason === 'again';
    await finish(scope, decided);
    await records.change(scope, hash, (record) =>
      record.epoch < epoch && !record.life ? { ...record, epoch, erasedAt: at } : undefined,
    );
    return wasHeld;
  }

  return async function eraseAgain(erasures, now) {
    const states = await records.epochsOf(erasures.map(({ hash }) => hash));
    let erased = 0;
    for (const one of erasures) {
      const state = states.get(one.hash);
      if ((state?.epoch ?? 0) >= one.epoch) continue;
      if (await eraseOld(state?.scope, one, now)) erased += 1;
    }
    return erased;
  };
}
