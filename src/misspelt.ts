import { editsBetween } from './nearest-word.ts';

/**
 * One complaint for each variable that is probably misspelt: its name is nearly one of `names`, and
 * the variable of that name is not set. A name that is unlike all of them belongs to another
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
 * How many wrong letters a name may have. Few in a short name, because short names are near to many
 * others.
 */
function slips(name: string): number {
  return name.length < SHORT ? 1 : 2;
}
