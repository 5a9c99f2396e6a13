import fc from 'fast-check';

/** People and groups have numbers, and each person has their own face. */
export const PEOPLE = 4;
export const GROUPS = 2;

/** Photos of each person, which differ like two photos of one face. */
const PHOTOS = 2;

/** An action of somebody, a platform or an operator. */
export type Deed =
  | {
      readonly do: 'enrol';
      readonly who: number;
      readonly group: number;
      readonly photo: string;
      readonly answer: 'agree' | 'shown' | 'decline';
      /** Whether they say "this is me" about somebody else's face. */
      readonly dispute: boolean;
    }
  | {
      readonly do: 'find';
      readonly who: number;
      readonly group: number;
      readonly photos: readonly string[];
      readonly answer: 'agree' | 'decline';
    }
  | {
      readonly do: 'forget';
      readonly who: number;
      readonly group: number;
      readonly where: 'here' | 'everywhere' | 'cancel';
    }
  /** `isHeard`: the platform reports that the person left; otherwise only a sweep finds out. */
  | { readonly do: 'leave'; readonly who: number; readonly group: number; readonly isHeard: boolean }
  | { readonly do: 'join'; readonly who: number; readonly group: number }
  /** The operator decides all disputes of this person in their favour. */
  | { readonly do: 'decide'; readonly who: number; readonly group: number }
  /** The bot is removed from the group, and added again. */
  | { readonly do: 'remove'; readonly group: number }
  /**
   * The group gets another id. Before the bot hears of that, the people of `early` enrol under the
   * new id, which the bot takes for another group.
   */
  | { readonly do: 'move'; readonly group: number; readonly early: readonly number[] }
  | { readonly do: 'sweep' };

export type Step =
  | Deed
  | { readonly do: 'race'; readonly one: Deed; readonly other: Deed }
  /**
   * From write number `write` on, nothing is written. Then the program restarts, and meanwhile the
   * clock jumps.
   */
  | { readonly do: 'crash'; readonly write: number; readonly during: Deed; readonly days: number }
  /** The platform delivers one of the last updates once more; `back` 0 is the very last one. */
  | { readonly do: 'replay'; readonly back: number }
  | { readonly do: 'restart' }
  /** The clock jumps, never before the first day of the history. */
  | { readonly do: 'clock'; readonly days: number }
  | { readonly do: 'backup' }
  /** `isLost`: the disk is gone, with everything but the second place. */
  | { readonly do: 'restore'; readonly isLost: boolean };

/** The names of a person's photos: "2" and "2~" are two photos of person 2. */
export const photosOf = (person: number): string[] =>
  Array.from({ length: PHOTOS }, (_, nth) => `${person}${'~'.repeat(nth)}`);

/** The owner of the face on a photo. */
export const faceOn = (photo: string): number => Number(photo.replaceAll('~', ''));

/** The cosine of two photos of one person, whose distance is 0.3. */
const ALIKE = 1 - 0.3 ** 2 / 2;

/**
 * The embeddings of a person's photos. Those of two people are orthogonal, so nobody is taken for
 * somebody else.
 */
export function embeddingsOf(person: number, dims: number): Map<string, Float32Array> {
  const seen = photosOf(person).map((photo, nth): [string, Float32Array] => {
    const embedding = new Float32Array(dims);
    embedding[person] = nth === 0 ? 1 : ALIKE;
    if (nth > 0) embedding[person + nth * PEOPLE] = Math.sqrt(1 - ALIKE ** 2);
    return [photo, embedding];
  });
  return new Map(seen);
}

const who = fc.nat(PEOPLE - 1);
const group = fc.nat(GROUPS - 1);
const photoOf = (person: number) => fc.constantFrom(...photosOf(person));
const anyPhoto = who.chain(photoOf);

const enrol = fc.record({ who, group, isOwn: fc.nat(3), dispute: fc.boolean() }).chain(({ isOwn, ...rest }) =>
  fc.record({
    do: fc.constant('enrol' as const),
    who: fc.constant(rest.who),
    group: fc.constant(rest.group),
    photo: isOwn > 0 ? photoOf(rest.who) : anyPhoto,
    answer: fc.constantFrom('agree' as const, 'agree' as const, 'shown' as const, 'decline' as const),
    dispute: fc.constant(rest.dispute),
  }),
);
const find = fc.record({
  do: fc.constant('find' as const),
  who,
  group,
  photos: fc.array(anyPhoto, { minLength: 1, maxLength: 2 }),
  answer: fc.constantFrom('agree' as const, 'agree' as const, 'decline' as const),
});
const forget = fc.record({
  do: fc.constant('forget' as const),
  who,
  group,
  where: fc.constantFrom('here' as const, 'here' as const, 'everywhere' as const, 'cancel' as const),
});
const leave = fc.record({ do: fc.constant('leave' as const), who, group, isHeard: fc.boolean() });
const join = fc.record({ do: fc.constant('join' as const), who, group });
const decide = fc.record({ do: fc.constant('decide' as const), who, group });
const remove = fc.record({ do: fc.constant('remove' as const), group });
const sweep = fc.record({ do: fc.constant('sweep' as const) });
const early = fc.uniqueArray(who, { maxLength: 2 });
const move = fc.record({ do: fc.constant('move' as const), group, early });

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 30, arbitrary: enrol },
  { weight: 16, arbitrary: find },
  { weight: 12, arbitrary: forget },
  { weight: 5, arbitrary: leave },
  { weight: 8, arbitrary: join },
  { weight: 4, arbitrary: decide },
  { weight: 1, arbitrary: remove },
  { weight: 3, arbitrary: move },
  { weight: 6, arbitrary: sweep },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 78, arbitrary: deed },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('race' as const), one: deed, other: deed }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      write: fc.integer({ min: 1, max: 12 }),
      during: deed,
      days: fc.constantFrom(0, 0, 1, 366, -365),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('replay' as const), back: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('clock' as const), days: fc.constantFrom(1, 1, 1, 2, 100, 366, -1, -365) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'backup' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const), isLost: fc.boolean() }) },
);

/** The most steps of a history. */
export const histories = (most: number): fc.Arbitrary<Step[]> => fc.array(step, { maxLength: most, size: 'max' });
