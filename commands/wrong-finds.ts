import type { Turn } from '../src/chat/command.ts';
import type { Group, Held } from '../src/chat/held.ts';
import type { Reply } from '../src/chat/reply.ts';
import type { Dossier, FoundBy } from '../src/gallery/gallery.ts';
import { writtenMoment } from '../src/text/moment.ts';
import type { Offer } from './selfies.ts';
import type { Tools } from './tools.ts';

/** A button has room for so many code points. */
const MOST_OF_FIND = 34;

/** Older finds than these nobody remembers. */
const MOST_ASKED = 5;

/** What the button of {@link wrongFindOffer} chooses. */
export const WRONG = 'wrong';

interface Find extends FoundBy {
  readonly group: Group;
}

/** The finds of somebody that may have been wrong, latest first. */
function findsOf(held: readonly (Group & { readonly dossier: Dossier })[]): Find[] {
  const finds = held.flatMap(({ dossier, ...group }) => dossier.foundBy.map((find) => ({ ...find, group })));
  return finds.filter(({ kind }) => kind === 'find').toSorted((a, b) => b.at - a.at);
}

/** Offers to say that one was wrong, where there is one; `id` is the parked ask's. */
export function wrongFindOffer(id: string, { words }: Turn, held: readonly Held[]): Offer | undefined {
  if (findsOf(held).length === 0) return undefined;
  return { text: words.wrong.offer, actions: [{ id: `${id}:${WRONG}`, label: words.wrong.notMe, role: 'confirm' }] };
}

/** Which find was wrong; each has a button of its own, and nothing waits behind it. */
export async function askWhichFind(
  { gallery, wrongNames }: Tools,
  { ask, words }: Turn,
  groups: readonly Group[],
): Promise<Reply[] | undefined> {
  const held: (Group & { readonly dossier: Dossier })[] = [];
  for (const group of groups) {
    const dossier = await gallery.dossier(group.scope, ask.person);
    if (dossier) held.push({ ...group, dossier });
  }
  const actions = findsOf(held)
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
