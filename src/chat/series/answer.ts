import { listed } from '../../text/figures.ts';
import type { Words } from '../../text/words.ts';
import type { Action, Reply } from '../reply.ts';
import { type Head, takesMore, waitingIn } from './head.ts';

/** What the buttons of a series do. */
const PRESSES = ['stop', 'more', 'again', 'which', 'not'] as const;
type Pressed = (typeof PRESSES)[number];

/** The most photos that one question offers to take out. */
const MOST_OFFERED = 10;

/** The most photos of which one sentence gives the numbers. */
const MOST_NAMED = 20;

/** A button of a series: what it does, to which series, and the number of a photo, or 0. */
export interface SeriesButton {
  readonly does: Pressed;
  readonly series: string;
  readonly number: number;
}

const BUTTON = /^series:([a-z]+)-([0-9a-f]{8})-(\d+)$/;

/** The button of a series that has this id; undefined for every other id. */
export function seriesButton(id: string): SeriesButton | undefined {
  const [, does, series = '', number] = BUTTON.exec(id) ?? [];
  const known = PRESSES.find((one) => one === does);
  return known && { does: known, series, number: Number(number) };
}

/** Whether the answer to a button comes below its message, which stays as it is. */
export function isAnsweredBelow(id: string): boolean {
  return seriesButton(id)?.does === 'which';
}

function action({ id }: Pick<Head, 'id'>, does: Pressed, label: string, number = 0): Action {
  return { id: `series:${does}-${id}-${number}`, label, role: does === 'stop' ? 'cancel' : 'confirm' };
}

/**
 * The running answer as it is now. It is complete, and replaces what was told before. `most`: how
 * many photos a person may send in a day.
 */
export function runningAnswer(head: Head, words: Words, { now, most }: { now: number; most: number }): Reply {
  const { found, looked, failed, maybe, unsure, given, refused, refusedUntil, refusedBack, ending, isTorn } = head;
  const isForAdvice = maybe.length > 0 && head.isByOne && !head.isAdvised;
  const { series } = words;
  const waiting = waitingIn(head);
  const isOver = ending !== undefined;
  const some = refusedBack.length > MOST_NAMED ? [...refusedBack.slice(0, MOST_NAMED), '…'] : refusedBack;
  const hours = Math.max(1, Math.ceil((refusedUntil - now) / 3_600_000));
  const isHeld = head.isHeld === true && !isOver;
  const looks = [
    ...(isOver ? [series.ended[ending.why === 'stopped' ? 'stopped' : 'other']] : []),
    series.found({ found, seen: looked - failed, isOver }),
    ...(waiting > 0 ? [series.waiting({ waiting })] : []),
    ...(maybe.length > 0 ? [series.maybe({ maybe: maybe.length })] : []),
    ...(isForAdvice ? [words.me.moreSelfies] : []),
    ...(failed > 0 ? [series.failed({ failed })] : []),
    ...(unsure.length > 0 ? [series.unsure({ unsure: unsure.length })] : []),
    ...(refusedBack.length > 0
      ? [series.refusedBack({ refused: refusedBack.length, photos: listed(head.ask.locale, some) })]
      : []),
  ];
  const sentences = [
    ...(isHeld ? [series.held({ waiting })] : looks),
    ...(refused > 0 ? [series.refused({ refused, most, hours })] : []),
    ...(isTorn ? [series.torn] : []),
    ...(ending?.why === 'failed' ? [ending.text] : []),
    ...(takesMore(head, now) && !isHeld ? [series.goOn] : []),
  ];
  const actions = [
    ...(isOver ? [] : [action(head, 'stop', series.stop)]),
    ...(maybe.length > 0 ? [action(head, 'more', words.me.showPossible)] : []),
    ...(unsure.length > 0 ? [action(head, 'again', series.again)] : []),
    ...(given.length > 0 ? [action(head, 'which', series.which)] : []),
  ];
  const text = sentences.join(' ');
  return actions.length > 0 ? { kind: 'confirm', text, actions } : { kind: 'info', text };
}

/**
 * Asks which of the photos that were given back shows somebody else. Offers the latest of those
 * before `number`; with 0, the latest of all.
 */
export function askWhich(head: Head, words: Words, number: number): Reply {
  const earlier = head.given.filter((one) => number === 0 || one < number).toSorted((a, b) => b - a);
  const offered = earlier.slice(0, MOST_OFFERED);
  const out = offered.map((one) => action(head, 'not', words.me.notMe({ number: one, seen: 2 }), one));
  const last = offered.at(-1);
  const more = last && earlier.length > offered.length ? [action(head, 'which', words.series.earlier, last)] : [];
  return { kind: 'confirm', text: words.series.ask, actions: [...out, ...more] };
}

/** What stands under a photo that is given back. */
export function captionOf(number: number, { perhaps }: Head, { series }: Words): string {
  return series.photo({ number, isMaybe: perhaps.includes(number) });
}
