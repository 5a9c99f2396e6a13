import type { Button, Shown } from './booth.ts';

/** A user of the bot. */
export interface Somebody {
  readonly who: number;
  /** No other name contains it. */
  readonly name: string;
  readonly language: 'en' | 'de';
  readonly platform: 'telegram' | 'discord' | 'page';
  readonly groups: readonly number[];
  /** The buttons that they saw, the latest last. */
  readonly buttons: Offered[];
  /** The bot's last answer with buttons. */
  last?: Shown;
}

/** A button that somebody saw. */
export interface Offered {
  readonly shown: Shown;
  readonly button: Button;
  /** Where to press it; undefined in private. */
  readonly room: number | undefined;
  /** Which group it is about; undefined where nobody said. */
  readonly group?: number | undefined;
}
