import type { Sentences } from './catalogue.ts';
import { probes, say } from './said.ts';

/** The most characters of a button: a phone cuts longer ones off. Discord's own limit is 80. */
const BUTTON = 34;

/**
 * The longest sentence for each use, in UTF-16 units. For one violation Discord refuses all
 * commands of all languages.
 */
const LIMITS: readonly (readonly [path: RegExp, most: number, what: string])[] = [
  [/^commands\.\w+\.what$/, 100, 'a command’s description (Discord; Telegram takes 256)'],
  [/^commands\.\w+\.(photo|anotherPhoto)$/, 100, 'an option’s description (Discord)'],
  [/^commands\.\w+\.button$/, BUTTON, 'a button'],
  [/^(notice\.(agree|agreeShown|decline)|enroll\.dispute|find\.show)$/, BUTTON, 'a button'],
  [/^wrong\.(name|notMe)$/, BUTTON, 'a button'],
  [/^mydata\.selfies\.(of|one|keep)$/, BUTTON, 'a button'],
  [/^(forget\.(here|everywhere|cancel)|discord\.delete|telegram\.(open|pickButton|addMe))$/, BUTTON, 'a button'],
  [/^blur\.(more|me)$/, BUTTON, 'a button'],
  [/^series\.(stop|again|which|earlier)$/, BUTTON, 'a button'],
  [/^blur\.option\.what$/, 100, 'an option’s description (Discord)'],
  [/^settings\.(buttons|options)\.\w+$/, BUTTON, 'a button'],
  [/^settings\.erase\.(all|keep)$/, BUTTON, 'a button'],
  [/^telegram\.description$/, 512, 'a bot’s description (Telegram)'],
  [/^telegram\.shortDescription$/, 120, 'a bot’s short description (Telegram)'],
  [/^discord\.(findFaces|amIInThis)$/, 32, 'an entry of Discord’s menu on a message'],
  [/^discord\.form\.title$/, 45, 'a form’s title (Discord)'],
  [/^discord\.form\.(consent|shown|photos)$/, 45, 'a label in a form (Discord)'],
  [/^discord\.form\.(agree|agreeShown|photosHint)$/, 100, 'a description in a form (Discord)'],
  [/./, 2_000, 'a message (Discord; Telegram takes 4,096)'],
];

/**
 * Discord’s rule for names of commands and options, in every language. In scripts with upper and
 * lower case, names are in lower case.
 */
const NAME = /^[-_\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/**
 * The key of an option’s name. Discord shows the name with a digit when there are several options.
 */
const OPTION = 'discord.photo';

/** Sentences that a platform refuses, or cuts off. */
export function limitViolations(language: string, theirs: Sentences): string[] {
  return [
    ...[...theirs].flatMap(([path, text]) => {
      const [, most, what] = LIMITS.find(([pattern]) => pattern.test(path)) ?? [];
      const longest = Math.max(...probes(language, path).map((told) => say(language, text, told).length));
      return most !== undefined && longest > most
        ? [`${path} has ${longest} characters; ${what} has at most ${most}`]
        : [];
    }),
    ...nameViolations(theirs),
  ];
}

function nameViolations(theirs: Sentences): string[] {
  const names = [...theirs].filter(([path]) => /^commands\.\w+\.discordName$/.test(path));
  const twice = names.filter(([, name], index) => names.findIndex(([, other]) => other === name) < index);
  const option = theirs.get(OPTION);
  return [
    ...[...names, ...(option === undefined ? [] : [[OPTION, `${option}2`] as const])]
      .filter(([, name]) => !NAME.test(name) || name !== name.toLowerCase())
      .map(
        ([path, name]) =>
          `${path}: Discord takes no "${name}": 1 to 32 lower-case letters, digits, - and _, without a space`,
      ),
    ...twice.map(([path, name]) => `${path}: another command is called "${name}" already`),
  ];
}
