import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { impostorTable, worstGroup } from '../../src/evaluate/calibration.ts';
import { groupRates } from '../../src/evaluate/group-rates.ts';
import { readGroups } from '../../src/evaluate/groups.ts';
import { compareAll } from '../../src/evaluate/pairs.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { matcher } from '../../src/match/matcher.ts';
import { crowd } from './synthetic.ts';

const people = ['Ana_Ivanovic', 'Bea_Wang', 'Ben_Wang', 'Mary_Jones', 'Mary_Smith'];

describe('a list of groups', () => {
  test('names people, or beginnings and ends of their names, and takes some out again', () => {
    const list = '# who\nwomen,Mary_*\nwomen,Ana_Ivanovic # one\nWang,*_Wang\nWang,-Ben_Wang\n\nmen,Nobody\n';
    expect([...readGroups(list, { people })]).toEqual([
      ['women', [3, 4, 0]],
      ['Wang', [1]],
      ['men', []],
    ]);
  });

  test('is refused with its line where it is no list, and where it means nobody', () => {
    expect(() => readGroups('women,Mary_*\nMary\n', { people })).toThrow('line 2');
    expect(() => readGroups('a,b,c', { people })).toThrow('line 1');
    expect(() => readGroups('men,Nobody', { people })).toThrow('nobody in the folder');
  });

  test('is there for LFW, by names alone', async () => {
    const text = await readFile(join(import.meta.dirname, '../../src/evaluate/lfw.groups.csv'), 'utf8');
    const lfw = { people: ['Mary_Blige', 'George_W_Bush', 'Junichiro_Koizumi', 'Saddam_Hussein'] };
    expect([...readGroups(text, lfw)]).toEqual([
      ['women', [0]],
      ['men', [1]],
      ['East Asian names', [2]],
    ]);
  });
});

/** Everybody's photos, of whom the last have a part of their faces in common. */
function mixed(count: number, alike: number) {
  const { subjects, personOf } = crowd({ people: count, photosEach: 2, dims: 48, noise: 0.3 }, seeded(3));
  const common = subjects[0] ?? new Float32Array();
  const faces = subjects.map((face, photo) => {
    if (!face || (personOf[photo] ?? 0) < count - alike) return face;
    const sum = face.map((value, index) => 0.85 * value + 0.55 * (common[index] ?? 0));
    const length = Math.hypot(...sum);
    return sum.map((value) => value / length);
  });
  return { subjects: faces, personOf };
}

describe('groups of a crowd in which some look alike', () => {
  const [count, alike] = [600, 150];
  const everybody = { ...mixed(count, alike), same: new Map() };
  const groups = new Map([
    ['alike', Array.from({ length: alike }, (_, index) => count - alike + index)],
    ['others', Array.from({ length: 300 }, (_, index) => index)],
    ['few', [1, 2, 3]],
  ]);
  const fmr = impostorTable(compareAll(everybody.subjects, everybody.personOf).impostors);

  test('the one that the table is least true of is found, by one photo of each', () => {
    const worst = worstGroup(fmr, everybody.subjects, everybody.personOf, groups);
    expect(worst).toMatchObject({ group: 'alike', people: alike });
    expect(worst?.power).toBeLessThan(0.9);
    const all = new Map([['everybody', Array.from({ length: count }, (_, index) => index)]]);
    expect(worstGroup(fmr, everybody.subjects, everybody.personOf, all)?.power).toBeGreaterThan(0.95);
    expect(worstGroup(fmr, everybody.subjects, everybody.personOf, new Map([['few', [1, 2, 3]]]))).toBeUndefined();
  });

  test('strangers come as near as promised by the chances of the group, where by the table alone they come nearer', () => {
    const worst = worstGroup(fmr, everybody.subjects, everybody.personOf, groups);
    const rates = groupRates(everybody, groups, matcher({ fmr, worstGroup: worst }, { verification: 2 }));
    expect(new Set(rates.map(({ group }) => group))).toEqual(new Set(['all', 'alike', 'others']));
    const rate = (group: string, chancesBy: string, enrolled: number) =>
      rates.find((one) => one.group === group && one.chancesBy === chancesBy && one.enrolled === enrolled);
    for (const enrolled of [5, 20, 60]) {
      const [table, own] = [rate('alike', 'table', enrolled), rate('alike', 'group', enrolled)];
      expect(table?.strangers.at(-1)?.measured).toBeGreaterThan(0.3);
      for (const { promised, measured, half } of own?.strangers ?? []) {
        expect(measured).toBeLessThanOrEqual(Math.max(1.2 * promised, promised + half));
      }
      // Nobody is found the more by it.
      expect(own?.matched).toBeLessThanOrEqual(table?.matched ?? 0);
    }
    expect(rate('others', 'group', 60)?.matched).toBeGreaterThan(0.9);
  });
});
