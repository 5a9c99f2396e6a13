import { describe, expect, test } from 'vitest';
import { developmentInProduct, forbiddenImports, twoWayPairs, unusedPermissions } from './arrows.ts';
import { missingFiles, missingScripts, missingVariables } from './docs.ts';
import { clockedLimits, impatientWaits, namelessLimits, twiceNamedConstants } from './limits.ts';
import { unreadMembers } from './members.ts';
import { platformsEverywhere } from './platforms.ts';
import {
  barrels,
  escapes,
  grabBags,
  longComments,
  longFiles,
  longFunctions,
  returnsUnderUsing,
  strayFiles,
  tooFewTests,
  undocumented,
} from './style.ts';
import { plant, prepend, readTree, type Tree } from './tree.ts';

const house = readTree();

/** Throws when there are violations, and names all of them, one on each line. */
function expectNone(violations: readonly string[]): void {
  if (violations.length > 0) throw new Error(violations.join('\n'));
}

describe('the house', () => {
  test('imports only what test/house/rooms.ts allows', () => expectNone(forbiddenImports(house)));
  test('has no two rooms that import each other', () => expectNone(twoWayPairs()));
  test('names no package that only development installs', () => expectNone(developmentInProduct(house)));
  test('grants no permission that nothing uses', () => expectNone(unusedPermissions(house)));
  test('has no file that nobody can hold', () => expectNone(longFiles(house)));
  test('awaits what it returns out of a block with using', () => expectNone(returnsUnderUsing(house)));
  test('explains what it exports', () => expectNone(undocumented(house)));
  test('declares no member that nobody reads', () => expectNone(unreadMembers(house)));
  test('has no function that nobody can hold', () => expectNone(longFunctions(house)));
  test('goes round neither types nor linter', () => expectNone(escapes(house)));
  test('has each constant once', () => expectNone(twiceNamedConstants(house)));
  test('gives every limit a name', () => expectNone(namelessLimits(house)));
  test('waits in tests as long as a busy machine needs', () => expectNone(impatientWaits(house)));
  test('gives a busy machine more time', () => expectNone(clockedLimits(house)));
  test('has no comment line that is too long', () => expectNone(longComments(house)));
  test('has no barrel', () => expectNone(barrels(house)));
  test('has no grab-bag', () => expectNone(grabBags(house)));
  test('holds nothing that a program left behind', () => expectNone(strayFiles(house)));
  test('has as many lines of tests as of code', () => expectNone(tooFewTests(house)));
  test('names a platform in its own folder, and hardly elsewhere', () => expectNone(platformsEverywhere(house)));
  test('names in documents and comments only files that are there', () => expectNone(missingFiles(house)));
  test('names in documents only scripts that are there', () => expectNone(missingScripts(house)));
  test('names in documents only variables that something reads', () => expectNone(missingVariables(house)));
});

