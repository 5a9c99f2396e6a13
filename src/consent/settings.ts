/**
 * Who may search a group, the most open first: all its members, only those enrolled there, or everybody for themselves alone, which
 * leaves nobody to search for others.
 */
export const FIND_BY = ['members', 'enrolled', 'self'] as const;
export type FindBy = (typeof FIND_BY)[number];

/** What holds in a group: for its searches, and for what is kept of its people. */
export interface GroupRules {
  readonly findBy: FindBy;
  /** Whether a result may be shown to the whole group, naming those who agreed to that. */
  readonly showing: boolean;
  /** Searches of one person in any hour. */
  readonly findsPerHour: number;
  /** Days that people are kept, unless they agreed to fewer. */
  readonly retentionDays: number;
  /** ISO 639-1, of what the group is shown; undefined: as its platform says, else as whoever shows it reads. */
  readonly language?: string | undefined;
}

/** What the admins of a group set; what is left out is as the operator has it. */
export type GroupSettings = { readonly [Name in keyof GroupRules]?: GroupRules[Name] | undefined };

/** The rules of a group: those of its operator, or what its admins set where that is stricter. */
export function rulesOf(operator: GroupRules, settings: GroupSettings = {}): GroupRules {
  const { findBy = operator.findBy, showing = true, findsPerHour, language } = settings;
  return {
    findBy: FIND_BY[Math.max(FIND_BY.indexOf(findBy), FIND_BY.indexOf(operator.findBy))] ?? operator.findBy,
    showing: showing && operator.showing,
    findsPerHour: Math.min(operator.findsPerHour, findsPerHour ?? operator.findsPerHour),
    retentionDays: daysKept(operator.retentionDays, settings),
    language: language ?? operator.language,
  };
}

/** Days that people of a group are kept, by the same rule. */
export function daysKept(operatorDays: number, { retentionDays = operatorDays }: GroupSettings): number {
  return Math.min(operatorDays, retentionDays);
}

/** Nothing is set: all is as the operator has it. */
export const AS_OPERATOR: GroupSettings = {
  findBy: undefined,
  showing: undefined,
  findsPerHour: undefined,
  retentionDays: undefined,
  language: undefined,
};

/** What holds where two groups become one: of both the stricter, and the language of `own`. */
export function together(own: GroupSettings, given: GroupSettings): GroupSettings {
  const both = <Name extends keyof GroupSettings>(name: Name) =>
    [own[name], given[name]].filter((one) => one !== undefined);
  const least = (name: 'findsPerHour' | 'retentionDays') => both(name).toSorted((a, b) => Number(a) - Number(b))[0];
  return {
    findBy: both('findBy').toSorted((a, b) => FIND_BY.indexOf(b ?? 'members') - FIND_BY.indexOf(a ?? 'members'))[0],
    showing: both('showing').toSorted()[0],
    findsPerHour: least('findsPerHour'),
    retentionDays: least('retentionDays'),
    language: own.language ?? given.language,
  };
}
