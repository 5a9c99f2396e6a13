import { FAILURES } from '../../src/failure.ts';
import { ARGUMENTS } from '../../src/text/arguments.ts';
import { allParts, argumentsOf, messageOf, type Sentences } from './catalogue.ts';

/**
 * Where the English file, which is the standard for all others, does not fit the program's failures
 * and arguments.
 */
export function referenceViolations(english: Sentences): string[] {
  const codes = [...english.keys()].flatMap((path) => /^failures\.(.+)$/.exec(path)?.[1] ?? []);
  return [
    ...Object.keys(FAILURES)
      .filter((code) => !codes.includes(code))
      .map((code) => `failures.${code} is missing`),
    ...codes.filter((code) => !Object.hasOwn(FAILURES, code)).map((code) => `failures.${code} never happens`),
    ...renamedCommands(english),
    ...silentSentences(english),
    ...staleArguments(english),
  ];
}

/**
 * English names for Discord that are not the command's own name: Discord sends the English name of
 * a command, in any language.
 */
function renamedCommands(english: Sentences): string[] {
  return [...english].flatMap(([path, text]) => {
    const name = /^commands\.(\w+)\.discordName$/.exec(path)?.[1];
    return name === undefined || name === text ? [] : [`${path}: in English it is the command's own name, ${name}`];
  });
}

/** English sentences that do not use an argument which they get. */
function silentSentences(english: Sentences): string[] {
  return [...english].flatMap(([path, text]) => {
    // An argument that all commands get may be useless to one of them.
    if (path.startsWith('commands.')) return [];
    const used = new Set(namesIn(text));
    return Object.keys(argumentsOf(path))
      .filter((name) => !used.has(name))
      .map((name) => `${path} says nothing of {${name}}`);
  });
}

/** Entries of arguments.ts for which there is no sentence. */
function staleArguments(english: Sentences): string[] {
  return tables(ARGUMENTS).flatMap((path) => {
    const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`);
    return [...english.keys()].some((key) => pattern.test(key)) ? [] : [`arguments.ts: ${path} is no sentence`];
  });
}

/**
 * The paths of the sentences with declared arguments. An argument's kind is a string or a list;
 * everything above it is a table.
 */
function tables(level: object, before = ''): string[] {
  const entries = Object.entries(level);
  if (entries.some(([, kind]) => typeof kind === 'string' || Array.isArray(kind))) return [before.slice(0, -1)];
  return entries.flatMap(([key, below]) => tables(below, `${before}${key}.`));
}

function namesIn(text: string): string[] {
  return allParts(messageOf('en', text).getAst()).flatMap((part) => ('value' in part ? [String(part.value)] : []));
}
