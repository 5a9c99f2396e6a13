import type { Gallery } from '../gallery/gallery.ts';
import { errorFields, type Log } from '../log.ts';
import type { Witness } from './witness.ts';

/**
 * Runs at every start, before anybody is served. Gallery and second place tell each other of
 * erasures, and people whom an older store brought back are erased again. A second place that does
 * not know the gallery begins anew. If the gallery had a second place before, that raises an alarm.
 * False when this failed and must be tried again; the start goes on.
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
