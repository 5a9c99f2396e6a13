import { OperatorError } from '../causes/operator-error.ts';
import type { Album } from './album.ts';

/** Who belongs to a group of people of an album, by the group's name: indices into the album's people. */
export type Groups = ReadonlyMap<string, readonly number[]>;

/**
 * Reads a list of groups: on each line a group and, after a comma, a name (a folder of the album). A name that begins or ends
 * with `*` means every name that ends or begins so: `women,Mary_*`. With `-` before it it takes out again what lines above it
 * put in. `#` begins a comment. Names that the album lacks are passed over.
 * @throws OperatorError where a line is no such line, or nobody of the album is in any group
 */
export function readGroups(text: string, { people }: Pick<Album, 'people'>): Groups {
  const groups = new Map<string, Set<number>>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const plain = line.replace(/#.*/, '').trim();
    if (plain === '') continue;
    const [group, name, ...more] = plain.split(',').map((field) => field.trim());
    if (!group || !name || more.length > 0)
      throw new OperatorError(`line ${index + 1} of the list of groups is not "group,name": ${plain}`);
    const members = groups.get(group) ?? new Set();
    groups.set(group, members);
    const isOut = name.startsWith('-');
    const isMeant = meaning(isOut ? name.slice(1) : name);
    for (const [person, folder] of people.entries()) {
      if (!isMeant(folder)) continue;
      if (isOut) members.delete(person);
      else members.add(person);
    }
  }
  const found = [...groups].map(([group, members]) => [group, [...members]] as const);
  if (!found.some(([, members]) => members.length > 0))
    throw new OperatorError('nobody in the folder is in a group of the list: its names must be those of the folders');
  return new Map(found);
}

function meaning(name: string): (folder: string) => boolean {
  if (name.startsWith('*')) return (folder) => folder.endsWith(name.slice(1));
  if (name.endsWith('*')) return (folder) => folder.startsWith(name.slice(0, -1));
  return (folder) => folder === name;
}
