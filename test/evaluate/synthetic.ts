import type { Subjects } from '../../src/evaluate/subjects.ts';

/** A normalised embedding in the direction of these values. */
export function unit(...values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

/**
 * Made-up people: each a random direction, and each photo that direction with noise. Small noise
 * keeps one person's photos near each other; strangers are about √2 apart.
 */
export function crowd(
  { people, photosEach, dims, noise }: { people: number; photosEach: number; dims: number; noise: number },
  random: () => number,
): { readonly subjects: Subjects; readonly personOf: readonly number[] } {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const subjects: Float32Array[] = [];
  const personOf: number[] = [];
  for (let person = 0; person < people; person++) {
    const centre = Array.from({ length: dims }, gauss);
    for (let photo = 0; photo < photosEach; photo++) {
      subjects.push(unit(...centre.map((value) => value + noise * gauss())));
      personOf.push(person);
    }
  }
  return { subjects, personOf };
}
