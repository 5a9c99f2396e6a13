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

/** The groups that a list makes of these people, and what is reported about the list. */
function read(list: string, folders: readonly string[] = people) {
  const told: string[] = [];
  return { groups: [...readGroups(list, { people: folders }, (note) => told.push(note))], told };
}

describe('a list of groups', () => {
  test('names people, or beginnings and ends of their names, and takes some out again', () => {
    const list = '# who\nwomen,Mary_*\nwomen,Ana_Ivanovic # one\nWang,*_Wang\nWang,Ana_Ivanovic\nWang,-Ben_Wang\n\n';
    expect(read(list)).toEqual({
      groups: [
        ['women', [3, 4, 0]],
        ['Wang', [1, 0]],
      ],
      told: [],
    });
  });

  test('may say in its first line which column is which, and come from a spreadsheet', () => {
    const women = [['women', [0, 3]]];
    expect(read('\uFEFFgroup,name\r\nwomen,Ana_Ivanovic\r\nwomen,Mary_Jones\r\n').groups).toEqual(women);
    expect(read('Name, Group\nAna_Ivanovic,women\nMary_Jones,women\n').groups).toEqual(women);
  });

  test.each([
    [
      'a column is missing',
      'women,Mary_*\nMary\n',
      'line 2 of the list of groups is not "group,name", two columns and a comma: Mary',
    ],
    ['a name is missing', 'group,name\nwomen,\n', 'line 2 of the list of groups is not "group,name"'],
    ['there is a column too many', 'a,b,c', 'line 1'],
    ['columns are parted by something else', 'women;Mary_Jones', 'line 1'],
    [
      'the columns are the other way round',
      'name,group\nMary_Jones',
      'line 2 of the list of groups is not "name,group"',
    ],
    ['nobody is meant', 'men,Nobody', 'nobody in the folder'],
  ])('is refused where %s', (_, list, told) => {
    expect(() => read(list)).toThrow(told);
  });

  test('tells which of its names are no folder, with the name that was likely meant', () => {
    const { told } = read('women,Mary_Jonse\nwomen,Mary_Smith\nwomen,Ana_Ivanovic\nwomen,Zoe\n');
    expect(told).toEqual([
      'line 1 of the list of groups: there is no folder "Mary_Jonse"; did you mean "Mary_Jones"?',
      'line 4 of the list of groups: there is no folder "Zoe"',
    ]);
    const lone: string[] = [];
    expect(() => readGroups('women,Mary_Jonse', { people }, (note) => lone.push(note))).toThrow('nobody in the folder');
    expect(lone).toEqual([told[0]]);
    const many = Array.from({ length: 9 }, (_, index) => `women,X${index}`).join('\n');
    expect(read(`women,Mary_*\n${many}`).told.at(-1)).toBe('and 4 more names of the list are no folders here');
  });

  test('tells which groups have too few people to compare, and leaves them out', () => {
    const { groups, told } = read('women,Mary_*\nalone,Ana_Ivanovic\nnobody,Zoe*\n');
    expect(groups).toEqual([['women', [3, 4]]]);
    expect(told).toEqual([
      'the group "alone" has one person in this folder, and is left out: name at least two people of it',
      'the group "nobody" has nobody in this folder, and is left out: name at least two people of it',
    ]);
  });

  test('is read as docs/evaluate.md writes it', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/evaluate.md'), 'utf8');
    const [, list = ''] = /```csv\n([\s\S]*?)```/.exec(page) ?? [];
    expect(read(list, ['Ada', 'Ben', 'Eve_Miller', 'Kim_Miller', 'Zoe'])).toEqual({
      groups: [
        ['over 60', [0, 1]],
        ['chess club', [0, 4]],
        ['twins', [2, 3]],
      ],
      told: [],
    });
  });

  test('is there for LFW, by names alone', async () => {
    const text = await readFile(join(import.meta.dirname, '../../src/evaluate/lfw.groups.csv'), 'utf8');
    const lfw = [
      'Mary_Blige',
      'George_W_Bush',
      'Junichiro_Koizumi',
      'Saddam_Hussein',
      'Mary_Pierce',
      'John_Bolton',
      'Hu_Jintao',
    ];
    expect(read(text, lfw).groups).toEqual([
      ['women', [0, 4]],
      ['men', [1, 5]],
      ['East Asian names', [6, 2]],
    ]);
  });
});

/**
 * Two photos of each of `count` people. The faces of the last `alike` people have a part in common.
 */
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

  test('strangers come as near as promised by the chances of the group, where by the table alone they come nearer', {
    timeout: 300_000,
  }, () => {
    const worst = worstGroup(fmr, everybody.subjects, everybody.personOf, groups);
    const rates = groupRates(everybody, groups, matcher({ fmr, worstGroup: worst }, { verification: 2 }));
    expect(new Set(rates.map(({ group }) => group))).toEqual(new Set(['all', 'alike', 'others']));
    const rate = (group: string, chancesBy: string, enrolled: number) =>
      rates.find((one) => one.group === group && one.chancesBy === chancesBy && one.enrolled === enrolled);
    for (const enrolled of [5, 20, 60]) {
      const [table, own] = [rate('alike', 'table', enrolled), rate('alike', 'group', enrolled)];
      expect(table?.strangers.at(-1)?.measured).toBeGreaterThan(0.3);
      for (const { promised, measured, low, high } of own?.strangers ?? []) {
        expect(low).toBeLessThanOrEqual(measured);
        expect(measured <= 1.2 * promised || low <= promised).toBe(true);
        expect(high).toBeGreaterThan(measured);
      }
      // By the chances of the group, no more people are matched than by the table alone.
      expect(own?.matched).toBeLessThanOrEqual(table?.matched ?? 0);
    }
    expect(rate('others', 'group', 60)?.matched).toBeGreaterThan(0.9);
  });
});
