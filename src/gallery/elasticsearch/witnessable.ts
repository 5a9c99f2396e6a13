import type { ScopeId } from '../../consent/who.ts';
import type { Tombstone } from '../erasure.ts';
import type { Gallery } from '../gallery.ts';
import type { Eraser } from './erase.ts';
import type { Parts } from './parts.ts';

type Witnessable = Pick<Gallery, 'entries' | 'tombstones' | 'eraseAgain' | 'id' | 'witnessedSince' | 'noteWitness'>;

/**
 * The gallery's calls for a second place: what the second place learns of the gallery, and what the
 * gallery takes in from the second place.
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

/** Makes {@link Gallery.eraseAgain}. */
function erasingAgain({ records, scopes }: Parts, { decide, finish, eraseSealed }: Eraser): Gallery['eraseAgain'] {
  /**
   * Erases a person whose epoch is lower than that of this erasure, and stores the tombstone. True
   * when the person had a life. A record at that epoch, or at a later one, stays.
   */
  async function eraseOld(id: ScopeId | undefined, { hash, epoch, at }: Tombstone, now: number): Promise<boolean> {
    const scope = id && (await scopes.readable(id));
    if (!scope) {
      const erased = id && (await eraseSealed(id, hash, 'again', now, { until: epoch }));
      // Otherwise there is nothing to erase, and only the tombstone is stored: the person has no
      // record, or the record is a tombstone already.
      if (!erased) await records.putTombstones([{ id: hash, epoch, erasedAt: at }]);
      return erased !== undefined;
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
