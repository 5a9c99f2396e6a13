import type { ScopeId } from '../../consent/who.ts';
import { keptSince } from '../rules/retention.ts';
import type { Found } from './documents.ts';
import type { Eraser } from './erase.ts';
import type { FaceRow } from './faces.ts';
import { withoutIntent } from './intents.ts';
import { isLiving, type PersonRecord } from './life.ts';
import type { Membership } from './memberships.ts';
import type { Parts } from './parts.ts';
import type { PlacedScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** What is older than this is nobody's work under way. */
const ABANDONED_INTENT_MS = 10 * 60_000;

/** Who asked for an erasure has this long to ask again after it was cut short. */
const FORGOTTEN_MS = 24 * 60 * 60_000;

/** Vectors' rows looked at together. */
const SWEEP_BATCH = 1000;

/** Removes what is past its retention and what crashes left behind; nothing of either was ever shown to anybody. */
export function sweeper(
  { scopes, records, memberships, faces, finds }: Parts,
  { settle }: Settler,
  { finish }: Eraser,
) {
  async function tidy(now: number): Promise<void> {
    const kept = keptSince(now);
    await records.removeTombstones(kept.tombstones);
    await finds.removeBefore(kept.finds);
    const all = await scopes.all();
    for (const scope of all) {
      await finishWork(scope, now);
      await sweepFinds(scope);
    }
    await memberships.sweep(lifesOver);
    await sweepFaces(new Map(all.map((scope) => [scope.id, scope])));
    for (const scope of all) await sweepScope(scope);
  }

  /** Ledger entries that are owed, enrolments that died, erasures for which nobody came back to hear what they removed. */
  async function finishWork(scope: PlacedScope, now: number): Promise<void> {
    const living = await records.living(scope);
    // An older facefinder lists nobody, and does not say that it is owed.
    const unlisted = living.filter(({ life }) => !life.listed).map(({ id }) => id);
    for (const id of new Set([...(await records.unsettled(scope.id)), ...unlisted])) {
      const record = await settle(scope, id);
      const dead = record.life?.intents.filter(({ at }) => at < Date.now() - ABANDONED_INTENT_MS) ?? [];
      for (const intent of dead) await records.change(scope, id, (latest) => withoutIntent(latest, intent));
      // By a clock that was ahead, it may never be that late again.
      const isForgotten = record.erasing && Math.abs(now - record.erasing.at) > FORGOTTEN_MS;
      if (isForgotten) await finish(scope, record);
    }
  }

  /** Lives that are over and were not taken from their list, because that was cut short. */
  async function lifesOver(lives: readonly Membership[]): Promise<Set<Membership>> {
    const states = await records.epochsOf(lives.map(({ record }) => record));
    return new Set(lives.filter(({ record, epoch }) => states.get(record)?.epoch !== epoch));
  }

  /** Lines about people who are gone, written at the moment of their erasure. */
  async function sweepFinds(scope: PlacedScope): Promise<void> {
    const mentioned = await finds.mentioned(scope.id);
    const known = await records.read(scope, mentioned);
    for (const id of mentioned) {
      const record = known.get(id);
      // An erasure counts its lines itself.
      if (!record?.life && !record?.erasing) await finds.removeOf(scope.id, id);
    }
  }

  /** Vectors that no record holds, nor is about to. */
  async function sweepFaces(known: ReadonlyMap<ScopeId, PlacedScope>): Promise<void> {
    let batch: Found<FaceRow>[] = [];
    for await (const row of faces.everything()) {
      batch.push(row);
      if (batch.length === SWEEP_BATCH) {
        await sweepBatch(batch, known);
        batch = [];
      }
    }
    await sweepBatch(batch, known);
  }

  async function sweepBatch(rows: readonly Found<FaceRow>[], known: ReadonlyMap<ScopeId, PlacedScope>): Promise<void> {
    for (const [id, inScope] of Map.groupBy(rows, ({ source }) => source.scope)) {
      const scope = known.get(id);
      const owners =
        scope &&
        (await records.read(
          scope,
          inScope.map(({ source }) => source.owner),
        ));
      await faces.removeRows(inScope.filter((row) => !isHeld(owners?.get(row.source.owner), row.id)));
    }
  }

  /** A scope to which no place points, because its making or its removal was cut short. */
  async function sweepScope(scope: PlacedScope): Promise<void> {
    const isAbandoned = !scope.isPlaced && scope.madeAt < Date.now() - ABANDONED_INTENT_MS;
    if (isAbandoned && (await records.living(scope)).length === 0) await scopes.remove(scope.id);
  }

  return tidy;
}

function isHeld(owner: PersonRecord | undefined, row: string): boolean {
  if (!isLiving(owner)) return false;
  const { templates, intents } = owner.life;
  return templates.some(({ id }) => id === row) || intents.some((intent) => intent.templates.includes(row));
}
