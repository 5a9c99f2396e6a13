/**
 * Who may search a group, the most open first: all members; only enrolled members; or everybody for
 * themselves alone, and nobody for others.
 */
export const FIND_BY = ['members', 'enrolled', 'self'] as const;
export type FindBy = (typeof FIND_BY)[number];

/** What somebody must show at their first enrolment besides their photos: nothing, or a gesture. */
export const ENROL_PROOFS = ['none', 'gesture'] as const;
export type EnrolProof = (typeof ENROL_PROOFS)[number];

/** The rules of a group, for its searches and for the data of its people. */
export interface GroupRules {
  readonly findBy: FindBy;
  /** Whether a result may go to the whole group. It names only people who agreed to that. */
  readonly showing: boolean;
  /** How often one person may search in any hour. */
  readonly findsPerHour: number;
  /** How many days people are kept, unless they agreed to fewer. */
  readonly retentionDays: number;
  readonly enrolProof: EnrolProof;
  /**
   * The platform's ids of the channels in which members search for others. Undefined: in all.
   */
  readonly channels?: readonly string[] | undefined;
  /**
   * ISO 639-1 language of what the group is shown. Undefined: the group's language on the platform
   * if it has one, else that of the person who shows it.
   */
  readonly language?: string | undefined;
}

/** What the admins of a group set. The operator's rules hold for the rest. */
export type GroupSettings = { readonly [Name in keyof GroupRules]?: GroupRules[Name] | undefined };

/** Settings that name every rule, so that the compiler finds code that forgets one. */
type Chosen = { readonly [Name in keyof GroupRules]-?: GroupRules[Name] | undefined };

/** The rules of a group: the operator's, or its admins' settings where these are stricter. */
export function rulesOf(operator: GroupRules, settings: GroupSettings = {}): GroupRules {
  const { findBy = operator.findBy, showing = true, findsPerHour, channels, language } = settings;
  return {
    findBy: FIND_BY[Math.max(FIND_BY.indexOf(findBy), FIND_BY.indexOf(operator.findBy))] ?? operator.findBy,
    showing: showing && operator.showing,
    findsPerHour: Math.min(operator.findsPerHour, findsPerHour ?? operator.findsPerHour),
    retentionDays: daysKept(operator.retentionDays, settings),
    enrolProof: settings.enrolProof === 'gesture' ? 'gesture' : operator.enrolProof,
    channels: channels ?? operator.channels,
    language: language ?? operator.language,
  };
}

/**
 * How many days people of a group are kept: the operator's days, or fewer if its admins set fewer.
 */
export function daysKept(operatorDays: number, { retentionDays = operatorDays }: GroupSettings): number {
  return Math.min(operatorDays, retentionDays);
}

/** No setting: all rules are the operator's. */
export const AS_OPERATOR: Chosen = {
  findBy: undefined,
  showing: undefined,
  findsPerHour: undefined,
  retentionDays: undefined,
  enrolProof: undefined,
  channels: undefined,
  language: undefined,
};

/**
 * The settings of two groups that become one: the stricter of both. Language and channels are those
 * of `own`, else of `given`.
 */
export function together(own: GroupSettings, given: GroupSettings): Chosen {
  const both = <Name extends keyof GroupSettings>(name: Name) =>
    [own[name], given[name]].filter((one) => one !== undefined);
  const least = (name: 'findsPerHour' | 'retentionDays') => both(name).toSorted((a, b) => Number(a) - Number(b))[0];
  return {
    findBy: both('findBy').toSorted((a, b) => FIND_BY.indexOf(b ?? 'members') - FIND_BY.indexOf(a ?? 'members'))[0],
    showing: both('showing').toSorted()[0],
    findsPerHour: least('findsPerHour'),
    retentionDays: least('retentionDays'),
    enrolProof: both('enrolProof').toSorted()[0],
    channels: own.channels ?? given.channels,
    language: own.language ?? given.language,
  };
}
