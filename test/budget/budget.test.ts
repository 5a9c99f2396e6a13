import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOCALES } from '../../src/text/words.ts';
import { productFiles, readTree, textOf } from '../house/tree.ts';
import { WHOAMI } from '../house/whoami.ts';

const ROOT = join(import.meta.dirname, '../..');
const PARTS = [
  'src',
  'commands',
  'models',
  'infra',
  'test',
  'bin',
  'docs',
  'README.md',
  'package.json',
  'tsconfig.json',
];
const CHECK = 'vitest.check.config.ts';

let scratch: string;
const changed = new Set<string>();

beforeEach(async () => {
  changed.clear();
  scratch = await mkdtemp(join(tmpdir(), 'facefinder-budget-'));
  for (const part of [...PARTS, CHECK]) await cp(join(ROOT, part), join(scratch, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(scratch, 'node_modules'), 'junction');
});
afterEach(() => rm(scratch, { recursive: true }));

/** Changes or makes a file of the copy. */
async function change(path: string, edit: (text: string) => string): Promise<void> {
  const text = await readFile(join(scratch, path), 'utf8').catch(() => '');
  const edited = edit(text);
  expect(edited).not.toBe(text);
  await writeFile(join(scratch, path), edited);
  changed.add(path);
}

/** Runs a Node program in the copy. Rejects with its output when it fails. */
const runs = (...args: readonly string[]) => promisify(execFile)(process.execPath, args, { cwd: scratch });

/** Adds the words of /whoami to each language, before those of /help. */
async function inEveryLanguage(): Promise<void> {
  for (const language of LOCALES) {
    await change(`src/text/languages/${language}.json`, (text) => {
      const catalogue = JSON.parse(text);
      const { help, ...commands } = catalogue.commands;
      const whoami = { what: 'Who you are', discordName: 'whoami', button: 'Who am I?' };
      const discord = { ...catalogue.discord };
      discord.notInstalledHere = discord.notInstalledHere.replace('/help', '/help, /whoami');
      return `${JSON.stringify({ ...catalogue, commands: { ...commands, whoami, help }, discord }, undefined, 2)}\n`;
    });
  }
}

const inside =
  (...changes: readonly (readonly [string, string])[]) =>
  (text: string): string =>
    changes.reduce((edited, [found, put]) => edited.replace(found, put), text);

describe('what a change costs', () => {
  test('a command: its file, the list, and its words; README’s row beside them', async () => {
    await change('commands/whoami.ts', () => WHOAMI);
    await change(
      'commands/index.ts',
      inside(
        ['import type { Tools }', "import { whoami } from './whoami.ts';\nimport type { Tools }"],
        [', help]', ', whoami, help]'],
      ),
    );
    await inEveryLanguage();
    expect(
      [...changed].filter((path) => !path.startsWith('src/text/languages/') || path.endsWith('en.json')),
    ).toHaveLength(3);
    await change('README.md', inside(['| `/help` |', '| `/whoami` | who you are |\n| `/help` |']));
    await runs('node_modules/typescript/lib/tsc.js');
    await runs(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      CHECK,
      'test/text/commands.test.ts',
      'test/text/languages.test.ts',
    );
  });

  test('a model: its manifest', async () => {
    const manifest = JSON.parse(await readFile(join(ROOT, 'models/faceplugin512.json'), 'utf8'));
    await change('models/another.json', () => JSON.stringify({ ...manifest, name: 'another' }));
    const { stdout } = await runs('src/main.ts', 'models', 'list');
    expect(stdout).toContain('another');
    expect(changed.size).toBe(1);
  });

  test('how long people are kept: one file for its beginning, one for its end, in every store', () => {
    const tree = readTree();
    const files = (pattern: RegExp) => productFiles(tree).filter((path) => pattern.test(textOf(tree, path)));
    expect(files(/confirmedAt: (?!confirmedAt|standing|life)[a-z]|Math\.max\(confirmedAt/)).toEqual([
      'src/consent/standing.ts',
    ]);
    // The pattern leaves out limits that are a number of days, such as 90 * DAY_MS.
    expect(files(/confirmedAt \+|[^\d\s] \* DAY_MS/)).toEqual(['src/consent/sweep.ts']);
  });
});
