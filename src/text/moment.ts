import { languageOf } from './words.ts';

/** How exact a moment is: to the minute, or only the day. */
export type MomentUnit = 'minute' | 'day';

/**
 * An invisible sign on both sides of a moment. Names that people give cannot contain it, so no name
 * is taken for a moment.
 */
const MARK = '\u2063';
const MOMENT = /\u2063(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d) UTC)?\u2063/g;

/**
 * A moment (milliseconds since 1970) as text, for an argument of sentences. People can read the
 * text as it is. It is marked, so that a platform can find it with {@link tellMoments} and show it
 * in the reader's time zone.
 */
export function moment(at: number, unit: MomentUnit = 'minute'): string {
  const [date = '', time = ''] = new Date(at).toISOString().slice(0, 16).split('T');
  return `${MARK}${date}${unit === 'minute' ? ` ${time} UTC` : ''}${MARK}`;
}

/**
 * Replaces each marked moment in the text by the result of `tell`. `tell` gets the moment, and as
 * `start` the position at which its result begins in the new text, in UTF-16 units.
 */
export function tellMoments(text: string, tell: (at: number, unit: MomentUnit, start: number) => string): string {
  let told = '';
  let end = 0;
  for (const { 0: found, 1: date, 2: time, index } of text.matchAll(MOMENT)) {
    told += text.slice(end, index);
    told += tell(Date.parse(`${date}T${time ?? '00:00'}Z`), time === undefined ? 'day' : 'minute', told.length);
    end = index + found.length;
  }
  return told + text.slice(end);
}

/**
 * A moment as readers of a BCP 47 locale write it: with the time zone, unless it is only a day. The
 * time zone is that of this machine by default.
 */
export function writtenMoment(at: number, unit: MomentUnit, locale: string, timeZone?: 'UTC'): string {
  const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const minute = { ...day, hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  // A day is written in UTC, so that it is the same calendar day for everybody.
  const zone = unit === 'day' ? 'UTC' : timeZone;
  const format = { ...(unit === 'day' ? day : minute), ...(zone !== undefined && { timeZone: zone }) };
  return new Intl.DateTimeFormat(known(locale), format).format(at);
}

/**
 * The locale with its region, if there are sentences in its language; otherwise `en`. `locale` may
 * be any text from a platform.
 */
function known(locale: string): string {
  const language = languageOf(locale) ?? 'en';
  try {
    return Intl.getCanonicalLocales(locale).find((tag) => languageOf(tag) === language) ?? language;
  } catch {
    return language;
  }
}
