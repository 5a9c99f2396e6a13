import { expect, test } from 'vitest';
import { NO_SLOTS, type SlotRow, type Slots, slotsAfter } from '../../../src/gallery/sqlite/slots.ts';

const DIMS = 2;
const row = (id: number): SlotRow => ({ id, person: id, isSearchable: true });

/** Slots with the templates 1, 2 and 3, each with a vector of ones. */
function filled(): Slots {
  const ids = [1, 2, 3];
  const { slots, added } = slotsAfter(NO_SLOTS, DIMS, new Set(ids), ids.map(row), () => false);
  for (const { slot } of added) slots.vectors.floats.fill(1, slot * DIMS, (slot + 1) * DIMS);
  return slots;
}

/** The slots after these people were erased, and others enrolled. */
function after(before: Slots, erased: readonly number[], enrolled: readonly number[] = []): Slots {
  return slotsAfter(before, DIMS, new Set(enrolled), enrolled.map(row), (person) => erased.includes(person)).slots;
}

const vectorsOf = ({ vectors, used }: Slots) => [...vectors.floats.subarray(0, used * DIMS)];

test('the vector of an erased person is gone for a search that still runs', () => {
  const before = filled();
  const later = after(before, [1]);
  expect([...later.ids]).toEqual([0, 2, 3]);
  expect([...later.searchable]).toEqual([0, 1, 1]);
  expect(later.templates).toBe(2);
  expect(vectorsOf(before)).toEqual([0, 0, 1, 1, 1, 1]);
});

test('it is gone too when new templates need a larger array', () => {
  const before = filled();
  const later = after(before, [1], [4, 5, 6, 7]);
  expect(later.vectors).not.toBe(before.vectors);
  expect(later.templates).toBe(6);
  expect(vectorsOf(before)).toEqual([0, 0, 1, 1, 1, 1]);
});

test('it is gone too when the array is made anew because of its holes', () => {
  const before = after(filled(), [1, 2]);
  const later = after(before, [3]);
  expect(later.vectors).not.toBe(before.vectors);
  expect(later.templates).toBe(0);
  expect(vectorsOf(before)).toEqual([0, 0, 0, 0, 0, 0]);
});
