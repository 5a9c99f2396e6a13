import { FIND_BY, type GroupRules } from '../src/consent/settings.ts';
import { LOCALES, type Words } from '../src/text/words.ts';

/** The settings of admins, in the order in which they are shown. */
export const SETTINGS = [
  'findBy',
  'showing',
  'findsPerHour',
  'language',
  'retentionDays',
] as const satisfies readonly (keyof GroupRules)[];
export type Setting = (typeof SETTINGS)[number];

/** Settings that are useless when only the asker sees anything. */
const OF_GROUPS: readonly Setting[] = ['showing', 'findsPerHour', 'language'];

const SEARCHES = [50, 20, 10, 5, 2];
const DAYS = [365, 180, 90, 30, 7];

/** A value to choose; undefined means the operator's. */
export interface Option {
  /** At most 9 characters of A-Za-z0-9. */
  readonly id: string;
  readonly label: string;
  readonly value: string | number | boolean | undefined;
}

/**
 * Whether a setting can be stricter than the operator's. `isAlone`: only the asker sees anything.
 */
export function isOffered(setting: Setting, operator: GroupRules, isAlone: boolean): boolean {
  return !(isAlone && OF_GROUPS.includes(setting)) && stricter(setting, operator).length > 0;
}

/** The choices: the operator's value, and stricter ones. */
export function optionsOf(setting: Setting, operator: GroupRules, words: Words): Option[] {
  const own = { id: 'default', label: labelOf(setting, operator[setting], words), value: undefined };
  const others = stricter(setting, operator).map((value) => {
    return { id: idOf(value), label: labelOf(setting, value, words), value };
  });
  return [own, ...others];
}

function stricter(setting: Setting, operator: GroupRules): readonly (string | number | boolean)[] {
  switch (setting) {
    case 'findBy':
      return FIND_BY.slice(FIND_BY.indexOf(operator.findBy) + 1);
    case 'showing':
      return operator.showing ? [false] : [];
    case 'findsPerHour':
      return SEARCHES.filter((finds) => finds < operator.findsPerHour);
    case 'retentionDays':
      return DAYS.filter((days) => days < operator.retentionDays);
    // Languages are not stricter than each other, so each may be chosen.
    case 'language':
      return LOCALES;
  }
}

const idOf = (value: string | number | boolean): string => (value === false ? 'off' : String(value));

function labelOf(setting: Setting, value: Option['value'], { settings: { options } }: Words): string {
  switch (setting) {
    case 'findBy':
      return options.findBy({ who: value === 'enrolled' || value === 'self' ? value : 'other' });
    case 'showing':
      return options.showing({ allowed: value === true });
    case 'findsPerHour':
      return options.findsPerHour({ finds: Number(value) });
    case 'retentionDays':
      return options.retentionDays({ days: Number(value) });
    case 'language':
      return typeof value === 'string' ? languageName(value) : options.asPlatform;
  }
}

/** A language's own name, which its speakers recognise. */
export function languageName(language: string): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
}
