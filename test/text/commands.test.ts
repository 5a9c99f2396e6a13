import { describe, expect, test } from 'vitest';
import { enroll } from '../../commands/enroll.ts';
import { find } from '../../commands/find.ts';
import { COMMANDS } from '../../commands/index.ts';
import { commandsToRegister } from '../../src/bots/discord/registration.ts';
import { menuOf } from '../../src/bots/telegram/out/menu.ts';
import { MAX_PHOTO_BYTES } from '../../src/face/limits.ts';
import { MAX_TEMPLATES } from '../../src/gallery/gallery.ts';
import { LOCALES, wordsFor } from '../../src/text/words.ts';
import { plant, readTree, textOf } from '../house/tree.ts';
import { catalogueOf, changed, sentencesOf } from './catalogue.ts';
import { commandsIn, type Listed, readmeViolations, unknownCommands, unsaidSentences } from './mentions.ts';

const names: readonly string[] = COMMANDS.map(({ name }) => name);
const house = readTree();
const readme = textOf(house, 'README.md');
const situations = textOf(house, 'docs/who-sees-what.md');
const english = sentencesOf(catalogueOf('en'));

describe('every command', () => {
  test.each(LOCALES)('has words of its own, and there are no others (%s)', (language) => {
    expect(Object.keys(wordsFor(language).commands).toSorted()).toEqual(names.toSorted());
  });

  test('is registered with Discord, in the order of the list', () => {
    const registered = commandsToRegister(COMMANDS).filter(({ type }) => type === 1);
    expect(registered.map(({ name }) => name)).toEqual(names);
  });

  test.each(LOCALES)('stands in Telegram’s menu (%s)', (language) => {
    expect(menuOf(COMMANDS, language).map(({ command }) => command)).toEqual(names);
  });

  test('stands in README, with the photos that it takes', () => {
    expect(readmeViolations(readme, COMMANDS)).toEqual([]);
  });

  test.each(LOCALES)('that works without a server is named where the others do not (%s)', (language) => {
    const anywhere = COMMANDS.filter(({ kind }) => kind === 'anywhere').map(({ name }) => name);
    expect(commandsIn(wordsFor(language).discord.notInstalledHere).toSorted()).toEqual(anywhere.toSorted());
  });

  test.each(LOCALES)('that takes photos says what it does with them, by its button’s name (%s)', (language) => {
    const { commands, intent } = wordsFor(language);
    const does: Readonly<Record<string, string>> = intent.does;
    const taking = COMMANDS.filter(({ kind }) => kind === 'photos').map(({ name }) => name);
    expect(Object.keys(does).toSorted()).toEqual(taking.toSorted());
    for (const name of taking) expect(does[name]).toMatch(new RegExp(`^${commands[name].button}:`));
  });
});

test.each(LOCALES)('every command that a sentence names exists (%s)', (language) => {
  const named = [...sentencesOf(catalogueOf(language)).values()].flatMap(commandsIn);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});

test('every command that a document or the page names exists', () =>
  expect(unknownCommands(house, COMMANDS)).toEqual([]));

test('every sentence is said by somebody', () => expect(unsaidSentences(house, english)).toEqual([]));

test('the documents state the limits of photos and templates as they are', () => {
  expect(situations).toContain(`| over ${MAX_PHOTO_BYTES / 2 ** 20} MB, `);
  expect(readme).toContain(`at most ${MAX_TEMPLATES} templates of your own face`);
  expect(situations).toContain(`an album (Telegram, up to ${find.photos.max})`);
  expect(situations).toContain(`| up to ${enroll.photos.max} selfies |`);
});

describe('a violation is seen:', () => {
  const unlisted: Listed = { name: 'unlisted', kind: 'anywhere' };

  test('a command that README does not list', () => {
    const seen = readmeViolations(readme, [...COMMANDS, unlisted]).join('\n');
    expect(seen).toMatch(/commands\/index\.ts enroll,.*,unlisted$/);
  });

  test('a command that README still lists', () => {
    expect(readmeViolations(readme, COMMANDS.slice(1)).join('\n')).toMatch(/README lists enroll,/);
  });

  test('a limit that README does not state', () => {
    const more = COMMANDS.map((command) => (command.kind === 'photos' ? { ...command, photos: { max: 7 } } : command));
    expect(readmeViolations(readme, more).join('\n')).toMatch(
      /photos of \/enroll, which takes 7\n.*photos of \/find, which takes 7/,
    );
  });

  test.each([
    ['docs/discord.md', 'Then use `/whois` there.'],
    ['src/bots/page/public/welcome.js', "propose('/whois');"],
  ])('a command in %s that there is not', (path, text) => {
    expect(unknownCommands(plant(house, path, text), COMMANDS)).toEqual([`${path} names /whois, which is no command`]);
  });

  test('a sentence that nobody says', () => {
    const more = sentencesOf(changed(catalogueOf('en'), { 'find.shownBlurred': 'blurred' }));
    expect(unsaidSentences(house, more)).toEqual(['find.shownBlurred is said by nobody']);
  });
});
