/**
 * All numbers from 1 to `count`, if they are at most `most`. Otherwise `most` of them: one at
 * random from each of `most` equal parts. `random` gives 0 to 1.
 */
export function spread(count: number, most: number, random: () => number): number[] {
  const size = Math.min(count, most);
  if (size === count) return Array.from({ length: count }, (_, index) => index + 1);
  return Array.from({ length: size }, (_, part) => 1 + Math.floor(((part + random()) / size) * count));
}
