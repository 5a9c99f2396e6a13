import type { Kind } from '../../src/text/arguments.ts';
import { argumentsOf, messageOf, pluralCategories, type Sentences } from './catalogue.ts';

type Told = Readonly<Record<string, string | number | boolean>>;

/**
 * Sentences that drop, invent or change what the English ones say: names, dates, figures, commands.
 */
export function saidViolations(language: string, theirs: Sentences, english: Sentences): string[] {
  return [...english].flatMap(([path, reference]) => {
    const text = theirs.get(path);
    if (text === undefined) return [];
    const violations = probes(language, path).flatMap((told) => {
      const own = figuresAndNames(say(language, text, told));
      const meant = figuresAndNames(say('en', reference, told));
      return [
        ...[...meant].filter((said) => !own.has(said)).map((said) => `${path} does not say ${nameOf(said, told)}`),
        ...[...own]
          .filter((said) => !meant.has(said))
          .map((said) => `${path} says ${nameOf(said, told)}, not so in English`),
      ];
    });
    return [...new Set(violations)];
  });
}

/**
 * Every combination of a sentence's arguments: all cases, every plural category, and recognisable
 * numbers and texts.
 */
export function probes(language: string, path: string): Told[] {
  const values = Object.entries(argumentsOf(path)).map(([name, kind], index): [string, Told[string][]] => [
    name,
    probed(language, kind, name, index),
  ]);
  return values.reduce<Told[]>(
    (all, [name, some]) => all.flatMap((told) => some.map((value) => ({ ...told, [name]: value }))),
    [{}],
  );
}

function probed(language: string, kind: Kind, name: string, index: number): Told[string][] {
  if (kind === 'flag') return [true, false];
  if (kind === 'text') return [`‹${name}›`];
  if (kind !== 'number') return [...kind];
  // One and two may be words ("a face", "both"). Numbers above 9 are written as figures, so they
  // are tried. 0 is tried too, because it may have its own form.
  const written = [...pluralCategories(language).values()].map((numbers) => numbers.filter((number) => number > 9));
  return [0, ...written.flatMap((numbers) => numbers.at(-1 - index) ?? [])];
}

/**
 * A sentence as people read it.
 * @throws Error when the sentence cannot be read, or uses a missing argument
 */
export function say(language: string, text: string, told: Told): string {
  return String(messageOf(language, text).format({ ...told }));
}

function figuresAndNames(sentence: string): Set<string> {
  return new Set(sentence.match(/‹\w+›|\d+|(?<![\w/])\/[a-z]+(?![\w/])/g));
}

function nameOf(said: string, told: Told): string {
  const name = Object.keys(told).find((key) => String(told[key]) === said && said !== '0');
  return name === undefined ? said : `{${name}}`;
}
