import { expect, test } from 'vitest';
import { plant, readTree, type Tree, textOf } from '../house/tree.ts';

const tree = readTree();

/** Documents with promises. */
const HELD = ['SECURITY.md', 'PRIVACY.md', 'docs/who-sees-what.md', 'README.md'];

/**
 * A document's promises with their full text: every point, and every row of a table but its head.
 */
function promisesIn(path: string, text: string): string[] {
  const points = text.match(/^- .*(?:\n {2}.*)*/gm) ?? [];
  const tables = [...text.matchAll(/^\|.*\|\n\|[-|\s]+\|\n((?:\|.*\|\n?)+)/gm)];
  // README's tables hold measured figures and links, but no promises.
  if (path === 'README.md') return points;
  return [...points, ...tables.flatMap(([, rows = '']) => rows.trim().split('\n'))];
}

/** Promises that name neither a test nor a command of the repository, by their beginnings. */
function unheld(house: Tree): string[] {
  const { scripts } = JSON.parse(textOf(house, 'package.json')) as { readonly scripts: object };
  const isHeld = (promise: string) =>
    [...promise.matchAll(/[`(](?:\.\.\/)?(test\/[\w./-]+\.ts)[`)]/g)].some(([, file = '']) => house.has(file)) ||
    [...promise.matchAll(/`npm run ([\w:]+)/g)].some(([, script = '']) => script in scripts);
  return HELD.flatMap((path) =>
    promisesIn(path, textOf(house, path))
      .filter((promise) => !isHeld(promise))
      .map((promise) => `${path}, which test holds this? ${promise.slice(0, 80)}`),
  );
}

test('every point of these documents, and every row of their tables, names what holds it', () => {
  const counts = HELD.map((path) => promisesIn(path, textOf(tree, path)).length);
  for (const [index, least] of [25, 40, 35, 5].entries()) expect(counts[index]).toBeGreaterThanOrEqual(least);
  expect(unheld(tree)).toEqual([]);
});

test.each([
  ['a point', 'SECURITY.md', '- **Rain**: it never rains.'],
  ['a point that goes on', 'SECURITY.md', '- **Rain**: it never rains\n  on Sundays.'],
  ['a point whose test is gone', 'PRIVACY.md', '- **Rain**: it never rains (`test/chat/rain.test.ts`).'],
  ['a point that names what is no test', 'PRIVACY.md', '- **Rain**: it never rains (`src/chat/flow.ts`).'],
  ['a point whose command is gone', 'SECURITY.md', '- **Rain**: it never rains (`npm run rain`).'],
  ['a row of another document', 'docs/who-sees-what.md', '| where | what |\n|---|---|\n| in the rain | nothing |'],
  ['a row', 'PRIVACY.md', '| what | where |\n|---|---|\n| rain | nowhere |'],
])('%s without it is named', (_, path, promise) => {
  expect(unheld(plant(tree, path, `${textOf(tree, path)}\n${promise}\n`))).toEqual([
    expect.stringMatching(new RegExp(`^${path}, .*rain`, 'i')),
  ]);
});
