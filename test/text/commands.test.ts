import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { commandsToRegister } from '../../src/bots/discord/registration.ts';
import { menuOf } from '../../src/bots/telegram/menu.ts';
import { MAX_PHOTO_BYTES } from '../../src/face/limits.ts';
import { LOCALES, wordsFor } from '../../src/text/words.ts';
import { readTree, textOf } from '../house/tree.ts';
import { catalogueOf, sentencesOf } from './catalogue.ts';

const names: readonly string[] = COMMANDS.map(({ name }) => name);
const anywhere = COMMANDS.filter(({ kind }) => kind === 'anywhere').map(({ name }) => name);
const house = readTree();
const readme = textOf(house, 'README.md');

/** BotFather's, and paths. */
const FOREIGN = ['newbot', 'mybots', 'setjoingroups', 'setprivacy', 'file', 'usr', 'var'];

/** The commands that a text names: `/find`, not a part of a path. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w/.<])\/([a-z]+)(?![\w/])/g)].map(([, name = '']) => name);

describe('every command', () => {
  test('has words of its own in every language, and there are no others', () => {
    for (const language of LOCALES)
      expect(Object.keys(wordsFor(language).commands).toSorted()).toEqual(names.toSorted());
  });

  test('is registered with Discord, in the order of the list', () => {
    const registered = commandsToRegister(COMMANDS).filter(({ type }) => type === 1);
    expect(registered.map(({ name }) => name)).toEqual(names.map((name) => catalogueName('en', name)));
    for (const language of LOCALES.filter((locale) => locale !== 'en')) {
      const localised = registered.map((command) => command.name_localizations?.[language as 'de']);
      expect(localised).toEqual(names.map((name) => catalogueName(language, name)));
    }
  });

  test.each(LOCALES)('stands in Telegram’s menu (%s)', (language) => {
    expect(menuOf(COMMANDS, language).map(({ command }) => command)).toEqual(names);
  });

  test('stands in the table of README, with as many photos as it takes', () => {
    const [, table = ''] = /## Commands\n([\s\S]*?)\n## /.exec(readme) ?? [];
    const rows = table.split('\n').filter((line) => line.startsWith('| `/'));
    expect(rows.flatMap((row) => commandsIn(row.split('|')[1] ?? ''))).toEqual(names);
    for (const command of COMMANDS) {
      const row = rows.find((line) => line.startsWith(`| \`/${command.name}\``));
      const most = /up to (\d+)/.exec(row ?? '')?.[1];
      expect(most).toBe(command.kind === 'photos' ? String(command.photos.max) : undefined);
    }
  });

  test('stands in the tables of README that say where it works', () => {
    const head = /\| where \|.*/.exec(readme)?.[0] ?? '';
    expect(commandsIn(head).toSorted()).toEqual(names.toSorted());
  });

  test.each(LOCALES)('that works without a server is named where the others do not (%s)', (language) => {
    expect(commandsIn(wordsFor(language).discord.notInstalledHere).toSorted()).toEqual(anywhere.toSorted());
  });
});

describe('a command that is named', () => {
  const documents = [...house.keys()].filter((path) => /^([A-Z]+|docs\/\w+)\.md$/.test(path));
  const scripts = [...house.keys()].filter((path) => /^src\/bots\/page\/public\/.*\.(js|html)$/.test(path));

  test.each(LOCALES)('in a sentence exists (%s)', (language) => {
    const sentences = [...sentencesOf(catalogueOf(language)).values()];
    expect(unknown(sentences.flatMap(commandsIn))).toEqual([]);
  });

  test.each(documents)('in %s exists', (path) => {
    const code = textOf(house, path).match(/`[^`\n]+`/g) ?? [];
    expect(unknown(code.filter((text) => text.startsWith('`/')).flatMap((text) => commandsIn(text)))).toEqual([]);
  });

  test.each(scripts)('in %s exists', (path) => {
    const quoted = [...textOf(house, path).matchAll(/'\/([a-z]+)'/g)].map(([, name = '']) => name);
    expect(unknown(quoted)).toEqual([]);
  });
});

test('README states the limits of a photo as they are', () => {
  expect(readme).toMatch(new RegExp(`\\| over ${MAX_PHOTO_BYTES / 2 ** 20} MB, `));
});

/** A key of the English file is a word somewhere in the product, or nobody says its sentence. */
test('every sentence is said by somebody', () => {
  const said = new Set(
    [...house]
      .filter(([path]) => /^(src|commands)\/.*\.(ts|js|html)$/.test(path) && path !== 'src/text/arguments.ts')
      .flatMap(([, text]) => text.match(/\w+/g) ?? []),
  );
  const keys = [...sentencesOf(catalogueOf('en')).keys()];
  const unsaid = keys.filter((path) => !said.has(path.split('.').at(-1) ?? '') && !/^browser\.step_/.test(path));
  expect(unsaid).toEqual([]);
});

function catalogueName(language: string, command: string): string | undefined {
  return sentencesOf(catalogueOf(language)).get(`commands.${command}.discordName`);
}

function unknown(named: readonly string[]): string[] {
  return named.filter((name) => !names.includes(name) && !FOREIGN.includes(name));
}
