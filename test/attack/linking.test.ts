import { describe, expect, test } from 'vitest';
import { BUILT_IN, packNames } from '../../models/names.ts';
import { byPairs, byShape } from './group.ts';
import { assigned } from './linking.ts';

/**
 * Checks what SECURITY.md says of vectors in Elasticsearch: their rotation hides little from a
 * thief with photos of the people. `npm run drill linking` has the figures; these people are made
 * up.
 */
describe.each(packNames(BUILT_IN))('a thief of vectors of %s from Elasticsearch', (pack) => {
  test('who knows the owners of 50 of them tells more than nine in ten of the others apart', async () => {
    expect(await byPairs(pack, 1)).toBeGreaterThan(0.9);
  });

  test('who knows no owner tells most people of groups of 30 apart by their photos', async () => {
    const groups = await Promise.all([1, 2, 3].map((seed) => byShape(pack, 30, seed)));
    expect(groups.reduce((sum, share) => sum + share, 0) / groups.length).toBeGreaterThan(0.4);
  });
});

test('an assignment is the one that costs least', () => {
  expect(assigned([])).toEqual([]);
  const costs = [
    [4, 1, 3],
    [2, 0, 5],
    [3, 2, 2],
  ];
  expect(assigned(costs)).toEqual([1, 0, 2]);
});
