import { expect, test } from 'vitest';
import { languageOf, readCatalogue, wordsFor } from '../../src/text/words.ts';
import { catalogueOf, changed } from './catalogue.ts';

test('a name is told as it is, whatever it looks like', () => {
  const name = "O'Brien '{'x'}' {name} <b>#</b> 100 %";
  expect(wordsFor('en').mydata.foundBy({ date: '2026-01-02', name })).toBe(`2026-01-02: ${name}`);
});

test.each([
  ['de', 'de'],
  ['de-AT', 'de'],
  ['DE_ch', 'de'],
  ['fil', undefined],
  ['den', undefined],
  ['', undefined],
  ['constructor', undefined],
])('somebody whose client says "%s" is served by %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
  expect(wordsFor(locale)).toBe(wordsFor(language ?? 'en'));
});

test('a figure stays as it was, without separators', () => {
  expect(wordsFor('en').mydata.found({ count: 12_345 })).toContain('12345');
  expect(wordsFor('de').mydata.enrolled({ templates: 1_095, hidden: 0 })).toContain('1095 Selfies');
});

test('a sentence that a language lacks is said in English, plural and all', () => {
  const { words, browser } = readCatalogue(
    'de',
    changed(catalogueOf('de'), { alert: undefined, 'browser.send': undefined }),
  );
  expect(words.alert({ count: 2, group: 'x' })).toMatch(/^2 things happened/);
  expect(browser.send).toBe('Send');
  expect(words.find.looking).toBe('Ich schaue…');
});

test('the browser gets its sentences with the names in braces that it puts in itself', () => {
  const { browser } = readCatalogue('de', changed(catalogueOf('de'), { 'browser.says': "{name} sagt''s '{'so'}'" }));
  expect(browser.says).toBe("{name} sagt's {so}");
});
