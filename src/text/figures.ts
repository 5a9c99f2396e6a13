import { languageOf } from './words.ts';

/** How many decimals a figure has. By default it has as many as the number, and at most 3. */
interface Decimals {
  readonly decimals?: number;
}

/** A number as readers of a BCP 47 locale write it: 0.85 is "0,85" in German. */
export function figure(locale: string, value: number, { decimals }: Decimals = {}): string {
  const digits = decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(known(locale), digits).format(value);
}

/** A list as a sentence in a BCP 47 locale has it: "1, 2 and 4". */
export function listed(locale: string, parts: readonly (string | number)[]): string {
  return new Intl.ListFormat(known(locale), { type: 'conjunction' }).format(parts.map(String));
}

/** The language of the sentence around the figure. `locale` may be any text from a platform. */
function known(locale: string): string {
  return languageOf(locale) ?? 'en';
}
