import { describe, expect, test } from 'vitest';
import { byChance, byThreshold } from '../../src/match/verdict.ts';

const compared = { templates: 1, faces: 1 };
/** The rule, with a distance that is also the share of strangers who come as near. */
const rule = (verification = 2) => byChance((distance) => distance, verification);

describe('exactly at a limit', () => {
  test('a chance of 1 % is a match still, one of 20 % similar still', () => {
    expect(rule()([0.01], compared)).toEqual(['match']);
    expect(rule()([0.0101], compared)).toEqual(['similar']);
    expect(rule()([0.2], compared)).toEqual(['similar']);
    expect(rule()([0.2001], compared)).toEqual(['unknown']);
  });

  test('the pack’s own distance for comparing two photos is similar still', () => {
    expect(rule(0.1)([0.1], compared)).toEqual(['similar']);
    expect(rule(0.0999)([0.1], compared)).toEqual(['unknown']);
  });

  test('a match stands beside somebody who is 99 times commoner, and not beside anybody less common', () => {
    expect(rule()([0.001, 0.099], compared)).toEqual(['match', 'similar']);
    expect(rule()([0.001, 0.098], compared)).toEqual(['possible', 'similar']);
  });

  test('a chance of 1 % by itself is possible still, whatever it is of the whole answer', () => {
    const asked = { templates: 1, faces: 10 };
    expect(rule()([0.01], asked)).toEqual(['possible']);
    expect(rule()([0.0101], asked)).toEqual(['similar']);
  });

  test('MATCH_DISTANCE is a match still', () => {
    expect(byThreshold(1)([1, 1.0001], compared)).toEqual(['match', 'unknown']);
  });
});

test('nothing is said when there is nobody to compare', () => {
  expect(rule()([], compared)).toEqual([]);
});
