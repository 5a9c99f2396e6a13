import { figure } from '../../text/figures.ts';
import { wordsFor } from '../../text/words.ts';
import type { Action, Comparison, Reply } from '../reply.ts';

const PREFIX = 'details:';

/**
 * The button's id has the distances of a match and of a possible, in hundredths, and what the
 * chances rest on.
 */
const BUTTON = /^details:(\d{1,3})-(\d{1,3})-(own|worst)$/;

/** What the explanation of an answer says. It names nobody. */
interface Details extends Pick<Comparison, 'chancesRestOn'> {
  /**
   * The largest distance at which that answer says `match`, and the largest at which it says
   * `possible`, rounded as shown distances are.
   */
  readonly match: number;
  readonly possible: number;
}

/**
 * The button that explains the numbers of an answer. Its id holds all that the explanation needs.
 * So nothing is stored for the button, and it works as long as its message stands.
 */
export function detailsButton({ match, possible, chancesRestOn }: Details, label: string): Action {
  const [matchAt, possibleAt] = [match, possible].map((distance) => Math.round(distance * 100));
  return { id: `${PREFIX}${matchAt}-${possibleAt}-${chancesRestOn}`, label, role: 'confirm' };
}

/** Whether a button explains an answer. Its explanation comes beside the message, which stays. */
export function isDetails(button: string): boolean {
  return button.startsWith(PREFIX);
}

/**
 * The explanation that a details button asks for, in the language of a BCP 47 locale. Undefined for
 * other buttons.
 */
export function detailsBehind(button: string, locale: string): Reply | undefined {
  const [, match, possible, rest] = BUTTON.exec(button) ?? [];
  if (match === undefined || possible === undefined) return undefined;
  const { how, limits, chance } = wordsFor(locale).find.details;
  const shown = (hundredths: string) => figure(locale, Number(hundredths) / 100, { decimals: 2 });
  // Different limits may be equal once rounded. Then one sentence covers matches and possible ones.
  const told = { match: shown(match), possible: shown(possible), isOne: match === possible };
  const text = [how, limits(told), chance({ rest: rest === 'own' ? 'own' : 'other' })].join('\n');
  return { kind: 'info', text };
}
