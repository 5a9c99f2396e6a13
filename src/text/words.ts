import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { ARGUMENTS, type Sentences } from './arguments.ts';
import english from './languages/en.json' with { type: 'json' };

/** The sentences of one language, in the shape of the English catalogue. */
export type Words = Sentences<Omit<typeof english, 'browser'>, typeof ARGUMENTS>;

/** The sentences for the browser, which inserts arguments for names in braces: `{name}`. */
export type BrowserWords = Readonly<Record<keyof (typeof english)['browser'], string>>;

/** The name of a command, as in the catalogues. */
export type CommandName = keyof Words['commands'];

/** A catalogue, or a part of one: sentences in ICU MessageFormat under their keys. */
export interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

const FOLDER = join(import.meta.dirname, 'languages');

/**
 * The languages with sentences, ISO 639-1: one file each in `languages/`. English, the reference,
 * comes first.
 */
export const LOCALES: readonly string[] = [
  'en',
  ...readdirSync(FOLDER)
    .flatMap((file) => /^([a-z]+)\.json$/.exec(file)?.[1] ?? [])
    .filter((language) => language !== 'en')
    .toSorted(),
];

const opened = new Map<string, { readonly words: Words; readonly browser: BrowserWords }>();

/** The language for a BCP 47 locale ("de" for "de-AT"); undefined when it has no sentences. */
export function languageOf(locale: string): string | undefined {
  const language = locale.toLowerCase().split(/[-_]/, 1)[0];
  return LOCALES.find((known) => known === language);
}

/** The sentences for a BCP 47 locale; the English ones if there are none in its language. */
export function wordsFor(locale: string): Words {
  return open(languageOf(locale) ?? 'en').words;
}

/** As {@link wordsFor}, for the sentences that the page shows in the browser. */
export function browserWordsFor(locale: string): BrowserWords {
  return open(languageOf(locale) ?? 'en').browser;
}

function open(language: string) {
  const known = opened.get(language);
  if (known) return known;
  const catalogue: Catalogue =
    language === 'en' ? english : JSON.parse(readFileSync(join(FOLDER, `${language}.json`), 'utf8'));
  const fresh = readCatalogue(language, catalogue);
  opened.set(language, fresh);
  return fresh;
}

/**
 * Reads the sentences of a catalogue. In place of a missing sentence, the English one is taken, so
 * that people can read something. (`npm run check` refuses a catalogue that lacks a sentence.)
 */
export function readCatalogue(
  language: string,
  catalogue: Catalogue,
): { readonly words: Words; readonly browser: BrowserWords } {
  const { browser, ...rest } = english;
  return {
    words: sentences(language, rest, catalogue, ARGUMENTS) as Words,
    browser: templates(language, browser, catalogue.browser),
  };
}

type Arguments = Readonly<Record<string, unknown>>;

function sentences(language: string, reference: Catalogue, theirs: Catalogue, told: Arguments): object {
  const entries = Object.entries(reference).map(([key, text]) => {
    const own = theirs[key];
    const below = (told[key] ?? told['*'] ?? {}) as Arguments;
    if (typeof text !== 'string') return [key, sentences(language, text, typeof own === 'object' ? own : {}, below)];
    const isOwn = typeof own === 'string';
    const say = sentence(isOwn ? language : 'en', isOwn ? own : text);
    return [key, Object.keys(below).length > 0 ? say : say({})];
  });
  return Object.fromEntries(entries);
}

type Told = Readonly<Record<string, string | number | boolean>>;

/**
 * Makes the function of a sentence. The text is parsed at the first use, because many sentences are
 * never used.
 */
function sentence(language: string, text: string): (told: Told) => string {
  if (!/[{}']/.test(text)) return () => text;
  let message: IntlMessageFormat | undefined;
  return (told) => {
    message ??= new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    return String(message.format({ ...told }));
  };
}

/** The browser's sentences, in which each argument is still its name in braces: `{name}`. */
function templates(language: string, reference: BrowserWords, theirs: string | Catalogue | undefined): BrowserWords {
  const own: Catalogue = typeof theirs === 'object' ? theirs : {};
  const entries = Object.entries(reference).map(([key, text]) => {
    const message = own[key];
    const names = Object.keys((ARGUMENTS.browser as Arguments)[key] ?? {});
    const say = sentence(language, typeof message === 'string' ? message : text);
    return [key, say(Object.fromEntries(names.map((name) => [name, `{${name}}`])))];
  });
  return Object.fromEntries(entries) as BrowserWords;
}
