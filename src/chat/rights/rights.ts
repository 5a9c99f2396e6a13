import type { CommandName, Words } from '../../text/words.ts';

/** The commands that everybody may use at any time. Answers in chats have buttons for them. */
const RIGHTS = ['forget', 'mydata', 'privacy'] as const satisfies readonly CommandName[];

/**
 * The only right with a button under an answer that a whole group sees. The answer to a press of it
 * has the buttons of all rights.
 */
const OF_EVERYBODY = 'privacy';

const PREFIX = 'right:';

/**
 * A button for a right. No ask is parked behind it. It works for everybody who presses it, for
 * ever.
 */
export interface Right {
  readonly id: string;
  readonly label: string;
}

/** The buttons below an answer. `isPublic`: a whole group sees the answer. */
export function rightsOf({ commands }: Words, { isPublic }: { readonly isPublic: boolean }): Right[] {
  const offered = isPublic ? ([OF_EVERYBODY] as const) : RIGHTS;
  return offered.map((name) => ({ id: `${PREFIX}${name}`, label: commands[name].button }));
}

/** The command that a button stands for; undefined for every other button. */
export function rightOf(id: string): CommandName | undefined {
  return RIGHTS.find((name) => id === `${PREFIX}${name}`);
}
