import type { Kind } from '../../src/text/arguments.ts';
import { allParts, argumentsOf, messageOf, type Part, pluralCategories, type Sentences } from './catalogue.ts';

/**
 * ICU's kinds of parts that sentences consist of: text, a plain argument, cases, a plural, and `#`
 * in a plural.
 */
const LITERAL = 0;
const ARGUMENT = 1;
const SELECT = 5;
const PLURAL = 6;
const POUND = 7;
const KNOWN = [LITERAL, ARGUMENT, SELECT, PLURAL, POUND];

/** Sentences that ICU cannot read, or that use their arguments wrongly. */
export function grammarViolations(language: string, theirs: Sentences, english: Sentences): string[] {
  return [...theirs].flatMap(([path, text]) => {
    try {
      const parts = allParts(messageOf(language, text).getAst());
      const reference = allParts(messageOf('en', english.get(path) ?? text).getAst());
      return [
        ...parts.flatMap((part) => partViolations(language, path, part)),
        ...missingPlurals(language, path, parts, reference),
        ...missingCases(path, parts, reference),
      ];
    } catch (error) {
      return [`${path} is no ICU message: ${error instanceof Error ? error.message : error}`];
    }
  });
}

function partViolations(language: string, path: string, part: Part): string[] {
  if (!KNOWN.includes(part.type)) return [`${path}: write what it is told as {name}, without a format`];
  if (!('value' in part) || part.type === LITERAL) return [];
  const name = String(part.value);
  const kind: Kind | undefined = argumentsOf(path)[name];
  if (kind === undefined) return [`${path} is told nothing that is called {${name}}`];
  if (path.startsWith('browser.') && part.type !== ARGUMENT) {
    return [`${path}: the browser puts in {${name}} as it is; word it without plural or select`];
  }
  if (!('options' in part)) return [];
  if (part.type === PLURAL && kind !== 'number') return [`${path}: {${name}} is no number, so it has no plural`];
  if (part.type === SELECT && (kind === 'number' || kind === 'text'))
    return [`${path}: {${name}} has no cases to select`];
  return part.type === PLURAL ? missingForms(language, path, name, Object.keys(part.options)) : [];
}

/** Every whole number must find its form: `=1`, or its category in the language. */
function missingForms(language: string, path: string, name: string, forms: readonly string[]): string[] {
  return [...pluralCategories(language)].flatMap(([category, numbers]) => {
    if (forms.includes(category) || numbers.every((number) => forms.includes(`=${number}`))) return [];
    return [`${path}: the plural of {${name}} lacks the form "${category}", as for ${numbers.slice(0, 3).join(', ')}`];
  });
}

function missingPlurals(language: string, path: string, parts: readonly Part[], reference: readonly Part[]): string[] {
  if (pluralCategories(language).size === 1) return [];
  const inPlural = new Set(namesOf(parts, PLURAL));
  const wanted = new Set(namesOf(reference, PLURAL));
  return [...wanted]
    .filter((name) => !inPlural.has(name))
    .map((name) => `${path}: {${name}} needs a plural in this language, as in English`);
}

/**
 * The cases of a `select` are words of the program. They are never translated, and all are needed.
 */
function missingCases(path: string, parts: readonly Part[], reference: readonly Part[]): string[] {
  const theirs = casesOf(parts);
  return [...casesOf(reference)].flatMap(([name, cases]) => {
    const own = theirs.get(name) ?? '';
    return own === cases ? [] : [`${path}: {${name}} selects among ${cases}, not among ${own || 'nothing'}`];
  });
}

function casesOf(parts: readonly Part[]): ReadonlyMap<string, string> {
  return new Map(
    parts.flatMap((part) =>
      part.type === SELECT && 'options' in part
        ? [[String(part.value), Object.keys(part.options).toSorted().join(', ')] as const]
        : [],
    ),
  );
}

function namesOf(parts: readonly Part[], type: number): string[] {
  return parts.flatMap((part) => (part.type === type && 'value' in part ? [String(part.value)] : []));
}
