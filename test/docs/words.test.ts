import { expect, test } from 'vitest';
import { readTree, textOf } from '../house/tree.ts';

const tree = readTree();
const [, section = ''] = /\n## Our words\n([\s\S]*?)\n## /.exec(textOf(tree, 'CONTRIBUTING.md')) ?? [];
const [nouns = [], verbs = []] = section
  .split('| verb |')
  .map((table) =>
    [...table.matchAll(/^\| (\w+) \| (.*) \|$/gm)]
      .filter(([, word]) => word !== 'noun')
      .map(([, word = '', text = '']) => ({ word, text })),
  );

test('there are about thirty nouns and five verbs, each once', () => {
  expect(nouns.length).toBeGreaterThanOrEqual(25);
  expect(nouns.length).toBeLessThanOrEqual(40);
  expect(verbs.map(({ word }) => word)).toEqual(['erase', 'drop', 'scrub', 'expire', 'sweep']);
  const words = [...nouns, ...verbs].map(({ word }) => word);
  expect(new Set(words).size).toBe(words.length);
});

test.each(nouns)('the file that is named for $word speaks of it', ({ word, text }) => {
  const file = /`([\w/.-]+\.ts)`/.exec(text)?.[1] ?? '';
  expect(textOf(tree, file)).toMatch(new RegExp(word, 'i'));
});
