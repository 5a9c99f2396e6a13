import { groupName } from '../src/chat/group-name.ts';
import { personName } from '../src/chat/person-name.ts';
import type { Reply } from '../src/chat/reply.ts';
import { NOTICE_VERSION } from '../src/consent/notice.ts';
import { keptUntil } from '../src/consent/sweep.ts';
import type { Place, ScopeId } from '../src/consent/who.ts';
import type { Dossier, Gallery } from '../src/gallery/gallery.ts';
import type { Words } from '../src/text/words.ts';
import type { Declared } from './declared.ts';

/** More lines of the search log than this stand in the attached data only. */
const SHOWN_FINDS = 20;

/**
 * What is held of the asker in one group, and when it will be erased by itself, milliseconds since
 * 1970.
 */
interface Held {
  /** Undefined where it cannot be read any more. */
  readonly place: Place | undefined;
  readonly dossier: Dossier;
  readonly until: number;
  /** Signed, a JWS. */
  readonly ledgerHead: string;
}

/**
 * /mydata: all that is held about the asker, here, or from a private chat everywhere, and who found
 * them.
 */
export const mydata = {
  name: 'mydata',
  kind: 'anywhere',
  isPersonal: true,
  async run({ gallery, ledgerHead, retentionDays, receiptsOf }, { ask, words }) {
    const groups = ask.place ? await here(gallery, ask.place) : await gallery.scopesOf(ask.person);
    const rules = { retentionDays, noticeVersion: NOTICE_VERSION, noticeSince: await gallery.noticeSince() };
    const held: Held[] = [];
    for (const { scope, place } of groups) {
      // Past names live nowhere.
      await gallery.rename(scope, ask.person);
      const dossier = await gallery.dossier(scope, ask.person);
      if (!dossier) continue;
      const until = keptUntil(dossier.standing, rules);
      held.push({ place, dossier, until, ledgerHead: await ledgerHead(scope) });
    }
    if (held.length === 0) return [nothing(words, ask.place)];
    const text = held.map((one) => describe(words, one));
    const data = await Promise.all(
      held.map(async (one) => ({
        ...exported(one),
        consentReceipts: one.place ? await receiptsOf(one.place, one.dossier) : [],
      })),
    );
    return [{ kind: 'info', text: [...text, words.mydata.whole].join('\n\n'), data }];
  },
} satisfies Declared;

async function here(gallery: Gallery, place: Place): Promise<{ scope: ScopeId; place: Place }[]> {
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
    ...Object.entries(standing.agreed).map(([purpose, { version, at }]) =>
      words.agreed({
        purpose: purpose === 'enrol' ? words.purposes.enrol : words.purposes.search,
        version,
        date: day(at),
      }),
    ),
    ...(dossier.dispute ? [words.dispute[dossier.dispute]] : []),
    ...dossier.events.flatMap((event) =>
      event.kind === 'decided' ? [words.decided[event.outcome]({ date: day(event.at) })] : [],
    ),
    words.until({ date: day(until).slice(0, 10) }),
    foundBy.length === 0 ? words.notFound : words.found({ count: foundBy.length }),
    ...latest.map(({ at, kind, finder }) => {
      if (kind === 'enrol') return words.triedToEnrol({ date: day(at) });
      const name = finder === undefined ? words.erasedPerson : personName(all, finder);
      return words.foundBy({ date: day(at), name });
    }),
  ].join('\n');
}

/** Everything, as plain JSON: times as ISO 8601, embeddings as numbers. */
function exported({ place, dossier, until, ledgerHead }: Held) {
  const { person, standing, templates, events, foundBy } = dossier;
  return {
    group: place?.title ?? place?.id,
    platform: person.platform,
    id: person.id,
    name: person.name,
    agreed: standing.agreed,
    keptUntil: new Date(until).toISOString(),
    templates: templates.map((template) => ({
      ...template,
      enrolledAt: new Date(template.enrolledAt).toISOString(),
      embedding: Array.from(template.embedding),
    })),
    ledger: events.map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
    ledgerHead,
    foundBy: foundBy.map((find) => ({ ...find, at: new Date(find.at).toISOString() })),
  };
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
