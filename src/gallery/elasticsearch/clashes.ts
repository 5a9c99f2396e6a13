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

/** People who have, or are enrolling, a face that is the same as that of an enrolment. */
export interface Clash {
  readonly holders: readonly LivingRecord[];
  readonly contenders: readonly Contender[];
}

const EVERYBODY: Query = { match_all: {} };

/** The most results that one search can ask for. */
const MOST_CLASHES = 10_000;

/**
 * Looks for the faces of an enrolment among the templates of everybody but `self`, hidden ones
 * included. It skips the templates of people who challenge `self`: until a decision, a challenger
 * takes nothing from a holder.
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
      // Vectors that no record holds may fill the result, and push out those that count.
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
