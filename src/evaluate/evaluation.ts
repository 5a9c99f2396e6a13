import type { Matcher } from '../match/matcher.ts';
import { type Acceptance, acceptances } from './acceptance.ts';
import type { Album } from './album.ts';
import { VERIFY_FMR } from './calibration.ts';
import type { Copied } from './defect-copies.ts';
import { type DefectRate, defectRates } from './defect-rates.ts';
import { distributionOf } from './distribution.ts';
import type { SamePeople } from './errata.ts';
import { type FoldAccuracy, foldAccuracy } from './folds.ts';
import { type GroupRate, groupRates } from './group-rates.ts';
import type { Groups } from './groups.ts';
import { type OpenSet, openSet } from './open-set.ts';
import { compareAll, distanceBetweenPhotos, type GenuinePair } from './pairs.ts';
import type { PhotoPair, Protocol } from './protocol.ts';
import type { Qualities } from './quality-classes.ts';
import { detCurve, equalError, type OperatingPoint } from './rates.ts';
import type { Subjects } from './subjects.ts';
import { type SubsetRates, subsetRates } from './subset-rates.ts';

/** The false-match rates for which the report gives true-accept rates. */
const FMRS = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/** How well a pack tells people apart. Rates are 0..1, distances Euclidean. */
export interface Evaluation {
  /** `<name>@<version>`. */
  readonly pack: string;
  readonly people: number;
  readonly photos: number;
  /** How many photos show no face. Their genuine pairs count as missed. */
  readonly withoutFace: number;
  /**
   * How many pairs were compared. All impostor pairs are compared. Of the genuine pairs, those on
   * the list of pairs are compared, or all of them without a list.
   */
  readonly pairs: { readonly genuine: number; readonly impostor: number };
  readonly equalError: { readonly rate: number; readonly distance: number };
  readonly acceptance: readonly Acceptance[];
  /** The points of the DET curve, the highest FMR first. */
  readonly det: readonly OperatingPoint[];
  /**
   * The accuracy on the list of pairs; missing without such a list. See {@link foldAccuracy}.
   */
  readonly accuracy?: FoldAccuracy;
  readonly openSet?: OpenSet;
  /** The rates of comparing two photos at the pack's threshold, by group and by quality. */
  readonly subsets: SubsetRates;
  /** The rates of comparing photos with defects; missing when none were seen. */
  readonly defects?: readonly DefectRate[];
  /** How often chances hold, for everybody and for each listed group with enough people. */
  readonly groups: readonly GroupRate[];
}

export interface EvaluationOptions {
  readonly pack: string;
  readonly matcher: Matcher;
  readonly protocol?: Protocol | undefined;
  readonly same?: SamePeople | undefined;
  readonly groups?: Groups | undefined;
  /** The quality of each photo's face. Without these there are no rates by quality. */
  readonly qualities?: Qualities | undefined;
  readonly copied?: readonly Copied[] | undefined;
}

/** Measures a pack with an album. {@link compareAll} says how long that takes. */
export function evaluate(album: Album, subjects: Subjects, options: EvaluationOptions): Evaluation {
  const { pack, matcher, protocol, same = new Map(), groups = new Map(), qualities = [], copied } = options;
  const personOf = album.photos.map((photo) => photo.person);
  const all = compareAll(subjects, personOf, same);
  const genuine = protocol ? genuineOf(protocol, album, subjects) : all.genuine;
  const spread = distributionOf(genuine.map((pair) => pair.distance));
  const threshold = {
    promised: VERIFY_FMR,
    distance: matcher.distanceAtChance(VERIFY_FMR, { templates: 1, faces: 1 }),
  };
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
    subsets: subsetRates(all, subjects, threshold, { groups, qualities }),
    ...(copied && { defects: defectRates(copied, { subjects, personOf, same }, threshold.distance) }),
    groups: groupRates({ subjects, personOf, same }, groups, matcher),
  };
}

function genuineOf({ genuine }: Protocol, { photos }: Album, subjects: Subjects): GenuinePair[] {
  return genuine.map(([a, b]) => {
    return { distance: distanceBetweenPhotos(a, b, subjects), person: photos[a]?.person ?? 0, a, b };
  });
}

function accuracyOf({ genuine, impostor }: Protocol, subjects: Subjects): FoldAccuracy {
  const distances = (pairs: readonly PhotoPair[]) => pairs.map(([a, b]) => distanceBetweenPhotos(a, b, subjects));
  return foldAccuracy(distances(genuine), distances(impostor));
}
