/** Euclidean distance of two normalised embeddings of one pack, 0..2. */
export function distanceBetween(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(Math.max(0, 2 - 2 * cosine(a, b)));
}

/** Four sums side by side: the processor adds them at once. */
function cosine(a: Float32Array, b: Float32Array): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < a.length; k += 4) {
    s0 += (a[k] ?? 0) * (b[k] ?? 0);
    s1 += (a[k + 1] ?? 0) * (b[k + 1] ?? 0);
    s2 += (a[k + 2] ?? 0) * (b[k + 2] ?? 0);
    s3 += (a[k + 3] ?? 0) * (b[k + 3] ?? 0);
  }
  return s0 + s1 + s2 + s3;
}
