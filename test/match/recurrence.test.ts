import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../src/match/matcher.ts';
import { onceEach } from '../../src/match/recurrence.ts';

type Who = { readonly name: string; readonly distance: number };

/** A face with these people named, nearest first. */
const face = (...who: readonly (readonly [name: string, distance: number])[]): Judgement<Who> => ({
  verdict: 'match',
  similar: [],
  near: [],
  matches: who.map(([name, distance], rank) => ({
    candidate: { name, distance },
    distance,
    chance: 1e-5,
    verdict: rank === 0 ? 'match' : 'possible',
  })),
});
const told = (faces: Judgement<Who>[]) =>
  onceEach(faces, ({ name }) => name).map(({ verdict, matches }) => [
    verdict,
    ...matches.map((one) => one.candidate.name),
  ]);

describe('one person on several faces of a photo', () => {
  it('is named at the nearest alone', () => {
    expect(told([face(['Alice', 1.17]), face(['Alice', 0.87]), face(['Alice', 0.9])])).toEqual([
      ['unknown'],
      ['match', 'Alice'],
      ['unknown'],
    ]);
  });

  it('is told apart by what was measured, not by what is shown', () => {
    expect(told([face(['Alice', 0.8512]), face(['Alice', 0.8511])])).toEqual([['unknown'], ['match', 'Alice']]);
  });

  it('is named at the first of two that are equally near', () => {
    expect(told([face(['Alice', 1.1]), face(['Alice', 1.1])])).toEqual([['match', 'Alice'], ['unknown']]);
  });

  it('leaves a further face to whoever else it may be', () => {
    expect(told([face(['Alice', 0.5]), face(['Alice', 0.9], ['Bob', 0.95])])).toEqual([
      ['match', 'Alice'],
      ['possible', 'Bob'],
    ]);
  });

  it('takes nothing from others', () => {
    expect(told([face(['Alice', 1.1]), face(['Bob', 0.9])])).toEqual([
      ['match', 'Alice'],
      ['match', 'Bob'],
    ]);
  });

  it('looks similar at one face of a photo only, and not when they are named at a nearer one', () => {
    const similar = (name: string, distance: number): Judgement<Who> => {
      return { verdict: 'possible', matches: [], similar: [{ name, distance }], near: [] };
    };
    expect(told([face(['Alice', 0.5]), similar('Alice', 1), similar('Bob', 1.1), similar('Bob', 1)])).toEqual([
      ['match', 'Alice'],
      ['unknown'],
      ['unknown'],
      ['possible'],
    ]);
  });

  it('leaves unknown faces unknown', () => {
    expect(told([{ verdict: 'unknown', matches: [], similar: [], near: [] }])).toEqual([['unknown']]);
  });
});
