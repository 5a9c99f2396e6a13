import type { Button, Shown } from './booth.ts';

/** A user of the bot. */
export interface Somebody {
  readonly who: number;
  /** No name of another person contains it. */
  readonly name: string;
  readonly language: 'en' | 'de';
  readonly platform: 'telegram' | 'discord' | 'page';
  readonly groups: readonly number[];
  /** The buttons that they saw. The latest comes last. */
  readonly buttons: Offered[];
  /** The bot's last answer with buttons. */
  last?: Shown;
}

/** A button that somebody saw. */
export interface Offered {
  readonly shown: Shown;
  readonly button: Button;
  /** The group in which it is pressed; undefined in private. */
  readonly room: number | undefined;
  /** The group that the button is about; undefined where nobody named one. */
  readonly group?: number | undefined;
}

/** How many people a group has. Each group is on one platform. */
const GROUP = 6;
const PLATFORMS = ['telegram', 'telegram', 'discord', 'page'] as const;

/** Makes this many people, in groups. `first`: the number of the first group's platform. */
export function peopleOf(size: number, random: () => number, first: number): Somebody[] {
  const platformOf = (group: number) => PLATFORMS[(first + group) % PLATFORMS.length] ?? 'page';
  return Array.from({ length: size }, (_, who): Somebody => {
    const group = Math.floor(who / GROUP);
    const platform = platformOf(group);
    // Some people are in a second group of their platform too.
    const next = [group + 1, group + 2, group + 3, group + 4].find((one) => platformOf(one) === platform);
    const groups = next !== undefined && next * GROUP < size && random() < 0.3 ? [group, next] : [group];
    const language = random() < 0.5 ? 'en' : 'de';
    return { who, name: `Kim${who}x`, language, platform, groups, buttons: [] };
  });
}
