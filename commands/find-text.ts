import type { PhotoTurn } from '../src/chat/command.ts';
import { groupName } from '../src/chat/group-name.ts';
import type { Candidate } from '../src/gallery/gallery.ts';
import { LEAST_CHANCE } from '../src/match/chance.ts';
import type { Named } from '../src/match/matcher.ts';
import type { Verdict } from '../src/match/verdict.ts';
import type { Words } from '../src/text/words.ts';
import type { Called } from './names-now.ts';

/** Somebody named at a face, and at which face it is said how near they are. */
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

/** What was found on one photo, in sentences; what is blurred has no number. */
export function describe(
  { words, place }: PhotoTurn,
  faces: readonly ToldFace[],
  { isBlurred }: { readonly isBlurred: boolean },
): string {
  const { find } = words;
  const group = groupName(words, place);
  const named = faces.filter(({ matches }) => matches.length > 0);
  const sure = named.filter(({ verdict }) => verdict === 'match').length;
  const lines = (isBlurred ? named : faces).map(({ number, verdict, matches }) => {
    const names = matches.map((told) => sentence(words, told));
    const nobody = verdict === 'possible' ? find.similar : find.unknown;
    return `${find.face({ number })}: ${names.length === 0 ? nobody : names.join('; ')}`;
  });
  const summary = find.summary({ faces: faces.length, sure, maybe: named.length - sure, group });
  return [summary, ...lines, ...(isBlurred ? blurredOf(words, faces) : [])].join('\n');
}

/** What a group is shown of it: who agreed to that, and how many are blurred. */
export function describeShown({ words }: PhotoTurn, faces: readonly ToldFace[]): string {
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

function sentence(words: Words, { match, called: name, isMeasured, measuredAt }: Told): string {
  const { find } = words;
  const { verdict, distance, chance } = match;
  const told = measuredAt === undefined ? 'other' : 'elsewhere';
  if (!isMeasured) return find.unmeasured[verdict]({ name, told, face: measuredAt ?? 0 });
  return find[verdict]({ name, distance: distance.toFixed(2), chance: percent(chance, find.rare) });
}

function percent(chance: number, rare: string): string {
  return chance <= LEAST_CHANCE ? rare : `${Number((chance * 100).toPrecision(2))} %`;
}
