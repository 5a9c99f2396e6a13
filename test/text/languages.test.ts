import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOCALES } from '../../src/text/words.ts';
import { catalogueOf, changed } from './catalogue.ts';
import { elsewhereViolations, POINTED } from './elsewhere.ts';
import { saidViolations } from './said.ts';
import { violations } from './violations.ts';

test.each(LOCALES)('the words of %s can be read, say what they must, and fit every platform', (language) => {
  const found = violations(language, catalogueOf(language));
  // The list is an error's message, because a comparison would shorten it.
  if (found.length > 0) throw new Error(found.join('\n'));
});

test.each(LOCALES)('how %s points to where something is read is known to a test', (language) => {
  expect(POINTED).toContain(language);
});

test('every file among the languages is served: its name is a language and nothing more', () => {
  const files = readdirSync(join(import.meta.dirname, '../../src/text/languages'));
  expect(files.toSorted()).toEqual(LOCALES.map((language) => `${language}.json`).toSorted());
});

describe('a language is refused', () => {
  const spanish = catalogueOf('en');
  const planted = (changes: Readonly<Record<string, string | undefined>>) =>
    violations('es', changed(spanish, changes));

  test('never for being another one', () => expect(planted({})).toEqual([]));

  test.each<[string, Readonly<Record<string, string | undefined>>, RegExp]>([
    [
      'for a command’s name that Discord refuses',
      { 'commands.mydata.discordName': 'Mis Datos' },
      /mydata.*"Mis Datos"/,
    ],
    ['for two commands of one name', { 'commands.mydata.discordName': 'find' }, /mydata.*"find" already/],
    ['for an option’s name that Discord refuses', { 'discord.photo': 'Foto' }, /discord\.photo.*"Foto2"/],
    ['for a label that is too long', { 'discord.form.consent': 'é'.repeat(71) }, /consent has 71 .* at most 45/],
    [
      'for a label that is too long with its figure in it',
      { 'discord.form.photos': `${'é'.repeat(43)} {max}` },
      /photos has 4[67]/,
    ],
    ['for a title that is too long', { 'discord.form.title': 'é'.repeat(76) }, /title has 76 .* at most 45/],
    ['for a button that is too long', { 'forget.here': 'é'.repeat(35) }, /here has 35 .* at most 34/],
    ['for a description that is too long', { 'commands.find.what': 'é'.repeat(101) }, /what has 101 .* at most 100/],
    ['for a finder’s name that is dropped', { 'mydata.foundBy': '{date}: alguien' }, /foundBy does not say \{name\}/],
    ['for a figure that is dropped', { 'find.photo': 'Cara' }, /photo does not say \{number\}/],
    [
      'for a notice that always says 365 days',
      { 'notice.howLong': 'Hasta /forget, o 365 días.' },
      /howLong does not say \{days\}/,
    ],
    [
      'for a notice that says 365 days beside the true ones',
      { 'notice.howLong': 'Hasta /forget, o 365 días ({days}).' },
      /howLong says 365/,
    ],
    ['for a notice with another age', { 'notice.limits': 'Tienes 16 años o más.' }, /limits does not say 18/],
    [
      'for a notice without the operator',
      { 'notice.operator': '{hasContact, select, true {Alguien} other {Alguien}}' },
      /operator does not say \{contact\}/,
    ],
    [
      'for a notice whose first part is too long',
      { 'notice.search.brief': `18 {days} /find /forget ${'é'.repeat(400)}` },
      /first part of the notice of search has \d+ characters, not 500/,
    ],
    [
      'for a notice that does not name its group first',
      { 'notice.enrol.title': 'Me acuerdo' },
      /title does not say \{group\}/,
    ],
    ['for a sentence that names no command', { 'help.title': 'Usa /ayuda.' }, /help\.title says \/ayuda/],
    [
      'for a command that is no longer named',
      { 'failures.bad_command': 'No lo conozco.' },
      /bad_command does not say \/help/,
    ],
    ['for a missing sentence', { 'find.looking': undefined }, /find\.looking is missing/],
    ['for a sentence that nobody knows', { 'find.seeking': 'Busco' }, /find\.seeking is no key/],
    ['for an empty sentence', { 'find.looking': ' ' }, /find\.looking is empty/],
    ['for a space that was lost', { 'browser.face': 'Cara' }, /browser\.face must begin and end/],
    ['for an argument that there is not', { 'find.photo': 'Cara {numero}' }, /nothing that is called \{numero\}/],
    ['for a format of its own', { 'find.photo': 'Cara {number, number}' }, /without a format/],
    ['for braces that do not match', { 'find.photo': 'Cara {number' }, /find\.photo is no ICU message/],
    [
      'for a plural that lacks a form',
      { alert: '{count, plural, other {{count} personas; /mydata}}' },
      /alert: .* lacks the form "one"/,
    ],
    ['for a plural that is not there', { alert: '{count} personas; /mydata' }, /\{count\} needs a plural/],
    [
      'for a case that was translated',
      { 'find.picture': '{faces, plural, one {1} other {{faces}}}{named, select, sí {: {names}} other {}}' },
      /selects among other, true, not among/,
    ],
    [
      'for a plural in the browser',
      { 'browser.photosReady': '{n, plural, one {1} other {{n}}}' },
      /photosReady.*without plural/,
    ],
  ])('%s', (_, changes, sentence) => expect(planted(changes).join('\n')).toMatch(sentence));

  test.each<[string, string, string]>([
    ['en', 'You are enrolled here.', 'here'],
    ['en', 'Nobody outside of this group can find you.', 'this group'],
    ['de', 'Hier bist du aufgenommen.', 'Hier'],
    ['de', 'Niemand außerhalb dieser Gruppe findet dich.', 'dieser Gruppe'],
  ])('for a private answer that points to where it is not (%s: %s)', (language, text, said) => {
    expect(elsewhereViolations(language, new Map([['enroll.done', text]]))).toEqual([
      `enroll.done says "${said}", but may be read elsewhere: name the group`,
    ]);
  });

  test('for a plural of two forms where the language has three', () => {
    expect(violations('ru', spanish).join('\n')).toMatch(/find\.picture: .* lacks the form "few", as for 2, 3, 4/);
  });

  test('for a form that says one where the language means 21 as well', () => {
    const face = (one: string) =>
      new Map([['find.summary', `{faces, plural, one {${one} лицо} other {{faces} лица}}, {sure}, {maybe}`]]);
    const meant = new Map([['find.summary', '{faces} faces, {sure}, {maybe}']]);
    expect(saidViolations('ru', face('1'), meant).join('\n')).toMatch(/find\.summary does not say \{faces\}/);
    expect(saidViolations('ru', face('{faces}'), meant)).toEqual([]);
  });

  test('for a name that is no language', () => {
    expect(violations('english', spanish)).toEqual([expect.stringContaining('name the file by its language')]);
  });
});

