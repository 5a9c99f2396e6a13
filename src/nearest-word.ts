/**
 * The word of `words` that was probably meant: the one with the fewest edits between it and
 * `typed`. An edit adds, removes or changes a letter, or swaps two neighbours. At most one edit is
 * allowed for every three typed letters. Undefined when no word is so near.
 */
export function nearest<T extends string>(typed: string, words: readonly T[]): T | undefined {
  let best: T | undefined;
  let fewest = Math.floor(typed.length / 3) + 1;
  for (const word of words) {
    const edits = editsBetween(typed.toLowerCase(), word.toLowerCase());
    if (edits >= fewest) continue;
    best = word;
    fewest = edits;
  }
  return best;
}

/**
 * How many edits there are between two words: Levenshtein's distance, with swapped neighbours as
 * one edit (optimal string alignment).
 */
export function editsBetween(a: string, b: string): number {
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwapped ? at(older, j - 2) + 1 : Infinity;
      row.push(Math.min(at(old, j) + 1, at(row, j - 1) + 1, at(old, j - 1) + (isSame ? 0 : 1), swap));
    }
    [older, old] = [old, row];
  }
  return at(old, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
