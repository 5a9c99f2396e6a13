import { figure } from '../../text/figures.ts';
import { wordsFor } from '../../text/words.ts';
import type { Action, Comparison, Reply } from '../reply.ts';

const PREFIX = 'details:';

/** The distances of a match and of a possible, in hundredths, and what the chances rest on. */
const BUTTON = /^details:(\d{1,3})-(\d{1,3})-(own|worst)$/;

/** What explains an answer, and names nobody. */
interface Details extends Pick<Comparison, 'chancesRestOn'> {
  /** The largest distances of that answer's verdicts, rounded as distances are. */
  readonly match: number;
  readonly possible: number;
}

/**
 * The button that explains the numbers of an answer. It has in its id all that is explained, so it
 * works as long as its message stands, and nothing is kept for it.
 */
export function detailsButton({ match, possible, chancesRestOn }: Details, label: string): Action {
  const [matchAt, possibleAt] = [match, possible].map((distance) => Math.round(distance * 100));
  return { id: `${PREFIX}${matchAt}-${possibleAt}-${chancesRestOn}`, label, role: 'confirm' };
}

/** Whether a button explains an answer. Its explanation comes beside the message, which stays. */
export function isDetails(button: string): boolean {
  return button.startsWith(PREFIX);
}

/** The explanation behind such a button, for readers of a BCP 47 locale; undefined for others. */
export function detailsBehind(button: string, locale: string): Reply | undefined {
  const [, match, possible, rest] = BUTTON.exec(button) ?? [];
  if (match === undefined || possible === undefined) return undefined;
  const { how, limits, chance } = wordsFor(locale).find.details;
  const shown = (hundredths: string) => figure(locale, Number(hundredths) / 100, { decimals: 2 });
  const told = { match: shown(match), possible: shown(possible), isOne: match === possible };
  const text = [how, limits(told), chance({ rest: rest === 'own' ? 'own' : 'other' })].join('\n');
  return { kind: 'info', text };
}
