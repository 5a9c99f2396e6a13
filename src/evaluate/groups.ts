import { OperatorError } from '../causes/operator-error.ts';
import { nearest } from '../nearest-word.ts';
import type { Album } from './album.ts';

/** The members of each group, by the group's name, as indices into the album's people. */
export type Groups = ReadonlyMap<string, readonly number[]>;

/** How many unknown names are reported at most. */
const MOST_TOLD = 5;

/**
 * Reads a list of groups. Each line has the name of a group, a comma, and the name of one of the
 * album's people. The first line may be a heading that says the order: `group,name` or
 * `name,group`. `women,Mary_*` puts everybody whose name begins with `Mary_` into the group
 * `women`, and `women,*_Smith` everybody whose name ends with `_Smith`. `-` before a name takes
 * people out of the group again. `#` begins a comment.
 * @param tell gets a sentence about everything that has no effect: names that the album lacks (a
 * list may also be used for a part of a data set), and groups of fewer than two people
 * @throws OperatorError for a line of another form, or when nobody of the album is in any group
 */
export function readGroups(text: string, { people }: Pick<Album, 'people'>, tell: (note: string) => void): Groups {
  const groups = new Map<string, Set<number>>();
  const missing: string[] = [];
  for (const { number, group, name } of rows(text)) {
    const members = groups.get(group) ?? new Set();
    groups.set(group, members);
    const isOut = name.startsWith('-');
    const meant = isOut ? name.slice(1) : name;
    const isMeant = meaning(meant);
    const found = [...people.keys()].filter((person) => isMeant(people[person] ?? ''));
    for (const person of found) {
      if (isOut) members.delete(person);
      else members.add(person);
    }
    if (found.length === 0 && !meant.includes('*')) missing.push(unknown(number, meant, people));
  }
  const listed = [...groups].map(([group, members]) => [group, [...members]] as const);
  for (const sentence of missing.slice(0, MOST_TOLD)) tell(sentence);
  if (missing.length > MOST_TOLD) tell(`and ${missing.length - MOST_TOLD} more names of the list are no folders here`);
  if (!listed.some(([, members]) => members.length > 0))
    throw new OperatorError('nobody in the folder is in a group of the list: its names must be those of the folders');
  return new Map(listed.filter(([group, members]) => !isTooSmall(group, members, tell)));
}

interface Row {
  /** The number of the line, from 1. */
  readonly number: number;
  readonly group: string;
  readonly name: string;
}

const HEADINGS = ['group,name', 'name,group'];

function rows(text: string): Row[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, plain: line.replace(/#.*/, '').trim() }))
    .filter(({ plain }) => plain !== '');
  const heading = lines[0]?.plain.toLowerCase().replaceAll(' ', '') ?? '';
  const isNameFirst = heading === 'name,group';
  return lines.slice(HEADINGS.includes(heading) ? 1 : 0).map(({ number, plain }) => {
    const fields = plain.split(',').map((field) => field.trim());
    const [group, name] = isNameFirst ? fields.toReversed() : fields;
    if (group && name && fields.length === 2) return { number, group, name };
    const form = isNameFirst ? 'name,group' : 'group,name';
    throw new OperatorError(`line ${number} of the list of groups is not "${form}", two columns and a comma: ${plain}`);
  });
}

function meaning(name: string): (folder: string) => boolean {
  if (name.startsWith('*')) return (folder) => folder.endsWith(name.slice(1));
  if (name.endsWith('*')) return (folder) => folder.startsWith(name.slice(0, -1));
  return (folder) => folder === name;
}

function unknown(line: number, name: string, people: readonly string[]): string {
  const meant = nearest(name, people);
  return `line ${line} of the list of groups: there is no folder "${name}"${meant ? `; did you mean "${meant}"?` : ''}`;
}

/**
 * Whether a group has fewer than two members, so that no strangers can be compared. Tells of such a
 * group.
 */
function isTooSmall(group: string, members: readonly number[], tell: (note: string) => void): boolean {
  if (members.length > 1) return false;
  const who = members.length === 0 ? 'nobody' : 'one person';
  tell(`the group "${group}" has ${who} in this folder, and is left out: name at least two people of it`);
  return true;
}
