import { expect, test } from 'vitest';
import { NO_SLOTS, type SlotRow, slotsAfter } from '../../../src/gallery/sqlite/slots.ts';

const DIMS = 2;
const row = (id: number): SlotRow => ({ id, person: id, isSearchable: true });
const there = (): boolean => false;

/** Slots with these templates, each with a vector of ones. */
function filled(ids: readonly number[]) {
  const { slots, added } = slotsAfter(NO_SLOTS, DIMS, new Set(ids), ids.map(row), there);
  for (const { slot } of added) slots.vectors.floats.fill(1, slot * DIMS, (slot + 1) * DIMS);
  return slots;
}

test.each([
  ['the same array', [], 1],
  ['a larger array', [4, 5, 6, 7, 8, 9], 1],
  ['an array without holes', [], 2],
] as const)('the vector of a removed template is gone from a search that still runs, after a change with %s', (_which, added, removed) => {
  const before = filled([1, 2, 3]);
  const gone = [1, 2].slice(0, removed);
  const { slots } = slotsAfter(before, DIMS, new Set([...gone, ...added]), added.map(row), there);
  expect(slots.templates).toBe(3 - removed + added.length);
  expect([...before.vectors.floats.subarray(0, removed * DIMS)].every((float) => float === 0)).toBe(true);
  expect([...before.vectors.floats.subarray(2 * DIMS, 3 * DIMS)]).toEqual([1, 1]);
});

test('who is found by a search that begins later is not who was erased', () => {
  const { slots } = slotsAfter(filled([1, 2, 3]), DIMS, new Set(), [], (person) => person === 2);
  expect([...slots.ids]).toEqual([1, 0, 3]);
  expect([...slots.searchable]).toEqual([1, 0, 1]);
  expect([...slots.vectors.floats.subarray(0, 3 * DIMS)]).toEqual([1, 1, 0, 0, 1, 1]);
});
