import { FAILURES } from '../../src/failure.ts';
import { argumentsOf, type Sentences } from './catalogue.ts';

/** What is wrong with a catalogue's file and keys, before any sentence is read. */
export function shapeViolations(language: string, theirs: Sentences, english: Sentences): string[] {
  return [
    ...(/^[a-z]{2}$/.test(language) && Intl.PluralRules.supportedLocalesOf([language]).length > 0
      ? []
      : [`${language}.json: name the file by its language in ISO 639-1, such as es.json`]),
    ...[...english.keys()].filter((path) => !theirs.has(path)).map((path) => `${path} is missing`),
    ...[...theirs.keys()].filter((path) => !english.has(path)).map((path) => `${path} is no key of the English file`),
    ...[...theirs].flatMap(([path, text]) => spaceViolations(path, text, english.get(path) ?? text)),
  ];
}

/** Whether the English file, which all others are held to, fits the program: its arguments and its failures. */
export function referenceViolations(english: Sentences): string[] {
  const codes = new Set([...english.keys()].flatMap((path) => /^failures\.(.+)$/.exec(path)?.[1] ?? []));
  const told = [...english.keys()].filter((path) => Object.keys(argumentsOf(path)).length > 0);
  return [
    ...Object.keys(FAILURES)
      .filter((code) => !codes.has(code))
      .map((code) => `failures.${code} is missing`),
    ...[...codes].filter((code) => !Object.hasOwn(FAILURES, code)).map((code) => `failures.${code} never happens`),
    ...told
      .filter((path) => !path.startsWith('commands.') && !/\{/.test(english.get(path) ?? ''))
      .map((path) => `${path} says nothing of what it is told`),
  ];
}

function spaceViolations(path: string, text: string, english: string): string[] {
  if (text.trim() === '') return [`${path} is empty`];
  const around = (sentence: string) => [/^\s*/.exec(sentence)?.[0], /\s*$/.exec(sentence)?.[0]].join('|');
  return around(text) === around(english) ? [] : [`${path} must begin and end with the same space as in English`];
}
