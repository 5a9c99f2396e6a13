import { createHash } from 'node:crypto';

/**
 * Merkle trees as in Certificate Transparency (RFC 6962, 2.1; RFC 9162, 2.1). With them, a
 * statement about a short list can be checked after the list has grown. Hashes are hex.
 */
export type Hash = string;

/**
 * The roots of the perfect trees within a tree, the largest first. With these and the number of
 * leaves, a leaf can be appended. The other hashes are not needed.
 */
export type Peaks = readonly Hash[];

/** The hash of one item of the list. */
export function leafHash(data: Uint8Array): Hash {
  return createHash('sha256').update(Uint8Array.of(0)).update(data).digest('hex');
}

function nodeHash(left: Hash, right: Hash): Hash {
  const bytes = Buffer.from(`01${left}${right}`, 'hex');
  return createHash('sha256').update(bytes).digest('hex');
}

/** The peaks of a tree of `size` leaves, after one more leaf is added. */
export function appended(size: number, peaks: Peaks, leaf: Hash): Peaks {
  const [kept, last] = [[...peaks], { hash: leaf }];
  // Two perfect trees of the same size become one, like a carry in binary numbers.
  for (let carry = size; carry % 2 === 1; carry = (carry - 1) / 2) last.hash = nodeHash(kept.pop() ?? '', last.hash);
  return [...kept, last.hash];
}

export function peaksOf(leaves: readonly Hash[]): Peaks {
  return leaves.reduce<Peaks>((peaks, leaf, size) => appended(size, peaks, leaf), []);
}

/** The root of the tree with these peaks. */
export function rootOf(peaks: Peaks): Hash {
  const [last, ...before] = peaks.toReversed();
  if (last === undefined) return createHash('sha256').digest('hex');
  return before.reduce((right, left) => nodeHash(left, right), last);
}

const treeHash = (leaves: readonly Hash[]): Hash => rootOf(peaksOf(leaves));

/** The largest power of two below `size`, which is at least 2. */
function split(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

/** Proof that the leaf at `index` is in the tree of all `leaves` (RFC 9162, 2.1.3.1). */
export function inclusionProof(leaves: readonly Hash[], index: number): Hash[] {
  if (leaves.length <= 1) return [];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return index < middle
    ? [...inclusionProof(left, index), treeHash(right)]
    : [...inclusionProof(right, index - middle), treeHash(left)];
}

/**
 * Whether `proof` shows `leaf` at `index` of a tree of `size` leaves with this root (RFC 9162,
 * 2.1.3.2).
 */
export function isIncluded(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash === root;
}

/**
 * Proof that the tree of all `leaves` begins with the earlier tree, which had only the first
 * `first` of them (RFC 9162, 2.1.4.1).
 */
export function consistencyProof(leaves: readonly Hash[], first: number): Hash[] {
  return first === 0 ? [] : subproof(leaves, first, true);
}

function subproof(leaves: readonly Hash[], first: number, isWhole: boolean): Hash[] {
  if (first === leaves.length) return isWhole ? [] : [treeHash(leaves)];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return first <= middle
    ? [...subproof(left, first, isWhole), treeHash(right)]
    : [...subproof(right, first - middle, false), treeHash(left)];
}

/** The size and root of a tree at one time. */
export interface Seen {
  readonly size: number;
  readonly root: Hash;
}

/**
 * Whether `proof` shows that the tree `later` begins with the tree `earlier` (RFC 9162, 2.1.4.2).
 */
export function isConsistent(earlier: Seen, later: Seen, proof: readonly Hash[]): boolean {
  if (earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && earlier.root === later.root;
  if (earlier.size === 0) return proof.length === 0;
  const isPerfect = Number.isInteger(Math.log2(earlier.size));
  const [start, ...path] = isPerfect ? [earlier.root, ...proof] : proof;
  if (start === undefined) return false;
  let [at, last] = [earlier.size - 1, later.size - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  let [before, after] = [start, start];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [before, after] = [nodeHash(sibling, before), nodeHash(sibling, after)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      after = nodeHash(after, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && before === earlier.root && after === later.root;
}
