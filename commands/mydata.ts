import type { Command } from '../src/chat/command.ts';
import type { Place, ScopeId } from '../src/consent/who.ts';
import type { Dossier } from '../src/gallery/gallery.ts';
import type { Words } from '../src/text/words.ts';
import type { Tools } from './tools.ts';

/** More lines of the search log than this stand in the attached data only. */
const SHOWN_FINDS = 20;

/** /mydata: all that is held about the asker, here, or from a private chat everywhere, and who found them. */
export function mydata({ gallery }: Tools): Command {
  return {
    name: 'mydata',
    kind: 'anywhere',
    async run({ ask, words }) {
      const groups: { scope: ScopeId; place: Place }[] = ask.place
        ? [{ scope: await gallery.scope(ask.place), place: ask.place }]
        : await gallery.scopesOf(ask.person);
      const held: { place: Place; dossier: Dossier }[] = [];
      for (const { scope, place } of groups) {
        const dossier = await gallery.dossier(scope, ask.person);
        if (dossier) held.push({ place, dossier });
      }
      if (held.length === 0) return [{ kind: 'info', text: words.mydata.nothing }];
      const text = held.map(({ place, dossier }) => describe(words, ask.place ? undefined : place.title, dossier));
      return [{ kind: 'info', text: [...text, words.mydata.whole].join('\n\n'), data: held.map(exported) }];
    },
  };
}

function describe({ mydata: words }: Words, group: string | undefined, dossier: Dossier): string {
  const { templates, standing, foundBy } = dossier;
  const hidden = templates.filter((template) => template.hidden).length;
  const latest = foundBy.toSorted((a, b) => b.at - a.at).slice(0, SHOWN_FINDS);
  return [
    words.title(group ?? words.here),
    words.enrolled(templates.length, hidden),
    ...Object.entries(standing.agreed).map(([purpose, { version, at }]) =>
      words.agreed(purpose === 'enrol' ? words.purposes.enrol : words.purposes.search, version, day(at)),
    ),
    foundBy.length === 0 ? words.notFound : words.found(foundBy.length),
    ...latest.map(({ at, kind, finder = words.erasedPerson }) =>
      kind === 'find' ? words.foundBy(day(at), finder) : words.triedToEnrol(day(at), finder),
    ),
  ].join('\n');
}

/** Everything, as plain JSON: times as ISO 8601, embeddings as numbers. */
function exported({ place, dossier }: { place: Place; dossier: Dossier }) {
  const { person, standing, templates, events, foundBy } = dossier;
  return {
    group: place.title ?? place.id,
    platform: person.platform,
    id: person.id,
    name: person.name,
    agreed: standing.agreed,
    templates: templates.map((template) => ({
      ...template,
      enrolledAt: new Date(template.enrolledAt).toISOString(),
      embedding: Array.from(template.embedding),
    })),
    ledger: events.map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
    foundBy: foundBy.map((find) => ({ ...find, at: new Date(find.at).toISOString() })),
  };
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
