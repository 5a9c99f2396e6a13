import type { Sentences } from './catalogue.ts';

/** Faults in a catalogue's file and keys, before any sentence is read. */
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

function spaceViolations(path: string, text: string, english: string): string[] {
  if (text.trim() === '') return [`${path} is empty`];
  const around = (sentence: string) => [/^\s*/.exec(sentence)?.[0], /\s*$/.exec(sentence)?.[0]].join('|');
  return around(text) === around(english) ? [] : [`${path} must begin and end with the same space as in English`];
}
