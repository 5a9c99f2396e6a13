import { editsBetween } from './nearest.ts';

/**
 * A complaint for each variable whose name is nearly one of `names`, while that one is not set: a slip, where a name like no other is
 * another program's. `file` is what stands in .env.
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

/** Short words are near many others. */
function slips(name: string): number {
  return name.length < SHORT ? 1 : 2;
}
