import { inert } from '../consent/name.ts';
import type { Place } from '../consent/who.ts';
import type { Words } from '../text/words.ts';

/** The most code points of a group's title on a button. */
const MOST_ON_BUTTON = 18;

/**
 * A group's name in sentences: its title, isolated, or without one its id on its platform.
 * Everything read outside a group uses it.
 */
export function groupName({ place: words }: Words, { title, id }: Place): string {
  return title === undefined ? words.untitled({ id }) : words.titled({ title: inert(title) });
}

/** The same for a button, which can hold no mention or link. It is cut to the button's room. */
export function shortName({ place: words }: Words, { title, id }: Place): string {
  const name = title ?? words.untitled({ id });
  const letters = [...name];
  return letters.length > MOST_ON_BUTTON ? `${letters.slice(0, MOST_ON_BUTTON).join('')}…` : name;
}
