import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  appended,
  consistencyProof,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  peaksOf,
  rootOf,
} from '../../src/consent/merkle.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

/**
 * The inputs and roots of Certificate Transparency's own reference tests
 * (google/certificate-transparency, merkle trees).
 */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const root = (count: number) => rootOf(peaksOf(leaves.slice(0, count)));

describe('a Merkle tree', () => {
  it('has the roots that Certificate Transparency’s reference has', () => {
    const reference = INPUTS.map((input) => leafHash(hex(input)));
    expect(reference.map((_, i) => rootOf(peaksOf(reference.slice(0, i + 1))))).toEqual(ROOTS);
    expect(rootOf([])).toBe(createHash('sha256').update('').digest('hex'));
  });

  it('that is appended to has the root of the one made at once', () => {
    let peaks: readonly string[] = [];
    for (const [size, leaf] of leaves.entries()) {
      peaks = appended(size, peaks, leaf);
      expect(rootOf(peaks)).toBe(root(size + 1));
      expect(peaks.length).toBeLessThanOrEqual(7);
    }
  });

  it('shows of each leaf that it is in it, and of none that it stands elsewhere', () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(leaves.slice(0, size), index);
        const [leaf = ''] = leaves.slice(index);
        expect(isIncluded(leaf, index, size, proof, root(size))).toBe(true);
        expect(isIncluded(leaf, index + 1, size, proof, root(size))).toBe(false);
        expect(isIncluded(leaves.at(-1) ?? '', index, size, proof, root(size))).toBe(false);
        expect(isIncluded(leaf, index, size, proof, root(size + 1))).toBe(false);
        expect(isIncluded(leaf, index, size, [...proof, leaf], root(size))).toBe(false);
        if (proof.length > 0) expect(isIncluded(leaf, index, size, proof.slice(1), root(size))).toBe(false);
      }
    }
  });

  it('shows of each earlier tree that it begins with it, and of no other', () => {
    for (let size = 1; size <= 40; size++) {
      for (let first = 0; first <= size; first++) {
        const [earlier, later] = [
          { size: first, root: root(first) },
          { size, root: root(size) },
        ];
        const proof = consistencyProof(leaves.slice(0, size), first);
        expect(isConsistent(earlier, later, proof)).toBe(true);
        if (first === 0) continue;
        expect(isConsistent({ ...earlier, root: root(first + 1) }, later, proof)).toBe(false);
        expect(isConsistent(earlier, { ...later, root: root(size + 1) }, proof)).toBe(false);
        expect(isConsistent(earlier, later, [...proof, root(3)])).toBe(false);
        expect(isConsistent(later, { ...earlier, size: first - 1 }, proof)).toBe(false);
        if (proof.length > 0) expect(isConsistent(earlier, later, proof.slice(0, -1))).toBe(false);
      }
    }
  });

  it('is not shown by an empty proof', () => {
    for (const first of [1, 2, 3, 4, 7]) {
      expect(isConsistent({ size: first, root: root(first) }, { size: 20, root: root(20) }, [])).toBe(false);
    }
  });

  it('has no proof when the history was rewritten', () => {
    const forged = leaves.with(3, leafHash(Buffer.from('another')));
    const later = { size: 20, root: rootOf(peaksOf(forged.slice(0, 20))) };
    for (const honest of [leaves, forged]) {
      const proof = consistencyProof(honest.slice(0, 20), 10);
      expect(isConsistent({ size: 10, root: root(10) }, later, proof)).toBe(false);
    }
  });
});
