import { languageOf } from '../../text/words.ts';

/** The first language of an Accept-Language header that there are sentences for, as the browser wrote it; else `en`. */
export function localeOf(header: string | undefined): string {
  const wanted = (header ?? '').split(',').map((range) => range.split(';', 1)[0]?.trim() ?? '');
  return wanted.find((tag) => languageOf(tag) !== undefined && isTag(tag)) ?? 'en';
}

/** The tag goes into the page, whose Intl throws for one that is none. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
