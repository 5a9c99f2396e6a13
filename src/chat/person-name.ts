import { inert } from '../consent/name.ts';
import type { Words } from '../text/words.ts';

/**
 * How sentences call a person: by their name between quotation marks, which no name can close, so that nothing that somebody calls
 * themselves reads as the bot's own words. `account` is their platform's name for them, which nobody else there has.
 */
export function personName({ person: words, find }: Words, name: string, account?: string): string {
  if (name === '') return find.nameless;
  if (account === undefined) return words.called({ name: inert(name) });
  return words.account({ name: inert(name), account: inert(`@${account}`) });
}
