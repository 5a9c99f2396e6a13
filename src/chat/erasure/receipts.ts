import type { Erasure } from '../../gallery/gallery.ts';
import { wordsFor } from '../../text/words.ts';
import type { Reply } from '../reply.ts';
import type { EraserParts } from './parts.ts';

/** One for each scope in which something was held; `isClean` when the bytes have left the disk. */
export async function receipts(
  parts: EraserParts,
  done: readonly Erasure[],
  isClean: boolean,
  locale: string,
): Promise<Reply[]> {
  const words = wordsFor(locale).forget;
  return await Promise.all(
    done.map(async (erased): Promise<Reply> => {
      const receipt = await parts.signer.sign(erased, { left: 0, bytes: isClean ? 'clean' : 'pending' });
      return { kind: 'receipt', text: words.receipt({ templates: erased.removed.templates, final: isClean }), receipt };
    }),
  );
}
