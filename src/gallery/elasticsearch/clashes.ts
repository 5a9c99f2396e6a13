import { type Gallery, MAX_TEMPLATES } from '../gallery.ts';
import type { Query } from './documents.ts';
import type { Faces } from './faces.ts';
import { type Intent, isLiving, type LivingRecord, type PersonRecord } from './life.ts';
import type { Hit } from './nearest.ts';
import type { Records } from './records.ts';
import type { OpenScope } from './scopes.ts';

type IsSame = Parameters<Gallery['enrol']>[2]['isSame'];

/** Somebody else's unfinished enrolment of the same face. Its vectors are already written. */
export interface Contender {
  /** The id of that person's record. */
  readonly record: string;
  readonly intent: Intent;
}

/** Who has the same face as an enrolment: people who enrolled it, and unfinished enrolments. */
export interface Clash {
  readonly holders: readonly LivingRecord[];
  readonly contenders: readonly Contender[];
}

const EVERYBODY: Query = { match_all: {} };

/** The most results that Elasticsearch gives for one search. */
const MOST_CLASHES = 10_000;

/**
 * Looks for the faces of an enrolment among the vectors of all people of the scope but `self`, even
 * vectors that a dispute hides from searches. It does not count people who challenge `self` as
 * holders: until an operator decides, `self` may still enrol the face.
 */
export function clashesOf(faces: Faces, records: Records) {
  return async function clashing(
    scope: OpenScope,
    self: PersonRecord,
    embeddings: readonly Float32Array[],
    isSame: IsSame,
  ): Promise<Clash> {
    const among: Query = { bool: { must_not: { term: { owner: self.id } } } };
    for (let count = 2 * MAX_TEMPLATES; ; count *= 8) {
      const near = await faces.nearest(scope, embeddings, { count, among, counted: EVERYBODY });
      const same = near.faces.map((hits) => hits.filter(({ distance }) => isSame(distance)));
      const hits = same.flat();
      const clash = classified(
        hits,
        await records.read(
          scope,
          hits.map(({ owner }) => owner),
        ),
        self,
      );
      // A result may be full of vectors that do not count, and lack vectors that do. Then the
      // search is repeated with a larger count.
      const mayHideMore = same.some((face) => face.length === count) && count * 8 <= MOST_CLASHES;
      if (clash.holders.length > 0 || !mayHideMore) return clash;
    }
  };
}

export type Clashing = ReturnType<typeof clashesOf>;

function classified(hits: readonly Hit[], owners: ReadonlyMap<string, PersonRecord>, self: PersonRecord): Clash {
  const holders = new Map<string, LivingRecord>();
  const contenders = new Map<string, Contender>();
  for (const { id, owner } of hits) {
    const record = owners.get(owner);
    if (!isLiving(record)) continue;
    const isHeld = record.life.templates.some((template) => template.id === id);
    if (isHeld && !challenges(record, self)) holders.set(owner, record);
    const intent = record.life.intents.find(({ templates }) => templates.includes(id));
    if (intent) contenders.set(id, { record: owner, intent });
  }
  return { holders: [...holders.values()], contenders: [...contenders.values()] };
}

function challenges({ id, epoch, life }: LivingRecord, self: PersonRecord): boolean {
  const isToldOfIt = self.life?.rivals.some(
    (rival) => rival.side === 'challenger' && rival.record === id && rival.epoch === epoch,
  );
  return isToldOfIt === true && life.rivals.some(({ record }) => record === self.id);
}
