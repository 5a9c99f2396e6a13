import { type CommandName, wordsFor } from '../../src/text/words.ts';

/** How people write what they want: the text, and its meaning. */
export interface Utterance {
  readonly words: string;
  /** Undefined when the text means nothing that the bot does here. */
  readonly means: CommandName | undefined;
  /** Whether the word is misspelt so badly that the bot only offers the command. */
  readonly isNear?: boolean;
  /** Whether only a platform that marks commands recognises the command. */
  readonly isMarked?: boolean;
  /** The first message of somebody new. */
  readonly isGreeting?: boolean;
  /** Whether it means /help only without a photo. */
  readonly isHello?: boolean;
  /** For /blur: whether the asker is blurred too. */
  readonly isAll?: boolean;
}

/** The crawler's commands. */
export const ASKED = [
  'enroll',
  'find',
  'me',
  'blur',
  'forget',
  'mydata',
  'privacy',
  'help',
  'invite',
  'settings',
] as const satisfies readonly CommandName[];

/** The same commands. Those that people send more often are in it more often. */
export const OFTEN: readonly (typeof ASKED)[number][] = [...ASKED, 'enroll', 'enroll', 'find', 'find', 'me', 'blur'];

/** The bot does not recognise a misspelt command that has fewer letters. */
const LEAST_NEAR = 4;

/**
 * A command as people type it: by its name, in another language, in capitals, with a sign, or
 * misspelt.
 */
export const typed = (name: (typeof ASKED)[number]): readonly Utterance[] => [
  { words: `/${name}`, means: name },
  { words: `/${name}`, means: name },
  { words: `/${wordsFor('de').commands[name].discordName}`, means: name },
  { words: `/${name.toUpperCase()}`, means: name },
  { words: `/${name} please`, means: name },
  { words: `/${name}.`, means: name, isMarked: true },
  { words: `/${name}!`, means: name, isMarked: true },
  ...(name === 'blur' ? [{ words: '/blur all', means: name, isAll: true }] : []),
  ...(name.length < LEAST_NEAR
    ? []
    : [
        { words: `/${name.slice(0, -1)}`, means: name, isNear: true },
        { words: `/${name[1]}${name[0]}${name.slice(2)}`, means: name, isNear: true },
      ]),
];

/**
 * What people write without a command's name: words that mean a command, a greeting, or nothing.
 */
export const PLAIN: readonly Utterance[] = [
  { words: 'who is this?', means: 'find' },
  { words: 'Wer ist das?', means: 'find' },
  { words: 'Hi, who is this?', means: 'find' },
  { words: 'Hallo, wer ist das?', means: 'find' },
  { words: '/start', means: undefined, isGreeting: true },
  { words: 'enrol me', means: 'enroll' },
  { words: 'only myself', means: 'me' },
  { words: 'pixelate it', means: 'blur' },
  { words: 'Ich will mitmachen', means: 'enroll' },
  { words: 'hello', means: 'help', isHello: true },
  { words: 'Hallo!', means: 'help', isHello: true },
  { words: 'How many of us are on it?', means: 'help', isHello: true },
  { words: 'delete my face please', means: 'forget' },
  { words: 'bitte löschen', means: 'forget' },
  { words: 'my data', means: 'mydata' },
  { words: 'nice weather', means: undefined },
  { words: '😀', means: undefined },
  {
    words: 'Was für ein schöner Tag das wieder ist, findest du nicht auch, ich jedenfalls freue mich sehr darüber.',
    means: undefined,
  },
  { words: '/xyzzyqq', means: undefined },
];
