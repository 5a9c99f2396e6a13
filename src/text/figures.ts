import { languageOf } from './words.ts';

/**
 * The number of decimals of a figure, at least and at most. Default: as many as it has, up to 3.
 */
interface Decimals {
  readonly decimals?: number;
}

/** A figure as readers of a BCP 47 locale write it: "0.85" is "0,85" in German. */
export function figure(locale: string, value: number, { decimals }: Decimals = {}): string {
  const digits = decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(known(locale), digits).format(value);
}

/** A list as a sentence of that locale says it: "1, 2 and 4". */
export function listed(locale: string, parts: readonly (string | number)[]): string {
  return new Intl.ListFormat(known(locale), { type: 'conjunction' }).format(parts.map(String));
}

/** The language of the sentences around it. A platform gives any text as a locale. */
function known(locale: string): string {
  return languageOf(locale) ?? 'en';
}
