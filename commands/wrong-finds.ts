import type { CommandCall } from '../src/chat/command.ts';
import type { Reply } from '../src/chat/reply.ts';
import { dossiersIn, type Group, type GroupDossier, type Held } from '../src/chat/rights/dossiers.ts';
import type { FoundBy } from '../src/gallery/gallery.ts';
import { writtenMoment } from '../src/text/moment.ts';
import type { Offer } from './selfies.ts';
import type { Tools } from './tools.ts';

/** The most code points on a button. */
const MOST_OF_FIND = 34;

/** How many finds the question shows. Nobody remembers older ones. */
const MOST_ASKED = 5;

/** What the button of {@link wrongFindOffer} chooses. */
export const WRONG = 'wrong';

interface Find extends FoundBy {
  readonly group: Group;
}

/** When a person was found, and by whom, latest first. Any of these finds may have been wrong. */
function findsOf(held: readonly GroupDossier[]): Find[] {
  const finds = held.flatMap(({ dossier, ...group }) => dossier.foundBy.map((find) => ({ ...find, group })));
  return finds.filter(({ kind }) => kind === 'find').toSorted((a, b) => b.at - a.at);
}

/**
 * Offers to report a wrong find, if the person was found at all. `id` is the id of the parked ask.
 */
export function wrongFindOffer(id: string, { words }: CommandCall, held: readonly Held[]): Offer | undefined {
  if (findsOf(held).length === 0) return undefined;
  return { text: words.wrong.offer, actions: [{ id: `${id}:${WRONG}`, label: words.wrong.notMe, role: 'confirm' }] };
}

/** Asks which find was wrong. Each find has its own button, and no ask is parked for them. */
export async function askWhichFind(
  { gallery, wrongNames }: Tools,
  { ask, words }: CommandCall,
  groups: readonly Group[],
): Promise<Reply[] | undefined> {
  const actions = findsOf(await dossiersIn(gallery, ask.person, groups))
    .slice(0, MOST_ASKED)
    .map(({ at, finder, group }) => {
      const name = finder === undefined ? words.mydata.erasedPerson : finder || words.find.nameless;
      const label = cut(words.mydata.foundBy({ date: writtenMoment(at, 'minute', ask.locale, 'UTC'), name }));
      return wrongNames.button('named', ask.person, `${group.scope} ${at}`, label);
    });
  return actions.length === 0 ? undefined : [{ kind: 'confirm', text: words.wrong.which, actions }];
}

function cut(label: string): string {
  const letters = [...label];
  return letters.length > MOST_OF_FIND ? `${letters.slice(0, MOST_OF_FIND - 1).join('')}…` : label;
}