describe('a violation is seen:', () => {
  const seen = (rule: (tree: Tree) => string[], tree: Tree, sentence: RegExp) => {
    const already = new Set(rule(house));
    expect(
      rule(tree)
        .filter((violation) => !already.has(violation))
        .join('\n'),
    ).toMatch(sentence);
  };

  test.each([
    ['a vendor in a root file', 'src/failure.ts', "import '@elastic/elasticsearch';"],
    ['a vendor of one room in another', 'src/chat/gate.ts', "import { Counter } from 'prom-client';"],
    ['a package that nobody knows', 'src/chat/gate.ts', "import left from 'left-pad';"],
    ['an image library in the metrics', 'src/metrics/metrics.ts', "import sharp from 'sharp';"],
    ['a store in a command', 'commands/help.ts', "import { DatabaseSync } from 'node:sqlite';"],
    ['the face pipeline in the gate', 'src/chat/gate.ts', "import '../face/pipeline.ts';"],
    ['the pool in a command', 'commands/help.ts', "import '../src/face/pool.ts';"],
    ['a store in the probes', 'src/ops.ts', "import type { SqliteGallery } from './gallery/sqlite/sqlite.ts';"],
    ['a platform in another', 'src/bots/telegram/in/who.ts', "export * from '../../discord/markdown.ts';"],
    ['a dynamic import', 'src/chat/gate.ts', "const sharp = () => import('sharp');"],
    ['a type out of a vendor', 'src/log.ts', "type Job = import('bullmq').Job;"],
    ['an import whose target nobody can read', 'src/log.ts', 'const load = (name: string) => import(name);'],
  ])('%s', (_, path, lines) => seen(forbiddenImports, prepend(house, path, lines), new RegExp(`${path}: `)));

  test('a room that nobody knows', () =>
    seen(
      forbiddenImports,
      plant(house, 'src/slack/slack.ts', 'export {};'),
      /src\/slack\/slack\.ts stands in no room/,
    ));
  test('a long file', () => seen(longFiles, plant(house, 'src/long.ts', '1;\n'.repeat(301)), /src\/long\.ts has 301/));
  test('a long function', () =>
    seen(longFunctions, plant(house, 'src/long.ts', `function f() {${'\n'.repeat(100)}}`), /src\/long\.ts:1 is a/));
  test.each([
    ['src/a.ts', `/** ${'Long. '.repeat(16)} */`],
    ['test/a.test.ts', `// ${'Long. '.repeat(17)}`],
    ['infra/a.yml', `# ${'Long. '.repeat(17)}`],
    ['src/bots/page/public/style/a.css', `/* ${'Long. '.repeat(16)} */`],
  ])('a long comment line in %s', (path, text) =>
    seen(longComments, plant(house, path, text), new RegExp(`${path}:1 is a comment of 10\\d signs`)),
  );
  test.each([`// See https://example.org/${'long/'.repeat(20)}`, ` * | ${'a cell | '.repeat(12)}`])(
    'no long comment in a line that cannot be shorter',
    (line) => expect(longComments(plant(house, 'src/a.ts', `/**\n${line}\n */`))).toEqual(longComments(house)),
  );
  test('a barrel', () =>
    seen(barrels, plant(house, 'src/all.ts', "export { a } from './a.ts';"), /all\.ts is a barrel/));
  test('a file of a package that only development installs', () => {
    const named = prepend(house, 'src/log.ts', "require.resolve('@vladmandic/face-api/package.json');");
    seen(developmentInProduct, named, /src\/log\.ts names @vladmandic\/face-api/);
  });
  test('a grab-bag', () => seen(grabBags, plant(house, 'src/utils/a.ts', ''), /utils\/a\.ts/));
  test.each(['// @ts-ignore', '// biome-ignore lint: no', 'let a: any;', 'b as unknown as C;'])(
    'the escape %s',
    (line) => seen(escapes, prepend(house, 'src/log.ts', line), /src\/log\.ts has 1/),
  );
  test('no escape in a sentence', () =>
    expect(escapes(prepend(house, 'src/log.ts', "export const S = 'not as any other: any';"))).toEqual(escapes(house)));
  test('exports that nothing explains', () =>
    seen(undocumented, plant(house, 'src/bare.ts', 'export const a = 1;\n'.repeat(500)), /src\/bare\.ts:1 exports/));
  test('a promise that leaves a block with using', () =>
    seen(
      returnsUnderUsing,
      plant(house, 'src/a.ts', 'async function f() { await using log = open(); return failed.promise; }'),
      /src\/a\.ts:1 returns/,
    ));
  test('code without tests', () =>
    seen(tooFewTests, plant(house, 'src/a.ts', '1;\n'.repeat(1e5)), /lines of tests for/));
  test.each([
    ['of a type', 'export interface Alone { readonly nobodyReadsMe: number }'],
    ['of a table', 'export const T = { a: { nobodyReadsMe: 1 } } as const;'],
  ])('a member %s that nobody reads', (_, text) =>
    seen(unreadMembers, plant(house, 'src/a.ts', text), /nobody reads nobodyReadsMe/),
  );
  test('a constant in two places', () => {
    const once = plant(house, 'src/a.ts', 'const MAX_PEARS = 3;');
    seen(twiceNamedConstants, plant(once, 'src/b.ts', 'const MAX_PEARS = 3;'), /MAX_PEARS stands in/);
  });
  test.each(['discord', 'telegram', 'page'])('%s in the middle of the house', (id) => {
    const files = ['src/chat/a.ts', 'src/chat/b.ts', 'src/chat/c.ts', 'src/config.ts'];
    const planted = files.reduce((tree, path) => plant(tree, path, `export const P = '${id}';`), house);
    seen(platformsEverywhere, planted, new RegExp(`${id} is named in .*src/chat/b\\.ts`));
  });
  test('a limit without a name', () =>
    seen(namelessLimits, plant(house, 'src/a.ts', 'if (photos.length > 10) refuse();'), /compares a count with 10/));
  test.each(['vi.waitFor(look);', 'vi.waitFor(look, 10_000);', 'vi.waitFor(look, { timeout: 9_000 });'])(
    'a wait that is too short for a busy machine: %s',
    (text) => seen(impatientWaits, plant(house, 'test/a.test.ts', text), /test\/a\.test\.ts:1 waits/),
  );
  test.each([
    'expect(Date.now() - began).toBeLessThan(9);',
    'expect(performance.now() - began).toBeLessThanOrEqual(9);',
  ])('a limit by the clock: %s', (text) =>
    seen(clockedLimits, plant(house, 'test/a.test.ts', text), /test\/a\.test\.ts:1 fails/),
  );
  test('what a program left behind', () => seen(strayFiles, plant(house, 'dump.rdb', ''), /^dump.rdb was made/));
  test.each([
    ['a link', 'docs/x.md', 'See [that](missing.md).', missingFiles],
    ['a file', 'docs/x.md', 'It is held by `test/missing.test.ts`.', missingFiles],
    ['a comment', 'src/a.ts', `/** See src/${'missing'}.ts. */`, missingFiles],
    ['a script', 'docs/x.md', 'Run `npm run missing`.', missingScripts],
    ['a variable', 'docs/x.md', 'Set `MISSING_DAYS`.', missingVariables],
  ] as const)('%s that names what is not there', (_, path, text, rule) =>
    seen(rule, plant(house, path, text), /missing|MISSING_DAYS/),
  );
});
