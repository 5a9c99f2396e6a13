import { ENROL_PROOFS, FIND_BY, type GroupRules } from '../src/consent/settings.ts';
import { LOCALES, type Words } from '../src/text/words.ts';

/** The settings of admins, in the order in which they are shown. */
export const SETTINGS = [
  'findBy',
  'showing',
  'findsPerHour',
  'language',
  'retentionDays',
  'enrolProof',
  'channels',
] as const satisfies readonly (keyof GroupRules)[];
export type Setting = (typeof SETTINGS)[number];

/** Settings that are useless when only the asker sees answers. */
const OF_GROUPS: readonly Setting[] = ['showing', 'findsPerHour', 'language', 'enrolProof', 'channels'];

const SEARCHES = [50, 20, 10, 5, 2];
const DAYS = [365, 180, 90, 30, 7];

/** The most channels in which a group may allow searches, while it does not allow all. */
export const MOST_CHANNELS = 20;

/** What decides which settings are offered. */
export interface Circumstances {
  /** The operator's rules. */
  readonly operator: GroupRules;
  /** Whether only the asker sees answers. */
  readonly isAlone: boolean;
  readonly seesGestures: boolean;
  /** The channel in which the admin asks, if any, and the channels that are set. */
  readonly channel: string | undefined;
  readonly channels: readonly string[] | undefined;
}

/** A value that admins can choose. The value `undefined` stands for the operator's. */
export interface Option {
  /** At most 9 characters of A-Za-z0-9. */
  readonly id: string;
  readonly label: string;
  readonly value: string | number | boolean | readonly string[] | undefined;
}

/** Whether admins can change a setting here. Most can only become stricter than the operator's. */
export function isOffered(setting: Setting, about: Circumstances): boolean {
  if (about.isAlone && OF_GROUPS.includes(setting)) return false;
  // Channels that are set can be removed again from anywhere.
  if (setting === 'channels') return about.channel !== undefined || about.channels !== undefined;
  return stricter(setting, about).length > 0;
}

/** The choices: the operator's value, and stricter ones. */
export function optionsOf(setting: Setting, about: Circumstances, words: Words): Option[] {
  if (setting === 'channels') return channelOptions(about, words);
  const own = { id: 'default', label: labelOf(setting, about.operator[setting], words), value: undefined };
  const others = stricter(setting, about).map((value) => {
    return { id: idOf(value), label: labelOf(setting, value, words), value };
  });
  return [own, ...others];
}

/**
 * The choices for channels: all channels, or a change that concerns the channel in which the admin
 * asks.
 */
function channelOptions({ channel, channels }: Circumstances, { settings }: Words): Option[] {
  const option = (which: 'only' | 'also' | 'without', value: readonly string[]): Option => {
    return { id: which, label: settings.options.channels({ which }), value };
  };
  const all = { id: 'default', label: settings.options.channels({ which: 'other' }), value: undefined };
  if (channel === undefined) return [all];
  const others = channels?.filter((one) => one !== channel) ?? [];
  const isSet = channels?.includes(channel) ?? false;
  return [
    all,
    ...(isSet && others.length === 0 ? [] : [option('only', [channel])]),
    ...(channels && channels.length > 0 && !isSet && channels.length < MOST_CHANNELS
      ? [option('also', [...channels, channel])]
      : []),
    ...(isSet && others.length > 0 ? [option('without', others)] : []),
  ];
}

function stricter(
  setting: Exclude<Setting, 'channels'>,
  { operator, seesGestures }: Circumstances,
): readonly (string | number | boolean)[] {
  switch (setting) {
    case 'findBy':
      return FIND_BY.slice(FIND_BY.indexOf(operator.findBy) + 1);
    case 'showing':
      return operator.showing ? [false] : [];
    case 'findsPerHour':
      return SEARCHES.filter((finds) => finds < operator.findsPerHour);
    case 'retentionDays':
      return DAYS.filter((days) => days < operator.retentionDays);
    case 'enrolProof':
      return seesGestures ? ENROL_PROOFS.slice(ENROL_PROOFS.indexOf(operator.enrolProof) + 1) : [];
    // Languages are not stricter than each other, so each may be chosen.
    case 'language':
      return LOCALES;
  }
}

const idOf = (value: string | number | boolean): string => (value === false ? 'off' : String(value));

function labelOf(
  setting: Exclude<Setting, 'channels'>,
  value: string | number | boolean | undefined,
  { settings: { options } }: Words,
): string {
  switch (setting) {
    case 'findBy':
      return options.findBy({ who: value === 'enrolled' || value === 'self' ? value : 'other' });
    case 'showing':
      return options.showing({ allowed: value === true });
    case 'findsPerHour':
      return options.findsPerHour({ finds: Number(value) });
    case 'retentionDays':
      return options.retentionDays({ days: Number(value) });
    case 'enrolProof':
      return options.enrolProof({ proof: value === 'gesture' ? value : 'other' });
    case 'language':
      return typeof value === 'string' ? languageName(value) : options.asPlatform;
  }
}

/** A language's own name, which its speakers recognise. */
export function languageName(language: string): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
}
