import { wordsFor } from '../../text/words.ts';
import { groupName } from '../group/group-name.ts';
import type { Reply } from '../reply.ts';
import type { Fate } from '../showing/shown.ts';
import type { EraserParts } from './parts.ts';
import type { Task } from './task.ts';

/**
 * Gives one receipt for each scope that had data. Each receipt names its group. `isClean`: the
 * bytes have left the disk. If not, each receipt says whether a final one follows.
 */
export async function receipts(
  parts: Pick<EraserParts, 'signer'>,
  tasks: readonly Task[],
  isClean: boolean,
  locale: string,
): Promise<Reply[]> {
  const words = wordsFor(locale);
  const signed = tasks.flatMap(({ done, lives = [], shown: all = {}, answerTo }) =>
    done.map(async (erased): Promise<Reply> => {
      const place = lives.find(({ scope }) => scope === erased.scope)?.place;
      const fates = Object.values(all[erased.scope] ?? {});
      const of = (fate: Fate) => fates.filter((one) => one === fate).length;
      const [deleted, left, later] = [of('deleted'), of('left'), of('later')];
      const shown = fates.length > 0 && { shown: { deleted, left: left + later } };
      const facts = { ...erased, group: place?.title, ...shown };
      const receipt = await parts.signer.sign(facts, { left: 0, bytes: isClean ? 'clean' : 'pending' });
      const group = place ? groupName(words, place) : words.place.yours;
      const bytes = isClean ? 'gone' : answerTo ? 'other' : 'unsent';
      const said = words.forget.receipt({ group, templates: erased.removed.templates, bytes });
      const text = shown ? `${said}\n\n${words.shown.erased({ deleted, left, later })}` : said;
      return { kind: 'receipt', of: 'erasure', text, group: place?.title ?? place?.id ?? '', receipt };
    }),
  );
  return await Promise.all(signed);
}
