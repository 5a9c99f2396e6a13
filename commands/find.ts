import type { PhotoTurn } from '../src/chat/command.ts';
import { photoReply } from '../src/chat/failure.ts';
import { newParkedId, PARKED_MS } from '../src/chat/parked.ts';
import type { NamedMatch, Reply, ResultFace } from '../src/chat/reply.ts';
import { inert } from '../src/consent/name.ts';
import type { Person } from '../src/consent/who.ts';
import type { Box, Mark, Seen } from '../src/face/face.ts';
import { Failure } from '../src/failure.ts';
import type { Candidate } from '../src/gallery/gallery.ts';
import { weighRecurrence } from '../src/match/recurrence.ts';
import type { Words } from '../src/text/words.ts';
import type { Declared } from './declared.ts';
import type { Tools } from './tools.ts';

/**
 * /find: every face of the photos, numbered, and who of this group it may be. One result per photo.
 */
export const find = {
  name: 'find',
  kind: 'photos',
  purpose: 'search',
  photos: { min: 1, max: 10, of: 'anybody' },
  async run(tools, turn) {
    const replies: Reply[] = [];
    let number = 1;
    for (const [index, open] of turn.photos.entries()) {
      try {
        const { reply, faces } = await findIn(tools, turn, await open(), number);
        replies.push(reply);
        number += faces;
      } catch (error) {
        // One bad photo of several does not cost the others their answer.
        if (!(error instanceof Failure) || error.again || turn.photos.length === 1) throw error;
        replies.push(photoReply(index + 1, error, turn.words));
      }
    }
    return replies;
  },
} satisfies Declared;

async function findIn(tools: Tools, turn: PhotoTurn, photo: Uint8Array, firstNumber: number) {
  const seen = await turn.faces.see(photo, turn.signal);
  if (seen.faces.length === 0) throw new Failure('no_face');
  const { named, templates } = await nameFaces(tools, turn, seen, firstNumber);
  const isShown = turn.ask.choice === 'show';
  const faces = named.map(({ face, people }) => (isShown ? onlyShown(face, people) : face));
  const found = unique(named.flatMap(({ people }) => people));
  const marks = faces.map((face) => mark(face, isShown));
  // Nobody is named before the search log says so.
  turn.answerAfter(tools.gallery.recordFinds(turn.scope, turn.consent.person, found, turn.now, turn.ask.id));
  const [jpeg, text] = await Promise.all([
    turn.faces.draw(photo, marks, turn.signal),
    templates === 0 ? nobody(tools, turn) : describe(turn.words, faces),
  ]);
  const names = faces.flatMap((face) => face.matches.map((match) => inert(match.name)));
  const picture = {
    jpeg,
    alt: turn.words.find.picture({ faces: faces.length, named: names.length > 0, names: names.join(', ') }),
  };
  const show = isShown
    ? undefined
    : offerShow(
        tools,
        turn,
        named.flatMap(({ people }) => people),
      );
  const reply: Reply = {
    kind: 'result',
    text,
    picture,
    faces,
    compared: { templates, faces: faces.length },
    ...(show && { show }),
  };
  return { reply, faces: faces.length };
}

/** Why nobody can be found: nobody enrolled, or those who did have to again. */
async function nobody({ gallery }: Tools, { scope, words }: PhotoTurn): Promise<string> {
  const people = await gallery.people(scope);
  const isOutdated = people.some(({ standing }) => standing.outdated !== undefined);
  return isOutdated ? words.find.allOutdated : words.find.nobodyEnrolled;
}

interface NamedFace {
  readonly face: ResultFace;
  /** Who is named, in the order of `face.matches`. */
  readonly people: readonly Candidate[];
}

async function nameFaces(tools: Tools, turn: PhotoTurn, seen: Seen, firstNumber: number) {
  const embeddings = seen.faces.map((face) => face.embedding);
  const { templates, faces: candidates } = await tools.gallery.search(turn.scope, embeddings);
  const isMember = memberCheck(tools, turn);
  const judged = seen.faces.map((_, index) =>
    tools.matcher.judge(candidates[index] ?? [], { templates, faces: seen.faces.length }),
  );
  const weighed = weighRecurrence(judged, ({ person }) => person.id);
  const named = await Promise.all(
    weighed.map(async ({ matches }, index): Promise<NamedFace> => {
      const present: (typeof matches)[number][] = [];
      for (const match of matches) if (await isMember(match.candidate.person)) present.push(match);
      return {
        face: {
          number: firstNumber + index,
          box: whole(seen.faces[index]?.box ?? [0, 0, 0, 0]),
          verdict: present[0]?.verdict ?? 'unknown',
          matches: present.map(({ candidate, distance, chance, verdict }): NamedMatch => {
            return { name: candidate.person.name || turn.words.find.nameless, distance, chance, verdict };
          }),
        },
        people: present.map(({ candidate }) => candidate),
      };
    }),
  );
  return { named, templates };
}

function whole([x, y, width, height]: Box): ResultFace['box'] {
  return [Math.round(x), Math.round(y), Math.round(width), Math.round(height)];
}

/**
 * Asked only of those about to be named, and once each. A platform that cannot be asked hides
 * nobody; one that is asked and does not say shows nobody, but whoever asks from inside.
 */
function memberCheck({ membership }: Tools, { ask }: PhotoTurn): (person: Person) => Promise<boolean> {
  const asked = new Map<string, Promise<boolean>>();
  return (person) => {
    const known = asked.get(person.id);
    if (known) return known;
    const isSender = ask.sentInside === true && person.id === ask.person.id;
    const answer = ask.place
      ? membership(ask.place, person.id).then(
          (state) => state === 'member' || state === 'down' || (state === 'no_proof' && isSender),
        )
      : Promise.resolve(false);
    asked.set(person.id, answer);
    return answer;
  };
}

/** What a whole channel may see of a face: the names of those who agreed to be shown. */
function onlyShown(face: ResultFace, people: readonly Candidate[]): ResultFace {
  const matches = face.matches.filter((_, index) => people[index]?.shown);
  return { ...face, matches, verdict: matches[0]?.verdict ?? 'unknown' };
}

function mark({ box, number, verdict, matches }: ResultFace, isShown: boolean): Mark {
  return { box, number, tone: isShown && matches.length === 0 ? 'blur' : verdict };
}

function offerShow({ parked }: Tools, { ask, words, answerAfter }: PhotoTurn, people: readonly Candidate[]) {
  if (!people.some((candidate) => candidate.shown)) return undefined;
  const id = newParkedId();
  answerAfter(parked.park(ask, { for: 'choice' }, PARKED_MS, id));
  return { id: `${id}:show`, label: words.find.show, role: 'confirm' } as const;
}

function describe({ find: words }: Words, faces: readonly ResultFace[]): string {
  const known = faces.filter((face) => face.matches.length > 0).length;
  const lines = faces.map(({ number, matches }) => {
    const names = matches.map(({ name, distance, chance, verdict }) =>
      words[verdict]({ name: inert(name), distance: distance.toFixed(2), chance: percent(chance, words.rare) }),
    );
    return `${words.face({ number })}: ${names.length === 0 ? words.unknown : names.join('; ')}`;
  });
  return [words.summary({ faces: faces.length, known }), ...lines].join('\n');
}

/** Two significant digits; what is rarer than one in a million is said so. */
function percent(chance: number, rare: string): string {
  return chance < 1e-6 ? rare : `${Number((chance * 100).toPrecision(2))} %`;
}

function unique(people: readonly Candidate[]): Person[] {
  return [...new Map(people.map(({ person }) => [person.id, person])).values()];
}
