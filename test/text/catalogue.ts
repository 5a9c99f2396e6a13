import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { ARGUMENTS, type Kind } from '../../src/text/arguments.ts';
import type { Catalogue } from '../../src/text/words.ts';

/** A catalogue's sentences by their keys, with dots between: `find.summary`. */
export type Sentences = ReadonlyMap<string, string>;

const FOLDER = join(import.meta.dirname, '../../src/text/languages');

/** A language's catalogue as its file holds it. */
export function catalogueOf(language: string): Catalogue {
  return JSON.parse(readFileSync(join(FOLDER, `${language}.json`), 'utf8'));
}

/**
 * All sentences of a catalogue. Values that are neither a sentence nor a part with sentences are
 * skipped.
 */
export function sentencesOf(catalogue: Catalogue, before = ''): Sentences {
  const entries = Object.entries(catalogue).flatMap(([key, text]): [string, string][] => {
    if (typeof text === 'string') return [[before + key, text]];
    return typeof text === 'object' && text !== null ? [...sentencesOf(text, `${before + key}.`)] : [];
  });
  return new Map(entries);
}

/** The same catalogue with other sentences, by their keys. Undefined removes a sentence. */
export function changed(catalogue: Catalogue, changes: Readonly<Record<string, string | undefined>>): Catalogue {
  const copy = new Map(sentencesOf(catalogue));
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) copy.delete(path);
    else copy.set(path, text);
  }
  return [...copy].reduce<Catalogue>((tree, [path, text]) => placed(tree, path.split('.'), text), {});
}

function placed(tree: Catalogue, [key = '', ...rest]: readonly string[], text: string): Catalogue {
  const below = tree[key];
  return { ...tree, [key]: rest.length === 0 ? text : placed(typeof below === 'object' ? below : {}, rest, text) };
}

/** The arguments of the sentence at `path`, by src/text/arguments.ts. */
export function argumentsOf(path: string): Readonly<Record<string, Kind>> {
  let level: Record<string, unknown> = ARGUMENTS;
  for (const key of path.split('.')) level = Object(level[key] ?? level['*'] ?? {});
  return level as Record<string, Kind>;
}

const messages = new Map<string, IntlMessageFormat>();

/**
 * A sentence as ICU reads it.
 * @throws Error that says what is wrong with it
 */
export function messageOf(language: string, text: string): IntlMessageFormat {
  const key = `${language} ${text}`;
  const known = messages.get(key) ?? new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
  messages.set(key, known);
  return known;
}

export type Part = ReturnType<IntlMessageFormat['getAst']>[number];

/** All parts of a sentence, inside plurals and cases too. */
export function allParts(parts: readonly Part[]): Part[] {
  return parts.flatMap((part) =>
    'options' in part ? [part, ...Object.values(part.options).flatMap(({ value }) => allParts(value))] : [part],
  );
}

const categories = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** Plural categories of a language's whole numbers, each with its numbers below 1,000. */
export function pluralCategories(language: string): ReadonlyMap<string, readonly number[]> {
  const known = categories.get(language) ?? group(language);
  categories.set(language, known);
  return known;
}

function group(language: string): ReadonlyMap<string, readonly number[]> {
  const rules = new Intl.PluralRules(language);
  return Map.groupBy(
    Array.from({ length: 1_000 }, (_, number) => number),
    (number) => rules.select(number),
  );
}
