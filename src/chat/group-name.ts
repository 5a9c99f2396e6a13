import { inert } from '../consent/name.ts';
import type { Place } from '../consent/who.ts';
import type { Words } from '../text/words.ts';

/** A button has room for so many code points of a group's title. */
const MOST_ON_BUTTON = 18;

/**
 * How sentences call a group: by its title, set apart, or by its id on its platform where it has none. Whatever is read outside of
 * a group calls it so.
 */
export function groupName({ place: words }: Words, { title, id }: Place): string {
  return title === undefined ? words.untitled({ id }) : words.titled({ title: inert(title) });
}

/** The same for a button, which mentions and links nothing: cut to what a button has room for. */
export function shortName({ place: words }: Words, { title, id }: Place): string {
  const name = title ?? words.untitled({ id });
  const letters = [...name];
  return letters.length > MOST_ON_BUTTON ? `${letters.slice(0, MOST_ON_BUTTON).join('')}…` : name;
}
