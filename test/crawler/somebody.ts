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

/** The size of a group. Each group is on one platform. */
const GROUP = 6;
const PLATFORMS = ['telegram', 'telegram', 'discord', 'page'] as const;

/** So many people, in groups, the first of which is on the first platform or a later one. */
export function peopleOf(size: number, random: () => number, first: number): Somebody[] {
  const platformOf = (group: number) => PLATFORMS[(first + group) % PLATFORMS.length] ?? 'page';
  return Array.from({ length: size }, (_, who): Somebody => {
    const group = Math.floor(who / GROUP);
    const platform = platformOf(group);
    // Some are also in the next group of their platform.
    const next = [group + 1, group + 2, group + 3, group + 4].find((one) => platformOf(one) === platform);
    const groups = next !== undefined && next * GROUP < size && random() < 0.3 ? [group, next] : [group];
    const language = random() < 0.5 ? 'en' : 'de';
    return { who, name: `Kim${who}x`, language, platform, groups, buttons: [] };
  });
}
