import { expect, test } from 'vitest';
import { filesImportedBy } from '../house/arrows.ts';
import { productFiles, readTree, textOf } from '../house/tree.ts';

const tree = readTree();
const text = textOf(tree, 'ARCHITECTURE.md');

/** The files to change for something new, by the table. */
function changedFor(what: string): string[] {
  const row = text.split('\n').find((line) => line.startsWith(`| ${what} |`)) ?? '';
  return [...(row.split('|')[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file).toSorted();
}

/** The files outside a folder that import something of it. */
const whoKnows = (folder: string) =>
  productFiles(tree)
    .filter((path) => !path.startsWith(folder))
    .filter((path) => filesImportedBy(tree, path).some((target) => target.startsWith(folder)))
    .toSorted();

test('is short enough to be read', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(150);
});

test('names every room, with what is always true there and the test that holds it', () => {
  const rooms = new Set([...tree.keys()].flatMap((path) => /^src\/(\w+)\//.exec(path)?.[1] ?? []));
  const rows = text.split('\n').filter((line) => /^\| `[\w/]+\/`/.test(line));
  for (const room of rooms)
    expect(
      rows.some((row) => row.includes(`\`src/${room}/\``)),
      room,
    ).toBe(true);
  for (const row of rows) expect(row).toMatch(/\| [^|]{10,} \| `test\/[\w/.-]+\.ts` \|$/);
});

test.each([
  ['a store of faces', 'src/gallery/elasticsearch/'],
  ['a queue', 'src/queue/redis/'],
])('to add %s, those files are changed that know the one that there is', (what, folder) => {
  expect(changedFor(what)).toEqual(whoKnows(folder).filter((path) => !path.startsWith('src/queue/')));
});

test('to add a platform, those files are changed that name the ones that there are', () => {
  const named = (id: string) =>
    productFiles(tree).filter(
      (path) =>
        /^(src|commands)\//.test(path) &&
        !path.startsWith(`src/bots/${id}/`) &&
        new RegExp(id, 'i').test(textOf(tree, path)),
    );
  expect(changedFor('a platform')).toEqual([...new Set([...named('telegram'), ...named('discord')])].toSorted());
});
