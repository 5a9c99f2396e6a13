import { distanceBetween } from '../match/distance.ts';
import type { Matcher } from '../match/matcher.ts';
import { type Acceptance, acceptances } from './acceptance.ts';
import type { Album } from './album.ts';
import { distributionOf } from './distribution.ts';
import type { SamePeople } from './errata.ts';
import { type FoldAccuracy, foldAccuracy } from './folds.ts';
import { type GroupRate, groupRates } from './group-rates.ts';
import type { Groups } from './groups.ts';
import { type OpenSet, openSet } from './open-set.ts';
import { compareAll, type GenuinePair } from './pairs.ts';
import type { PhotoPair, Protocol } from './protocol.ts';
import { detCurve, equalError, type OperatingPoint } from './rates.ts';
import type { Subjects } from './subjects.ts';

/** The false-match rates at which true-accept rates are told. */
const FMRS = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/** How well a pack tells people apart; rates are 0..1, distances Euclidean. */
export interface Evaluation {
  /** `<name>@<version>`. */
  readonly pack: string;
  readonly people: number;
  readonly photos: number;
  /** Photos in which no face was found: every genuine pair of theirs counts as missed. */
  readonly withoutFace: number;
  /** Genuine pairs are those of the list of pairs, or else all; impostor pairs are always all. */
  readonly pairs: { readonly genuine: number; readonly impostor: number };
  readonly equalError: { readonly rate: number; readonly distance: number };
  readonly acceptance: readonly Acceptance[];
  /** FMR falling. */
  readonly det: readonly OperatingPoint[];
  /** By a list of pairs, with thresholds from the other folds. */
  readonly accuracy?: FoldAccuracy;
  readonly openSet?: OpenSet;
  /** By a list of groups, and of everybody. */
  readonly groups?: readonly GroupRate[];
}

export interface EvaluationOptions {
  readonly pack: string;
  readonly matcher: Matcher;
  readonly protocol?: Protocol | undefined;
  readonly same?: SamePeople | undefined;
  readonly groups?: Groups | undefined;
}

/** Compares all with all (see {@link compareAll} for how long that takes), and tells what it comes to. */
export function evaluate(album: Album, subjects: Subjects, options: EvaluationOptions): Evaluation {
  const { pack, matcher, protocol, same, groups } = options;
  const personOf = album.photos.map((photo) => photo.person);
  const all = compareAll(subjects, personOf, same);
  const genuine = protocol ? genuineOf(protocol, album, subjects) : all.genuine;
  const spread = distributionOf(genuine.map((pair) => pair.distance));
  const gallery = openSet(subjects, personOf, matcher, same);
  return {
    pack,
    people: album.people.length,
    photos: album.photos.length,
    withoutFace: subjects.filter((subject) => !subject).length,
    pairs: { genuine: genuine.length, impostor: all.impostors.count },
    equalError: equalError(spread, all.impostors),
    acceptance: acceptances({ ...all, genuine }, FMRS),
    det: detCurve(spread, all.impostors),
    ...(protocol && { accuracy: accuracyOf(protocol, subjects) }),
    ...(gallery && { openSet: gallery }),
    ...(groups && { groups: groupRates({ subjects, personOf, same: same ?? new Map() }, groups, matcher) }),
  };
}

function genuineOf({ genuine }: Protocol, { photos }: Album, subjects: Subjects): GenuinePair[] {
  return genuine.map(([a, b]) => ({ distance: distanceOf([a, b], subjects), person: photos[a]?.person ?? 0 }));
}

function accuracyOf({ genuine, impostor }: Protocol, subjects: Subjects): FoldAccuracy {
  const distances = (pairs: readonly PhotoPair[]) => pairs.map((pair) => distanceOf(pair, subjects));
  return foldAccuracy(distances(genuine), distances(impostor));
}

/** Infinity when one of the two photos shows no face: not a match. */
function distanceOf([a, b]: PhotoPair, subjects: Subjects): number {
  const [x, y] = [subjects[a], subjects[b]];
  return x && y ? distanceBetween(x, y) : Number.POSITIVE_INFINITY;
}
