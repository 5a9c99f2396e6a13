import type { PhotoTurn } from '../src/chat/command.ts';
import type { Subject } from '../src/chat/disclosure.ts';
import { photoReply } from '../src/chat/failure.ts';
import { groupName } from '../src/chat/group-name.ts';
import { newParkedId, PARKED_MS } from '../src/chat/parked.ts';
import type { Comparison, NamedMatch, Reply, ResultFace } from '../src/chat/reply.ts';
import type { Person } from '../src/consent/who.ts';
import type { Box, Mark, Seen } from '../src/face/face.ts';
import { Failure } from '../src/failure.ts';
import type { Candidate } from '../src/gallery/gallery.ts';
import type { Named, Near } from '../src/match/matcher.ts';
import { chancesRestOn } from '../src/match/own-pairs.ts';
import { nearestNamings, onceEach } from '../src/match/recurrence.ts';
import type { Verdict } from '../src/match/verdict.ts';
import type { Words } from '../src/text/words.ts';
import type { Declared } from './declared.ts';
import { type Called, namesNow } from './names-now.ts';
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
    const looked: (Looked | Reply)[] = [];
    let number = 1;
    for (const [index, open] of turn.photos.entries()) {
      try {
        const one = await look(tools, turn, await open(), number);
        looked.push(one);
        number += one.faces.length;
      } catch (error) {
        // One bad photo of several does not cost the others their answer.
        if (!(error instanceof Failure) || error.again || turn.photos.length === 1) throw error;
        looked.push(photoReply(index + 1, error, turn.words));
      }
    }
    return await answers(tools, turn, looked);
  },
} satisfies Declared;

/** What was seen in one photo; nothing of it has been told yet. */
interface Looked {
  readonly faces: readonly LookedFace[];
  /** How many more were seen and not looked at. */
  readonly left: number;
  readonly jpeg: Uint8Array;
  readonly compared: Comparison;
}

interface LookedFace {
  readonly number: number;
  readonly box: ResultFace['box'];
  /** Who is named, best first. */
  readonly matches: readonly Named<Candidate>[];
  /** Of whom the answer tells something, named or not. */
  readonly near: readonly Near<Candidate>[];
}

async function look(tools: Tools, turn: PhotoTurn, photo: Uint8Array, firstNumber: number): Promise<Looked> {
  const seen = await turn.faces.see(photo, turn.signal);
  if (seen.faces.length === 0) throw new Failure('no_face');
  const { faces, compared } = await nameFaces(tools, turn, seen, firstNumber);
  const isShown = turn.ask.choice === 'show';
  const marks = faces.map(({ box, number, matches }): Mark => {
    return { box, number, tone: isShown && matches.length === 0 ? 'blur' : verdictOf(matches) };
  });
  const jpeg = await turn.faces.draw(photo, marks, { frame: seen.frame, signal: turn.signal });
  return { faces, left: seen.left, compared, jpeg };
}

async function nameFaces(tools: Tools, turn: PhotoTurn, seen: Seen, firstNumber: number) {
  const embeddings = seen.faces.map((face) => face.embedding);
  const { templates, own, faces: candidates } = await tools.gallery.search(turn.scope, embeddings);
  const compared = {
    templates,
    faces: seen.faces.length,
    power: tools.matcher.powerIn(own),
    chancesRestOn: chancesRestOn(own),
  };
  const isMember = memberCheck(tools, turn);
  const isShown = turn.ask.choice === 'show';
  const judged = seen.faces.map((_, index) => tools.matcher.judge(candidates[index] ?? [], compared));
  const once = onceEach(judged, ({ person }) => person.id);
  const faces = await Promise.all(
    once.map(async ({ matches, near }, index): Promise<LookedFace> => {
      const present: Named<Candidate>[] = [];
      for (const match of matches) {
        // A whole channel sees the names of those who agreed to be shown.
        if (isShown && !match.candidate.shown) continue;
        if (await isMember(match.candidate.person)) present.push(match);
      }
      const box = whole(seen.faces[index]?.box ?? [0, 0, 0, 0]);
      return { number: firstNumber + index, box, matches: present, near };
    }),
  );
  return { faces, compared };
}

/**
 * The answers, paid for. Of each person a distance is told once, at the nearest face of all photos,
 * if it may be told at all.
 */
async function answers(tools: Tools, turn: PhotoTurn, looked: readonly (Looked | Reply)[]): Promise<Reply[]> {
  const { scope, consent, ask, now } = turn;
  const faces = looked.flatMap((one) => ('kind' in one ? [] : one.faces));
  const nearest = nearestNamings(faces, ({ person }) => person.id);
  const occasion = { scope, asker: consent.person, ask: ask.id };
  const { distances, noted } = await tools.disclosure.pay(occasion, subjects(faces, nearest));
  turn.answerAfter(noted);
  const found = unique(faces.flatMap(({ matches }) => matches.map(({ candidate }) => candidate.person)));
  // Nobody is named before the search log says so.
  turn.answerAfter(tools.gallery.recordFinds(scope, consent.person, found, now, ask.id));
  const nameOf = namesNow(tools, turn, found);
  const numberOf = new Map(faces.flatMap(({ number, matches }) => matches.map((match) => [match, number] as const)));
  const tell = (match: Named<Candidate>): Told => {
    const { id } = match.candidate.person;
    const best = distances.has(id) ? nearest.get(id) : undefined;
    return {
      match,
      ...nameOf(match.candidate.person),
      isMeasured: match === best,
      measuredAt: best && numberOf.get(best),
    };
  };
  return await Promise.all(looked.map((one) => ('kind' in one ? one : result(tools, turn, one, tell))));
}

