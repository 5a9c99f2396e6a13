import type { Box } from '../src/face/face.ts';

/**
 * Sorts faces as a reader goes: row by row from the top, and each row from the left. A row need not
 * be level: a face belongs to the row when its middle is within the height of the row's first face.
 */
export function inReadingOrder<F extends { readonly box: Box }>(faces: readonly F[]): F[] {
  const rows: F[][] = [];
  for (const face of faces.toSorted((a, b) => middleOf(a) - middleOf(b))) {
    const row = rows.at(-1);
    const [first] = row ?? [];
    if (row && first && middleOf(face) <= first.box[1] + first.box[3]) row.push(face);
    else rows.push([face]);
  }
  return rows.flatMap((row) => row.toSorted((a, b) => a.box[0] - b.box[0]));
}

function middleOf({ box: [, y, , height] }: { readonly box: Box }): number {
  return y + height / 2;
}
