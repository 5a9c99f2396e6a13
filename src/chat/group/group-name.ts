import { inert } from '../../consent/name.ts';
import type { Place } from '../../consent/who.ts';
import type { Words } from '../../text/words.ts';

/** The most code points of a group's title on a button. */
const MOST_ON_BUTTON = 18;

/**
 * A group's name for sentences that are read outside the group. It is the title, made safe for
 * sentences, or the group's id on its platform when it has no title.
 */
export function groupName({ place: words }: Words, { title, id }: Place): string {
  return title === undefined ? words.untitled({ id }) : words.titled({ title: inert(title) });
}

/**
 * The group's name for a button, cut to the length that fits. A button can hold no mention or link,
 * so nothing needs to be made safe.
 */
export function shortName({ place: words }: Words, { title, id }: Place): string {
  const name = title ?? words.untitled({ id });
  const letters = [...name];
  return letters.length > MOST_ON_BUTTON ? `${letters.slice(0, MOST_ON_BUTTON).join('')}…` : name;
}