/** At how many faces an answer tells something of each person. */
function subjects(faces: readonly LookedFace[], named: ReadonlyMap<string, unknown>): Subject[] {
  const near = Map.groupBy(
    faces.flatMap((face) => face.near),
    ({ candidate }) => candidate.person.id,
  );
  return [...near].flatMap(([id, same]) => {
    const clear = same.filter(({ isClear }) => isClear).length;
    const [first] = same;
    const told = { isNamed: named.has(id), clear, unclear: same.length - clear };
    return first ? [{ person: first.candidate.person, ...told }] : [];
  });
}

/** Somebody named at a face, and at which face it is said how near they are. */
interface Told extends Called {
  readonly match: Named<Candidate>;
  readonly isMeasured: boolean;
  readonly measuredAt: number | undefined;
}

async function result(
  tools: Tools,
  turn: PhotoTurn,
  { faces, left, jpeg, compared }: Looked,
  tell: (match: Named<Candidate>) => Told,
): Promise<Reply> {
  const { words } = turn;
  const told = faces.map((face) => ({ ...face, matches: face.matches.map(tell) }));
  const names = told.flatMap(({ matches }) => matches.map(({ called }) => called));
  const alt = words.find.picture({ faces: faces.length, named: names.length > 0, names: names.join(', ') });
  const show = offerShow(tools, turn, faces);
  const text = compared.templates === 0 ? await nobody(tools, turn) : describe(turn, told);
  return {
    kind: 'result',
    text: left > 0 ? `${text}\n${words.find.left({ left, faces: faces.length })}` : text,
    picture: { jpeg, alt },
    faces: told.map(({ number, box, matches }) => ({
      number,
      box,
      verdict: verdictOf(matches.map(({ match }) => match)),
      matches: matches.map(({ match, name, isMeasured }): NamedMatch => {
        const { distance, chance, verdict } = match;
        return { name, ...(isMeasured && { distance, chance }), verdict };
      }),
    })),
    ...(left > 0 && { left }),
    compared,
    ...(show && { show }),
  };
}

/** Why nobody can be found: nobody enrolled, or those who did have to again. */
async function nobody({ gallery }: Tools, { scope, place, words }: PhotoTurn): Promise<string> {
  const people = await gallery.people(scope);
  const isOutdated = people.some(({ standing }) => standing.outdated !== undefined);
  const why = isOutdated ? words.find.allOutdated : words.find.nobodyEnrolled;
  return why({ group: groupName(words, place) });
}

function verdictOf([best]: readonly Named<Candidate>[]): Verdict {
  return best?.verdict ?? 'unknown';
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

function offerShow({ parked }: Tools, { ask, words, answerAfter }: PhotoTurn, faces: readonly LookedFace[]) {
  const isOffered = faces.some(({ matches }) => matches.some(({ candidate }) => candidate.shown));
  if (ask.choice === 'show' || !isOffered) return undefined;
  const id = newParkedId();
  answerAfter(parked.park(ask, { for: 'choice' }, PARKED_MS, id));
  return { id: `${id}:show`, label: words.find.show, role: 'confirm' } as const;
}

interface ToldFace {
  readonly number: number;
  readonly matches: readonly Told[];
}

function describe({ words, place }: PhotoTurn, faces: readonly ToldFace[]): string {
  const { find } = words;
  const group = groupName(words, place);
  const known = faces.filter((face) => face.matches.length > 0).length;
  const lines = faces.map(({ number, matches }) => {
    const names = matches.map((told) => sentence(words, told));
    return `${find.face({ number })}: ${names.length === 0 ? find.unknown : names.join('; ')}`;
  });
  return [find.summary({ faces: faces.length, known, group }), ...lines].join('\n');
}

function sentence(words: Words, { match, called: name, isMeasured, measuredAt }: Told): string {
  const { find } = words;
  const { verdict, distance, chance } = match;
  const told = measuredAt === undefined ? 'other' : 'elsewhere';
  if (!isMeasured) return find.unmeasured[verdict]({ name, told, face: measuredAt ?? 0 });
  return find[verdict]({ name, distance: distance.toFixed(2), chance: percent(chance, find.rare) });
}

/** What is rarer than one in a million is said so. */
function percent(chance: number, rare: string): string {
  return chance < 1e-6 ? rare : `${Number((chance * 100).toPrecision(2))} %`;
}

function unique(people: readonly Person[]): Person[] {
  return [...new Map(people.map((person) => [person.id, person])).values()];
}
