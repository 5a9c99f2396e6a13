import { editsBetween } from './nearest-word.ts';

/**
 * A complaint for each variable whose name is nearly one of `names`, if that one is not set: it is
 * probably a slip. A name unlike all of them belongs to another program. `file` holds what .env
 * sets.
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

/** Short words are close to many others. */
function slips(name: string): number {
  return name.length < SHORT ? 1 : 2;
}
