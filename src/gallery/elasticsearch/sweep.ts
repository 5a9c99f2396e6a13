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

/** Intents, and scopes without places, that are older than this were left by a crash. */
const ABANDONED_INTENT_MS = 10 * 60_000;

/**
 * A sweep finishes an interrupted erasure after this time. Before that, the erasure's caller can
 * repeat it.
 */
const FORGOTTEN_MS = 24 * 60 * 60_000;

/** How many rows of vectors are looked at together. */
const SWEEP_BATCH = 1000;

/** Removes data that were kept for long enough, and data that were left by crashes. */
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
    await sweepFaces();
    for (const scope of all) await sweepScope(scope);
  }

  /**
   * Finishes what interruptions left undone: it appends the entries that the ledger lacks, corrects
   * marks and lists of groups, removes old intents, and finishes erasures that nobody repeated.
   */
  async function finishWork(scope: PlacedScope, now: number): Promise<void> {
    const living = await records.living(scope);
    // An older facefinder wrote no lists of groups, and did not mark these records as unsettled.
    const unlisted = living.filter(({ life }) => !life.listed).map(({ id }) => id);
    for (const id of new Set([...(await records.unsettled(scope.id)), ...unlisted])) {
      const record = await settle(scope, id);
      const dead = record.life?.intents.filter(({ at }) => at < Date.now() - ABANDONED_INTENT_MS) ?? [];
      for (const intent of dead) await records.change(scope, id, (latest) => withoutIntent(latest, intent));
      // If the clock was ahead at the erasure, `at` may be years in the future. So the difference
      // counts in both directions.
      const isForgotten = record.erasing && Math.abs(now - record.erasing.at) > FORGOTTEN_MS;
      if (isForgotten) await finish(scope, record);
    }
  }

  /** Which of `lives` are over: their records are at another epoch, or gone. */
  async function lifesOver(lives: readonly Membership[]): Promise<Set<Membership>> {
    const states = await records.epochsOf(lives.map(({ record }) => record));
    return new Set(lives.filter(({ record, epoch }) => states.get(record)?.epoch !== epoch));
  }

  /** Removes lines about people who were erased while the lines were written. */
  async function sweepFinds(scope: PlacedScope): Promise<void> {
    const mentioned = await finds.mentioned(scope.id);
    const known = await records.read(scope, mentioned);
    for (const id of mentioned) {
      const record = known.get(id);
      // An unfinished erasure must still count these lines, and then removes them.
      if (!record?.life && !record?.erasing && !record?.unreadable) await finds.removeOf(scope.id, id);
    }
  }

  /** Removes vectors that are neither a template nor part of an intent. */
  async function sweepFaces(): Promise<void> {
    let batch: Found<FaceRow>[] = [];
    for await (const row of faces.everything()) {
      batch.push(row);
      if (batch.length === SWEEP_BATCH) {
        await sweepBatch(batch);
        batch = [];
      }
    }
    await sweepBatch(batch);
  }

  /**
   * Removes those of the rows that nobody holds. Scopes and records are read after the rows. Each
   * enrolment writes its scope and record before its rows. So a row without these belongs to
   * nobody, even if its scope was made during the sweep.
   */
  async function sweepBatch(rows: readonly Found<FaceRow>[]): Promise<void> {
    const byScope = Map.groupBy(rows, ({ source }) => source.scope);
    const existing = await scopes.existing([...byScope.keys()]);
    for (const [id, inScope] of byScope) {
      const scope = existing.get(id);
      // If the scope's key is unreadable, nobody can say whose the rows are. So they stay.
      if (!scope && existing.has(id)) continue;
      const owners = scope && (await records.read(scope, new Set(inScope.map(({ source }) => source.owner))));
      await faces.removeRows(inScope.filter((row) => !isHeld(owners?.get(row.source.owner), row.id)));
    }
  }

  /**
   * Removes the scope if no place points to it and it has no people and no unfinished erasure. An
   * interruption left it so, while it was being made or removed.
   */
  async function sweepScope(scope: PlacedScope): Promise<void> {
    const isAbandoned = !scope.isPlaced && scope.madeAt < Date.now() - ABANDONED_INTENT_MS;
    if (!isAbandoned || (await records.living(scope)).length > 0) return;
    if ((await records.unsettled(scope.id)).length > 0) return;
    // A place may have come to point to the scope since the sweep began.
    const [latest] = await scopes.some([scope.id]);
    if (latest?.isPlaced === false) await scopes.remove(scope.id);
  }

  return tidy;
}

function isHeld(owner: PersonRecord | undefined, row: string): boolean {
  if (owner?.unreadable) return true;
  if (!isLiving(owner)) return false;
  const { templates, intents } = owner.life;
  return templates.some(({ id }) => id === row) || intents.some((intent) => intent.templates.includes(row));
}
