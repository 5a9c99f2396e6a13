import type { Gallery } from '../gallery/gallery.ts';
import { errorFields, type Log } from '../log.ts';
import type { Witness } from './witness.ts';

/**
 * Lets gallery and second place tell each other of erasures, at every start before anybody is
 * served. People whom an older copy of the gallery brought back are erased again. A second place
 * that does not know the gallery yet notes that it does from now on. If the gallery already had a
 * second place, that earlier one is lost, which is logged as an error. Unreadable entries of the
 * journal are logged too, and written anew. False when something failed: the start goes on, and the
 * caller must try this again later.
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
    const unreadable = journal.filter(({ isUnreadable }) => isUnreadable);
    if (unreadable.length > 0) log.error('erasure journal damaged', { entries: unreadable.length });
    const known = new Map(journal.map(({ hash, epoch, isUnreadable }) => [hash, isUnreadable ? 0 : epoch]));
    await witness.noteNew((await gallery.tombstones()).filter(({ hash, epoch }) => (known.get(hash) ?? 0) < epoch));
    const erased = await gallery.eraseAgain(journal, now());
    // Those that the gallery knows have been noted anew by now, so this writes only the others.
    await witness.note(unreadable);
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
