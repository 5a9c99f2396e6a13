import { languageOf } from '../../text/words.ts';

/**
 * The first valid language tag of an Accept-Language header for whose language facefinder has
 * sentences, as the browser wrote the tag; `en` if there is none.
 */
export function localeOf(header: string | undefined): string {
  const wanted = (header ?? '').split(',').map((range) => range.split(';', 1)[0]?.trim() ?? '');
  return wanted.find((tag) => languageOf(tag) !== undefined && isTag(tag)) ?? 'en';
}

/** The tag goes into the page, where Intl throws for an invalid one. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
