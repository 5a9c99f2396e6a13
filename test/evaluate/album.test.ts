import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAlbum } from '../../src/evaluate/album.ts';
import { readErrata } from '../../src/evaluate/errata.ts';
import { readProtocol } from '../../src/evaluate/protocol.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facefinder-album-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function holding(...files: readonly string[]) {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  return folder;
}

describe('an album', () => {
  test('has the people of the folders and their photos, in order', async () => {
    const { people, photos } = await readAlbum(await holding('Eve/Eve_0002.jpg', 'Eve/Eve_0001.JPEG', 'Ann/a.png'));
    expect(people).toEqual(['Ann', 'Eve']);
    expect(photos.map(({ name, person }) => [name, person])).toEqual([
      ['a', 0],
      ['Eve_0001', 1],
      ['Eve_0002', 1],
    ]);
    expect(photos[0]?.file).toBe(join(folder, 'Ann', 'a.png'));
  });

  test('passes over what is no photo of a person', async () => {
    const made = [
      'README.md',
      'stray.jpg',
      '.cache/x.jpg',
      'Ann/._a.jpg',
      'Ann/notes.txt',
      'Ann/deeper/b.jpg',
      'Nobody/x.txt',
    ];
    const { people, photos } = await readAlbum(await holding(...made, 'Ann/a.webp', 'Bob/b.avif'));
    expect(people).toEqual(['Ann', 'Bob']);
    expect(photos.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('of fewer than two people is refused, and so is a folder that is not there', async () => {
    await expect(readAlbum(await holding('Ann/a.jpg'))).rejects.toThrow('at least two people');
    await expect(readAlbum(join(folder, 'nowhere'))).rejects.toThrow('ENOENT');
  });
});

describe('a list of pairs', () => {
  const album = {
    photos: ['Ann_0001', 'Ann_0004', 'Bob_0001', 'Bob_0012'].map((name) => ({ name, file: '', person: 0 })),
  };

  test.each([
    ['as CSV, with a heading', 'name,imagenum1,imagenum2,\nAnn,1,4,\nBob,1,12,\nAnn,4,Bob,12\n'],
    ['as text, with its sizes first', '1\t2\nAnn\t1\t4\nBob\t1\t12\nAnn\t4\tBob\t12'],
    ['with the line ends of Windows', 'name,imagenum1,imagenum2,\r\nAnn,1,4\r\nBob,1,12\r\nAnn,4,Bob,12\r\n'],
  ])('is read %s', (_, text) => {
    expect(readProtocol(text, album)).toEqual({
      genuine: [
        [0, 1],
        [2, 3],
      ],
      impostor: [[1, 3]],
    });
  });

  test('that names a photo which is not there is refused, by that photo', () => {
    expect(() => readProtocol('Ann,1,5\nAnn,1,Bob,1', album)).toThrow('Ann_0005');
  });

  test('without pairs of both kinds is refused', () => {
    expect(() => readProtocol('Ann,1,4', album)).toThrow('both kinds');
    expect(() => readProtocol('', album)).toThrow('both kinds');
  });
});

describe('a list of wrong labels', () => {
  const album = { people: ['Ann', 'Anne', 'Bob', 'Eve'] };

  test('tells for each person who else they may be', () => {
    const same = readErrata('# two spellings\nAnn, Anne\r\nBob,Ann # a photo of Bob in Ann’s folder\n\n', album);
    expect(same).toEqual(
      new Map([
        [0, new Set([1, 2])],
        [1, new Set([0])],
        [2, new Set([0])],
      ]),
    );
  });

  test('may name people who are not in this folder', () => {
    expect(readErrata('Ann,Zoe\nZoe,Bob', album).size).toBe(0);
  });
});
