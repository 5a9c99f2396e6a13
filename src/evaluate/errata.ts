import type { Album } from './album.ts';

/**
 * For each person of an album, the people of the album who may be the same person under another
 * name, because labels are wrong.
 */
export type SamePeople = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Reads a list of wrong labels. Each line has the names of two of the album's people with a comma
 * between them: some photos of these two show one person. `#` begins a comment. A line with a name
 * that the album lacks is ignored, because a list may also be used for a part of a data set.
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
