import { type CommandName, wordsFor } from '../../src/text/words.ts';

/** How people write what they want: the text, and its meaning. */
export interface Utterance {
  readonly words: string;
  /** Undefined when it means nothing that works here. */
  readonly means: CommandName | undefined;
  /** Whether it is so misspelt that it is offered instead of done. */
  readonly isNear?: boolean;
  /** Whether only a platform that marks commands recognises it. */
  readonly isMarked?: boolean;
  /** Somebody's first word. */
  readonly isGreeting?: boolean;
  /** Of /blur: the asker too. */
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

/** The same, those more often that people send more often. */
export const OFTEN: readonly (typeof ASKED)[number][] = [...ASKED, 'enroll', 'enroll', 'find', 'find', 'me', 'blur'];

/** Fewer letters are nearly no command. */
const LEAST_NEAR = 4;

/** A command as typed: by its name, in another language, in capitals, with a sign, or nearly. */
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

/** Without a slash. */
export const PLAIN: readonly Utterance[] = [
  { words: 'who is this?', means: 'find' },
  { words: 'Wer ist das?', means: 'find' },
  { words: '/start', means: undefined, isGreeting: true },
  { words: 'enrol me', means: 'enroll' },
  { words: 'only myself', means: 'me' },
  { words: 'pixelate it', means: 'blur' },
  { words: 'Ich will mitmachen', means: 'enroll' },
  { words: 'hello', means: 'help' },
  { words: 'Hallo!', means: 'help' },
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
