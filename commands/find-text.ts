import type { PhotoCall } from '../src/chat/command.ts';
import { groupName } from '../src/chat/group/group-name.ts';
import type { Candidate } from '../src/gallery/gallery.ts';
import type { Named } from '../src/match/matcher.ts';
import type { Verdict } from '../src/match/verdict.ts';
import { figure, listed } from '../src/text/figures.ts';
import type { Words } from '../src/text/words.ts';
import type { Called } from './names-now.ts';

/** Somebody who is named at a face. Their distance is said at only one face of the answer. */
export interface Told extends Called {
  readonly match: Named<Candidate>;
  readonly isMeasured: boolean;
  readonly measuredAt: number | undefined;
}

interface ToldFace {
  readonly number: number;
  readonly verdict: Verdict;
  readonly matches: readonly Told[];
}

/**
 * What was found on one photo, in sentences: a line for each person named, a summary, then the
 * other faces. Blurred faces have no number.
 */
export function describe(
  call: PhotoCall,
  faces: readonly ToldFace[],
  { isBlurred }: { readonly isBlurred: boolean },
): string {
  const { ask, words } = call;
  const { find } = words;
  const named = faces.filter(({ matches }) => matches.length > 0);
  const others = faces.filter(({ matches }) => matches.length === 0);
  const similar = others.filter(({ verdict }) => verdict === 'possible');
  const unknown = others.filter(({ verdict }) => verdict !== 'possible');
  const count = (those: readonly ToldFace[], say: Words['find']['unknown']) => {
    const numbers = listed(
      ask.locale,
      those.map(({ number }) => number),
    );
    return those.length === 0 ? [] : [say({ faces: those.length, numbers })];
  };
  // When no face is known or similar, the summary has already said so.
  const isSaid = unknown.length === faces.length;
  const numbered = [...count(similar, find.similar), ...(isSaid ? [] : count(unknown, find.unknown))];
  return [
    ...named.flatMap(({ number, matches }) => matches.map((told) => sentence(words, ask.locale, number, told))),
    summaryOf(call, faces),
    ...(isBlurred ? blurredOf(words, faces) : numbered),
  ].join('\n');
}

/** How many of the people on one photo are enrolled, in a sentence. */
export function summaryOf({ words, place }: PhotoCall, faces: readonly ToldFace[]): string {
  const named = faces.filter(({ matches }) => matches.length > 0);
  const sure = named.filter(({ verdict }) => verdict === 'match').length;
  const group = groupName(words, place);
  return words.find.summary({ faces: faces.length, sure, maybe: named.length - sure, group });
}

/**
 * Describes a photo to a group: the names of people who agreed to that, and how many faces are
 * blurred.
 */
export function describeShown({ words }: PhotoCall, faces: readonly ToldFace[]): string {
  const { find } = words;
  const named = faces.filter(({ matches }) => matches.length > 0);
  const lines = named.flatMap(({ number: face, matches }) =>
    matches.map(({ called: name, match }) => find.inPicture[match.verdict]({ name, face })),
  );
  return [...lines, ...blurredOf(words, faces)].join('\n');
}

function blurredOf({ find }: Words, faces: readonly ToldFace[]): string[] {
  const blurred = faces.filter(({ matches }) => matches.length === 0).length;
  return blurred > 0 ? [find.blurred({ faces: blurred, named: blurred < faces.length })] : [];
}

function sentence(
  { find }: Words,
  locale: string,
  face: number,
  { match, called: name, isMeasured, measuredAt }: Told,
): string {
  const { verdict, chance } = match;
  const told = measuredAt === undefined ? 'other' : 'elsewhere';
  if (!isMeasured) return find.unmeasured[verdict]({ name, face, told, at: measuredAt ?? 0 });
  const distance = figure(locale, match.distance, { decimals: 2 });
  return find[verdict]({ name, face, distance, chance: wrongAnswers(find, locale, chance) });
}

/** Says that at most one in so many such answers is wrong. Shown chances are rounded up. */
function wrongAnswers(find: Words['find'], locale: string, chance: number): string {
  return chance > 0.5 ? find.wrongMostly : find.wrongAnswers({ answers: figure(locale, Math.round(1 / chance)) });
}
