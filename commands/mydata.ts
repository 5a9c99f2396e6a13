import { newParkedId, PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { CommandCall } from '../src/chat/command.ts';
import { groupName } from '../src/chat/group/group-name.ts';
import { personName } from '../src/chat/person-name.ts';
import type { Reply } from '../src/chat/reply.ts';
import { exported, type Group, type Held, heldOf, sentBy, sentExported } from '../src/chat/rights/dossiers.ts';
import { endOfAll, waitingIn } from '../src/chat/series/head.ts';
import { PURPOSES } from '../src/consent/consent.ts';
import type { Person, Place } from '../src/consent/who.ts';
import type { Gallery } from '../src/gallery/gallery.ts';
import { moment } from '../src/text/moment.ts';
import type { Words } from '../src/text/words.ts';
import type { Declared } from './declared.ts';
import { describeSent, forbidOffer, photosChosen } from './photos-of-mine.ts';
import { dropChosen, dropOffer } from './selfies.ts';
import type { Tools } from './tools.ts';
import { askWhichFind, WRONG, wrongFindOffer } from './wrong-finds.ts';

/** The most lines of the search log in the text. The attached data have all lines. */
const SHOWN_FINDS = 20;

/** /mydata: all data about the asker here, or in private everywhere, and who found them. */
export const mydata = {
  name: 'mydata',
  kind: 'anywhere',
  isPersonal: true,
  async run(tools, call) {
    const { gallery } = tools;
    const { ask, words } = call;
    const groups = ask.place ? await here(gallery, ask.place) : await gallery.scopesOf(ask.person);
    const chosen =
      (await photosChosen(tools, call, groups)) ??
      (await (ask.choice === WRONG ? askWhichFind : dropChosen)(tools, call, groups));
    if (chosen) return chosen;
    // The gallery stores only a person's present name. So the name of this ask replaces the stored
    // one.
    for (const { scope } of groups) await gallery.rename(scope, ask.person);
    const held = await heldOf(tools, ask.person, groups);
    const sent = await sentBy(tools, ask.person, ask.place && groups);
    const question = await offers(tools, call, held, groups);
    const series = await photosAfterMe(tools, call);
    if (held.length + sent.length === 0 && !series) return [nothing(words, ask.place), ...question];
    const isAtHome = tools.isOwnMachine(ask.person.platform);
    const data = [
      ...held.map((one) => exported(one, { with: isAtHome ? 'embeddings' : 'hashes' })),
      ...sent.map((one) => sentExported(ask.person, one)),
      ...(series ? [series.data] : []),
    ];
    const hasTemplates = held.some(({ dossier }) => dossier.templates.length > 0);
    const attached = isAtHome || !hasTemplates ? words.mydata.whole : inChat(words, ask.person, tools.contact);
    const parts = [
      ...held.map((one) => describe(words, one)),
      ...sent.map((one) => describeSent(words, one)),
      ...(series ? [series.text] : []),
      attached,
    ];
    return [{ kind: 'info', text: parts.join('\n\n'), data }, ...question];
  },
} satisfies Declared;

/**
 * What is kept of the photos that the asker sent after a /me. Undefined when nothing is. A request
 * in a group gets only what belongs to that group.
 */
async function photosAfterMe({ series }: Tools, { ask, words }: CommandCall) {
  const { head } = (await series.of(ask.person)) ?? {};
  const place = head?.ask.place;
  if (!head || (ask.place && ask.place.id !== place?.id)) return undefined;
  const { received, looked, found } = head;
  const until = endOfAll(head);
  // While the person chooses a group for the /me, the photos belong to none yet.
  const group = place ? groupName(words, place) : words.place.yours;
  const told = { group, received, waiting: waitingIn(head), date: moment(until) };
  const photosAfterMe = { received, looked, found, keptUntil: new Date(until).toISOString() };
  const { platform, id } = ask.person;
  return { text: words.mydata.series(told), data: { group: place?.title ?? place?.id, platform, id, photosAfterMe } };
}

/** Puts all offers about the data into one question. */
async function offers(
  tools: Tools,
  call: CommandCall,
  held: readonly Held[],
  groups: readonly Group[],
): Promise<Reply[]> {
  const id = newParkedId(call.now + PARKED_MS);
  const made = [dropOffer(id, call, held), wrongFindOffer(id, call, held), await forbidOffer(tools, id, call, groups)];
  const offered = made.flatMap((offer) => offer ?? []);
  if (offered.length === 0) return [];
  await tools.parked.park(call.ask, { for: 'choice' }, PARKED_MS, id);
  const text = offered.map((offer) => offer.text).join('\n');
  return [{ kind: 'confirm', text, actions: offered.flatMap(({ actions }) => actions) }];
}

/**
 * A chat keeps what is sent to it, even after /forget. So the export for a chat has no embeddings.
 */
function inChat({ mydata }: Words, { platform, id }: Person, contact = ''): string {
  return mydata.inChat({ hasContact: contact !== '', contact, person: `${platform}:${id}` });
}

async function here(gallery: Gallery, place: Place): Promise<Group[]> {
  const scope = await gallery.scopeOf(place);
  return scope ? [{ scope, place }] : [];
}

function nothing(words: Words, place: Place | undefined): Reply {
  const group = place === undefined ? '' : groupName(words, place);
  return { kind: 'info', text: words.mydata.nothing({ where: place === undefined ? 'other' : 'group', group }) };
}

function describe(all: Words, { place, dossier, until }: Held): string {
  const { mydata: words } = all;
  const { templates, standing, foundBy } = dossier;
  const hidden = templates.filter((template) => template.hidden).length;
  const latest = foundBy.toSorted((a, b) => b.at - a.at).slice(0, SHOWN_FINDS);
  return [
    words.title({ group: place ? groupName(all, place) : all.place.yours }),
    words.enrolled({ templates: templates.length, hidden }),
    ...(standing.outdated === undefined ? [] : [words.outdated({ templates: standing.outdated })]),
    ...PURPOSES.flatMap((purpose) => {
      const given = standing.agreed[purpose];
      if (!given) return [];
      return [words.agreed({ purpose: words.purposes[purpose], version: given.version, date: moment(given.at) })];
    }),
    ...(dossier.dispute ? [words.dispute[dossier.dispute]] : []),
    ...dossier.events.flatMap((event) =>
      event.kind === 'decided' ? [words.decided[event.outcome]({ date: moment(event.at) })] : [],
    ),
    words.until({ date: moment(until, 'day') }),
    foundBy.length === 0 ? words.notFound : words.found({ count: foundBy.length }),
    ...latest.map(({ at, kind, finder }) => {
      if (kind === 'enrol') return words.triedToEnrol({ date: moment(at) });
      const name = finder === undefined ? words.erasedPerson : personName(all, finder);
      return words.foundBy({ date: moment(at), name });
    }),
  ].join('\n');
}
