import { inert } from '../consent/name.ts';
import type { Words } from '../text/words.ts';

/**
 * A person's name in sentences, between quotation marks that no name can close. So a name cannot
 * pass for the bot's own words. `account` is the platform's name for their account, which is unique
 * there.
 */
export function personName({ person: words, find }: Words, name: string, account?: string): string {
  if (name === '') return find.nameless;
  if (account === undefined) return words.called({ name: inert(name) });
  return words.account({ name: inert(name), account: inert(`@${account}`) });
}
