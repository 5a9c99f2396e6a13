import { distanceBetween } from '../match/distance.ts';
import { MAX_NAMES, type Matcher } from '../match/matcher.ts';
import { ownPairs } from '../match/own-pairs.ts';
import type { Compared } from '../match/verdict.ts';
import type { SamePeople } from './errata.ts';
import { bootstrapped, noSurer } from './interval.ts';
import { POINTS_PER_DECADE } from './rates.ts';
import type { Subjects } from './subjects.ts';

/** How many photos of each enrolled person are enrolled. */
export const TEMPLATES_EACH = 3;

/** The false-positive identification rates that are reported. */
export const FPIRS = [0.1, 0.01, 0.003, 0.001] as const;

/** The rates at one threshold. */
export interface IdentificationPoint {
  /** The false-positive identification rate. */
  readonly fpir: number;
  readonly distance: number;
  /** The false-negative identification rate. */
  readonly fnir: number;
  /** The 95 % interval of `fnir`; see {@link bootstrapped}. */
  readonly low: number;
  readonly high: number;
}

/**
 * How often a gallery finds the people in it, and how often it finds somebody for a stranger.
 * Shares are 0..1.
 */
export interface OpenSet {
  readonly enrolled: number;
  /** N: how many templates the enrolled people have together. */
  readonly templates: number;
  /** How many probes there are: other photos of enrolled people, which are searched for. */
  readonly probes: number;
  /** How many photos of people who are not enrolled are searched for. */
  readonly strangers: number;
  /**
   * The rates at the thresholds for {@link FPIRS}. FPIR: the share of strangers for whom somebody
   * is found. FNIR: the share of probes whose person is not found.
   */
  readonly points: readonly IdentificationPoint[];
  /** The same rates for a curve, with FPIRs from 1/2 down to that of a single stranger. */
  readonly curve: readonly IdentificationPoint[];
  /** How often facefinder gives each verdict, with the limits that its answers use. */
  readonly verdicts: {
    /** The share of strangers for whom somebody is a match. It must be at most 0.01. */
    readonly strangersMatched: number;
    /** The share of strangers for whom somebody is named. It must be at most 0.01. */
    readonly strangersNamed: number;
    /**
     * The share of strangers for whom somebody is named or looks similar. It must be at most 0.2.
     */
    readonly strangersSimilar: number;
    readonly probesMatched: number;
    readonly probesNamed: number;
    /** The share of probes for whom somebody else is a match. */
    readonly probesMistaken: number;
  };
}

interface Candidate {
  readonly person: number;
  readonly distance: number;
}

interface Searched {
  readonly person: number;
  /** The nearest enrolled people, nearest first; none when the photo shows no face. */
  readonly candidates: readonly Candidate[];
}

/**
 * Measures searches in a gallery. Of the people who have more than {@link TEMPLATES_EACH} photos
 * with a face, every second one is enrolled. Their other photos are searched for as probes, and all
 * photos of everybody else as strangers. A probe without a face counts as not found. A stranger's
 * photo without a face is left out. Undefined when nobody can be enrolled.
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
    points: points(probes, strangers, FPIRS),
    curve: points(probes, strangers, curveRates(strangers.length)),
    verdicts: verdicts(probes, strangers, matcher, { templates: gallery.length, faces: 1, power }),
  };
}

const found = (photos: readonly number[], subjects: Subjects) => photos.filter((photo) => subjects[photo]);

/** The nearest people, by each person's nearest template; at most {@link MAX_NAMES}. */
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

function curveRates(strangers: number): number[] {
  const steps = Math.max(0, Math.floor(Math.log10(strangers / 2) * POINTS_PER_DECADE));
  return Array.from({ length: steps + 1 }, (_, step) => 0.5 * 10 ** (-step / POINTS_PER_DECADE));
}

/**
 * The points at these rates. A rate of less than one stranger is left out. For the intervals, each
 * replicate draws the people of probes and strangers again, and keeps the gallery.
 */
function points(probes: readonly Searched[], strangers: readonly Searched[], fpirs: readonly number[]) {
  const rates = fpirs.filter((fpir) => fpir * strangers.length >= 1);
  const near = strangers
    .map(({ person, candidates }) => ({ person, distance: candidates[0]?.distance ?? Number.POSITIVE_INFINITY }))
    .sort((x, y) => x.distance - y.distance);
  const right = probes.map(({ person, candidates: [best] }) => {
    return { person, distance: best?.person === person ? best.distance : Number.POSITIVE_INFINITY };
  });
  const people = Math.max(-1, ...[...probes, ...strangers].map(({ person }) => person)) + 1;
  const thresholds = (weights: Float64Array) => rates.map((fpir) => thresholdAt(fpir, near, weights));
  const fnirs = bootstrapped(people, (weights) =>
    thresholds(weights).map((threshold) => {
      const [found, all] = weighed(right, weights, ({ distance }) => distance < threshold);
      return 1 - found / all;
    }),
  );
  const distances = thresholds(new Float64Array(people).fill(1));
  const trials = new Set(probes.map(({ person }) => person)).size;
  return rates.flatMap((fpir, index): IdentificationPoint[] => {
    const [estimate, distance] = [fnirs[index], distances[index]];
    if (!estimate || distance === undefined) return [];
    const { share: fnir, low, high } = noSurer(estimate, trials);
    return [{ fpir, distance, fnir, low, high }];
  });
}

/**
 * The threshold for a false-positive identification rate: the distance up to which the nearest
 * strangers are more than this share of all. A person nearer than the threshold counts as found.
 */
function thresholdAt(fpir: number, near: readonly Candidate[], weights: Float64Array): number {
  const [, all] = weighed(near, weights, () => false);
  let reached = 0;
  for (const { person, distance } of near) {
    reached += weights[person] ?? 0;
    if (reached > fpir * all) return distance;
  }
  return near.at(-1)?.distance ?? 0;
}

/** The sum of the weights of the photos for which `holds` is true, and the sum of all weights. */
function weighed(
  all: readonly Candidate[],
  weights: Float64Array,
  holds: (one: Candidate) => boolean,
): [number, number] {
  let [held, sum] = [0, 0];
  for (const one of all) {
    const weight = weights[one.person] ?? 0;
    sum += weight;
    if (holds(one)) held += weight;
  }
  return [held, sum];
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
