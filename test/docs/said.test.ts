import { expect, test } from 'vitest';
import { verbs } from '../../src/cli/index.ts';
import { readTree } from '../house/tree.ts';

const tree = readTree();
const documents = [...tree].filter(([path]) => path.endsWith('.md'));
const product = [...tree].filter(([path]) => /^(bin|src|infra)\/.*\.(ts|js)$/.test(path)).map(([, text]) => text);

test('what docs/troubleshooting.md quotes is what the program says', () => {
  const quotes = [...(tree.get('docs/troubleshooting.md') ?? '').matchAll(/^\| \*([^*]+)\* \|/gm)].map(
    ([, said]) => said ?? '',
  );
  expect(quotes.length).toBeGreaterThan(0);
  const unsaid = quotes.filter((quote) => {
    const parts = quote
      .split('…')
      .map((part) => part.trim())
      .filter(Boolean);
    return !product.some((text) => parts.every((part) => text.includes(part)));
  });
  expect(unsaid).toEqual([]);
});

test('every `facefinder …` in a document is a verb with options that it has', () => {
  const usages = new Map(verbs.map(({ name, usage }) => [name, usage]));
  const wrong = documents.flatMap(([path, text]) =>
    [...text.matchAll(/(?:npx facefinder|`facefinder|run --rm (?:bot|worker)) ([a-z-]+)([^`\n]*)/g)].flatMap(
      ([command, verb = '', rest = '']) => {
        const usage = usages.get(verb);
        if (usage === undefined) return [`${path}: ${command}`];
        const unknown = (rest.match(/--[a-z-]+/g) ?? []).filter(
          (option) => option !== '--help' && !usage.includes(option),
        );
        return unknown.map((option) => `${path}: ${verb} has no ${option}`);
      },
    ),
  );
  expect(wrong).toEqual([]);
});
