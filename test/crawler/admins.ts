import { languageName, SETTINGS } from '../../commands/settings-offered.ts';
import type { Words } from '../../src/text/words.ts';
import type { Asked, Expected } from './expected.ts';
import { titleOf } from './telegram.ts';

/** What admins of a group set. Where a rule is missing, the operator's holds. */
export interface Rules {
  findBy?: 'enrolled' | 'self' | undefined;
  showing?: false | undefined;
  findsPerHour?: number | undefined;
  language?: string | undefined;
  retentionDays?: number | undefined;
  enrolProof?: string | undefined;
}

/**
 * Says who may do what admins do, and who uses a platform where nobody else reads along, as on the
 * page.
 */
export interface Admins {
  readonly isAdmin: (ask: Asked) => boolean;
  readonly isAlone: (who: number) => boolean;
}

/** The part of a ledger that admins see and change. */
interface Ledger {
  /** The rules by group. */
  readonly rules: Map<number, Rules>;
  enrolledIn(group: number): readonly number[];
  eraseGroup(group: number): void;
}

/** The rules of the crawled program's operator. */
const OPERATOR = { findsPerHour: 10_000, retentionDays: 365 } as const;

/**
 * Settings that the crawler does not look for in the answer, because the operator and channels
 * decide whether they are shown.
 */
const UNCHECKED = ['enrolProof', 'channels'];

/** Settings that are of no use where only the asker sees anything. */
const OF_GROUPS = ['showing', 'findsPerHour', 'language'];

/** What /invite and /settings answer. */
export function adminsAnswer(ledger: Ledger, admins: Admins, ask: Asked): Expected {
  if (!admins.isAdmin(ask)) return { claims: ['failures.not_allowed'] };
  if (ask.command === 'settings') return menu(ledger, admins, ask);
  const outcome = admins.isAlone(ask.who) ? 'alone' : 'posted';
  const says = (words: Words) => [words.invite[outcome]({ group: named(words, ask) })];
  return { claims: [`invite.${outcome}`], says, offers: { for: 'other', ask } };
}

function named({ place }: Words, { group = 0 }: Asked): string {
  return place.titled({ title: titleOf(group) });
}

/** What /settings answers: the number of people, and all rules as they are now. */
function menu(ledger: Ledger, admins: Admins, ask: Asked): Expected {
  const { group = 0 } = ask;
  const people = ledger.enrolledIn(group).length;
  const rules = { ...ledger.rules.get(group) };
  const isShown = (one: string) => !UNCHECKED.includes(one) && !(admins.isAlone(ask.who) && OF_GROUPS.includes(one));
  const shown = SETTINGS.filter(isShown);
  const says = (words: Words) => [
    words.settings.title({ group: named(words, ask), people }),
    ...shown.flatMap((one) => line(words, one, rules) ?? []),
  ];
  return { claims: ['settings.title'], says, offers: { for: 'setting', ask } };
}

function line({ settings: { lines } }: Words, setting: (typeof SETTINGS)[number], rules: Rules): string | undefined {
  switch (setting) {
    case 'findBy':
      return lines.findBy({ who: rules.findBy ?? 'other' });
    case 'showing':
      return lines.showing({ allowed: rules.showing !== false });
    case 'findsPerHour':
      return lines.findsPerHour({ finds: rules.findsPerHour ?? OPERATOR.findsPerHour });
    case 'retentionDays':
      return lines.retentionDays({ days: rules.retentionDays ?? OPERATOR.retentionDays });
    case 'language':
      return lines.language({ isSet: rules.language !== undefined, language: languageName(rules.language ?? 'en') });
    default:
      return undefined;
  }
}

/** The right answer to a button under /settings. */
export function chosenSetting(ledger: Ledger, admins: Admins, ask: Asked, choice: string): Expected {
  if (!admins.isAdmin(ask)) return { claims: ['failures.not_allowed'] };
  const { group = 0 } = ask;
  const offers = { for: 'setting', ask } as const;
  const [what = '', value] = choice.split('-', 2);
  if (what === 'erase') {
    if (value === undefined) {
      return {
        claims: ['settings.erase.ask'],
        says: ({ settings, place }) => [settings.erase.ask({ group: place.titled({ title: titleOf(group) }) })],
        offers,
      };
    }
    ledger.eraseGroup(group);
    return {
      claims: ['settings.erase.done'],
      says: (words) => [words.settings.erase.done({ group: named(words, ask), isDone: true })],
    };
  }
  const setting = SETTINGS.find((one) => one === what);
  if (!setting) {
    const { offers: _, ...over } = menu(ledger, admins, ask);
    return choice === 'done' ? over : menu(ledger, admins, ask);
  }
  if (value === undefined) return { claims: [`settings.which.${setting}`], offers };
  const rules = ledger.rules.get(group) ?? {};
  ledger.rules.set(group, { ...rules, [setting]: chosenValue(setting, value) });
  return menu(ledger, admins, ask);
}

function chosenValue(setting: (typeof SETTINGS)[number], value: string): string | number | false | undefined {
  if (value === 'default') return undefined;
  if (value === 'off') return false;
  return setting === 'findsPerHour' || setting === 'retentionDays' ? Number(value) : value;
}