describe('English, which all others are held to, is refused', () => {
  const planted = (changes: Readonly<Record<string, string | undefined>>) =>
    violations('en', changed(catalogueOf('en'), changes)).join('\n');

  test.each<[string, Readonly<Record<string, string | undefined>>, RegExp]>([
    [
      'for a finder’s name that is dropped',
      { 'mydata.foundBy': '{date}: somebody' },
      /foundBy says nothing of \{name\}/,
    ],
    [
      'for a notice that always says 365 days',
      { 'notice.howLong': '365 days, or /forget.' },
      /howLong says nothing of \{days\}/,
    ],
    [
      'for a notice that says 365 days beside the true ones',
      { 'notice.howLong': 'In {group} {days} days, at most 365, or /forget; {traceDays}.' },
      /notice of search states the figures 15, 18, 30, 70, 90, 180, 365, not 15, 18, 30, 70, 90, 180/,
    ],
    [
      'for a contact that is given and not told',
      { 'notice.operator': '{hasContact, select, true {Somebody} other {{contact}}}' },
      /does not state The chess club’s board, mail@operator.example/,
    ],
    ['for a failure without a sentence', { 'failures.busy': undefined }, /failures\.busy is missing/],
    [
      'for a sentence of a failure that never happens',
      { 'failures.tired': 'I am tired.' },
      /failures\.tired never happens/,
    ],
    [
      'for a sentence that arguments.ts still knows',
      { 'find.photo': undefined },
      /arguments\.ts: find\.photo is no sentence/,
    ],
    [
      'for a command that Discord would know by another name',
      { 'commands.find.discordName': 'locate' },
      /commands\.find\.discordName: in English it is the command's own name, find/,
    ],
    ['for a label that is too long', { 'discord.form.shown': 'a'.repeat(46) }, /shown has 46/],
  ])('%s', (_, changes, sentence) => expect(planted(changes)).toMatch(sentence));
});
