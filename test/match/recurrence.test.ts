import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../src/match/matcher.ts';
import { weighRecurrence } from '../../src/match/recurrence.ts';

const face = (who: string, distance: number, chance: number): Judgement<string> => ({
  verdict: 'match',
  matches: [{ candidate: who, distance, chance, verdict: 'match' }],
});
const verdicts = (faces: Judgement<string>[]) => weighRecurrence(faces, (who) => who).map(({ verdict }) => verdict);

describe('one person on several faces of a photo', () => {
  it('is a match on the nearest, and only possible on one that a stranger might well have', () => {
    expect(verdicts([face('Alice', 1.17, 0.007), face('Alice', 0.87, 1e-7)])).toEqual(['possible', 'match']);
  });

  it('is a match twice in a collage of two good likenesses', () => {
    expect(verdicts([face('Alice', 0.6, 1e-10), face('Alice', 0.8, 1e-8)])).toEqual(['match', 'match']);
  });

  it('is a match once more where a stranger this close is 1 in 10,000, not where it is commoner', () => {
    const further = (chance: number) => verdicts([face('Alice', 0.6, 1e-10), face('Alice', 0.8, chance)]);
    expect(further(1e-4)).toEqual(['match', 'match']);
    expect(further(1.1e-4)).toEqual(['match', 'possible']);
  });

  it('is a match on the first of two that are equally near', () => {
    expect(verdicts([face('Alice', 1.1, 0.005), face('Alice', 1.1, 0.005)])).toEqual(['match', 'possible']);
  });

  it('takes nothing from others', () => {
    expect(verdicts([face('Alice', 1.1, 0.005), face('Bob', 0.9, 1e-7)])).toEqual(['match', 'match']);
  });

  it('leaves unknown faces unknown', () => {
    expect(verdicts([{ verdict: 'unknown', matches: [] }])).toEqual(['unknown']);
  });
});
