import type { Gallery } from '../gallery/gallery.ts';
import { errorFields, type Log } from '../log.ts';
import type { Witness } from './witness.ts';

/**
 * What every start does before anybody is served: each of the two places learns of the erasures that the other knows, and whoever
 * came back with an older copy of the store is erased again. A second place that is gone, or lost what it knew, is an alarm and is
 * begun anew. False when it could not be done, and must be tried again: that stops no start.
 */
export async function reconcile(
  gallery: Pick<Gallery, 'tombstones' | 'eraseAgain' | 'witnessedSince' | 'noteWitness' | 'scrub'>,
  witness: Witness,
  { log, now }: { readonly log: Log; readonly now: () => number },
): Promise<boolean> {
  try {
    const since = await gallery.witnessedSince();
    const begun = await witness.begun();
    if (begun === undefined) {
      await witness.begin(now());
      if (since !== undefined) log.error('second place lost and begun anew');
    }
    if (since === undefined) await gallery.noteWitness(begun ?? now());
    const journal = await witness.journal();
    const known = new Map(journal.map(({ hash, epoch }) => [hash, epoch]));
    await witness.note((await gallery.tombstones()).filter(({ hash, epoch }) => (known.get(hash) ?? 0) < epoch));
    const erased = await gallery.eraseAgain(journal, now());
    if (erased > 0) {
      log.error('erased people were back', { erased });
      await gallery.scrub();
    }
    return true;
  } catch (error) {
    log.error('second place not asked', errorFields(error));
    return false;
  }
}
