import { editsBetween } from './nearest-word.ts';

/**
 * A complaint about each variable in `set` that is probably misspelt: its name is nearly one of
 * `names`, and that one is not set. A variable whose name is unlike all of these belongs to another
 * program. `file` has the variables that .env sets.
 */
export function misspelt(
  set: Readonly<Record<string, string>>,
  file: Readonly<Record<string, string>>,
  names: readonly string[],
): string[] {
  return Object.keys(set).flatMap((name) => {
    if (names.includes(name)) return [];
    const meant = names.find((known) => editsBetween(name, known) <= slips(known));
    if (meant === undefined || set[meant] !== undefined) return [];
    return [`${name} ${name in file ? 'in .env ' : ''}is no variable of facefinder: did you mean ${meant}?`];
  });
}

const SHORT = 8;

/**
 * How many edits a misspelt name may be away from this name. For a short name it is only one,
 * because many other names are near to a short one.
 */
function slips(name: string): number {
  return name.length < SHORT ? 1 : 2;
}
