import { expect, test } from 'vitest';
import { nodesOf } from '../house/syntax.ts';
import { parse, productFiles, readTree, testFiles, textOf } from '../house/tree.ts';

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

/**
 * Words that once named several things. Each now names one thing, and only files that match `rooms`
 * use it in identifiers. `except`: identifiers in other files that somebody else chose, or that are
 * written in stores.
 */
const ONCE_SEVERAL = [
  {
    word: /proof/i,
    rooms: /^src\/(consent|cli\/verify-receipt)/,
    except: /^(no_proof|enrolProof|ENROL_PROOFS?|EnrolProof|proof)$/,
  },
  {
    word: /worker/i,
    rooms: /^src\/(app|bots|chat|health|metrics|queue|doctor)\b/,
    except: /^(no_worker|Worker|workerData|WORKERS)$/,
  },
];

test.each(ONCE_SEVERAL)('$word names one thing in the product', ({ word, rooms, except }) => {
  const elsewhere = productFiles(tree).filter((path) => !rooms.test(path));
  expect(elsewhere.flatMap((path) => namesIn(path).filter((name) => word.test(name) && !except.test(name)))).toEqual(
    [],
  );
});

test('a store that a test opens is no place, because a place is a group', () => {
  const stores = testFiles(tree).filter((path) => /^test\/(gallery|witness|queue)\//.test(path));
  expect(
    stores.flatMap((path) => namesIn(path).filter((name) => /^new\w*Place$|^\w+(Store|Gallery)Place$/.test(name))),
  ).toEqual([]);
});

/** All names in a file's code. */
function namesIn(path: string): string[] {
  return [...nodesOf(parse(tree, path))].flatMap(([node]) => (node.type === 'Identifier' ? [String(node.name)] : []));
}
