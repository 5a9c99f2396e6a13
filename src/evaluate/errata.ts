import type { Album } from './album.ts';

/** For each person, the people who are the same person, or may be, because of a wrong label. */
export type SamePeople = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Reads a list of wrong labels. Each line has two names (folders of the album) with a comma between
 * them. Some photos of these two show one person. `#` begins a comment. A name that the album lacks
 * is left out, because a list may also be used for a part of a data set.
 */
export function readErrata(text: string, { people }: Pick<Album, 'people'>): SamePeople {
  const same = new Map<number, Set<number>>();
  const add = (person: number, other: number) => same.set(person, (same.get(person) ?? new Set()).add(other));
  for (const line of text.split(/\r?\n/)) {
    const [a = -1, b = -1] = line
      .replace(/#.*/, '')
      .split(',')
      .map((name) => people.indexOf(name.trim()));
    if (a === -1 || b === -1) continue;
    add(a, b);
    add(b, a);
  }
  return same;
}
