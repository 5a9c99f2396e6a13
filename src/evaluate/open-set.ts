import { distanceBetween } from '../match/distance.ts';
import { MAX_NAMES, type Matcher } from '../match/matcher.ts';
import { ownPairs } from '../match/own-pairs.ts';
import type { Compared } from '../match/verdict.ts';
import { distributionOf } from './distribution.ts';
import type { SamePeople } from './errata.ts';
import type { Subjects } from './subjects.ts';

/** Selfies that somebody enrols. */
const TEMPLATES_EACH = 3;

/** False-positive identification rates that are reported. */
const FPIRS = [0.1, 0.01, 0.001];

/** What a gallery makes of photos of people who are in it, and of strangers. Shares are 0..1. */
export interface OpenSet {
  readonly enrolled: number;
  /** N: the templates of all who are enrolled. */
  readonly templates: number;
  /** Further photos of those who are enrolled. */
  readonly probes: number;
  /** Photos of people who are not. */
  readonly strangers: number;
  /** By threshold: strangers for whom somebody is found (FPIR), and probes for whom the right person is not (FNIR). */
  readonly points: readonly { readonly fpir: number; readonly distance: number; readonly fnir: number }[];
  /** What facefinder's own verdicts come to. */
  readonly verdicts: {
    /** By design at most 0.01, as much, and at most 0.2. */
    readonly strangersMatched: number;
    readonly strangersNamed: number;
    /** Named, or called similar to somebody who is not named. */
    readonly strangersSimilar: number;
    readonly probesMatched: number;
    readonly probesNamed: number;
    /** Probes with a match who is somebody else. */
    readonly probesMistaken: number;
  };
}

interface Candidate {
  readonly person: number;
  readonly distance: number;
}

interface Searched {
  readonly person: number;
  /** Nearest first; nobody when the photo shows no face. */
  readonly candidates: readonly Candidate[];
}

/**
 * Enrols every second of the people with more photos than make up an enrolment, searches for their other photos and for all of
 * everybody else's, one face at a time. A probe without a face is not found; a stranger without one does not count.
 * Undefined when nobody can be enrolled.
 */
export function openSet(
  subjects: Subjects,
  personOf: readonly number[],
  matcher: Matcher,
  same: SamePeople = new Map(),
): OpenSet | undefined {
  const photosOf = Map.groupBy(personOf.keys(), (photo) => personOf[photo] ?? 0);
  const rich = [...photosOf].filter(([, photos]) => found(photos, subjects).length > TEMPLATES_EACH);
  const enrolled = new Map(rich.filter((_, index) => index % 2 === 0));
  if (enrolled.size === 0) return undefined;

  const gallery = [...enrolled].flatMap(([person, photos]) =>
    found(photos, subjects)
      .slice(0, TEMPLATES_EACH)
      .map((photo) => ({ person, photo, embedding: subjects[photo] ?? new Float32Array() })),
  );
  const templates = new Set(gallery.map(({ photo }) => photo));
  const search = (photo: number): Searched => {
    const person = personOf[photo] ?? 0;
    const others = gallery.filter((template) => !same.get(person)?.has(template.person));
    return { person, candidates: nearestPeople(subjects[photo], others) };
  };

  const oneOfEach = new Map(gallery.map(({ person, embedding }) => [person, embedding]));
  const power = matcher.powerIn(ownPairs([...oneOfEach.values()]));
  const photos = [...personOf.keys()].filter((photo) => !templates.has(photo));
  const [probes, strangers] = [
    photos.filter((photo) => enrolled.has(personOf[photo] ?? -1)).map(search),
    photos.filter((photo) => !enrolled.has(personOf[photo] ?? -1) && subjects[photo]).map(search),
  ];
  return {
    enrolled: enrolled.size,
    templates: gallery.length,
    probes: probes.length,
    strangers: strangers.length,
    points: points(probes, strangers),
    verdicts: verdicts(probes, strangers, matcher, { templates: gallery.length, faces: 1, power }),
  };
}

const found = (photos: readonly number[], subjects: Subjects) => photos.filter((photo) => subjects[photo]);

/** The three nearest people, by the nearest of each one's templates. */
export function nearestPeople(
  face: Float32Array | undefined,
  gallery: readonly { readonly person: number; readonly embedding: Float32Array }[],
): Candidate[] {
  if (!face) return [];
  const best = new Map<number, number>();
  for (const { person, embedding } of gallery) {
    const distance = distanceBetween(face, embedding);
    if (distance < (best.get(person) ?? Number.POSITIVE_INFINITY)) best.set(person, distance);
  }
  const nearest = [...best].map(([person, distance]) => ({ person, distance }));
  return nearest.sort((x, y) => x.distance - y.distance).slice(0, MAX_NAMES);
}

function points(probes: readonly Searched[], strangers: readonly Searched[]): OpenSet['points'] {
  const nearest = distributionOf(
    strangers.map(({ candidates }) => candidates[0]?.distance ?? Number.POSITIVE_INFINITY),
  );
  return FPIRS.filter((fpir) => fpir * nearest.count >= 1).map((fpir) => {
    const distance = nearest.distanceAt(fpir);
    const isFound = ({ person, candidates: [best] }: Searched) => best?.person === person && best.distance <= distance;
    return { fpir, distance, fnir: 1 - share(probes, isFound) };
  });
}

function verdicts(probes: readonly Searched[], strangers: readonly Searched[], { judge }: Matcher, compared: Compared) {
  const judged = (all: readonly Searched[]) =>
    all.map(({ person, candidates }) => {
      const { verdict, matches } = judge(candidates, compared);
      return {
        verdict,
        names: matches.length,
        isRight: matches[0]?.candidate.person === person,
        isNamed: matches.some((match) => match.candidate.person === person),
      };
    });
  const [ofProbes, ofStrangers] = [judged(probes), judged(strangers)];
  return {
    strangersMatched: share(ofStrangers, ({ verdict }) => verdict === 'match'),
    strangersNamed: share(ofStrangers, ({ names }) => names > 0),
    strangersSimilar: share(ofStrangers, ({ verdict }) => verdict !== 'unknown'),
    probesMatched: share(ofProbes, ({ verdict, isRight }) => verdict === 'match' && isRight),
    probesNamed: share(ofProbes, ({ isNamed }) => isNamed),
    probesMistaken: share(ofProbes, ({ verdict, isRight }) => verdict === 'match' && !isRight),
  };
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.length === 0 ? 0 : all.filter(holds).length / all.length;
}
