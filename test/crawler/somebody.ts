import type { Button, Shown } from './booth.ts';

/** Somebody who uses the bot. */
export interface Somebody {
  readonly who: number;
  /** Nobody else's name has it in it. */
  readonly name: string;
  readonly language: 'en' | 'de';
  readonly platform: 'telegram' | 'discord' | 'page';
  readonly groups: readonly number[];
  /** What they were shown that can be pressed, the latest last. */
  readonly buttons: Offered[];
  /** The last of the bot's answers that can be pressed. */
  last?: Shown;
}

/** A button that was shown. */
export interface Offered {
  readonly shown: Shown;
  readonly button: Button;
  /** Where it is pressed; undefined in private. */
  readonly room: number | undefined;
}
