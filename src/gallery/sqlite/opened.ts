import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ScopeId } from '../../consent/who.ts';
import type { SqliteFile } from '../../sqlite/file.ts';
import type { PackVersion } from '../gallery.ts';
import type { OpenScope } from './scopes.ts';
import { NO_SLOTS, type Slots, slotsAfter, without } from './slots.ts';
import type { Tables } from './tables.ts';

/** The unsealed templates of one scope, as they were when the scope had this `revision`. */
export interface Opened {
  readonly revision: number;
  readonly erasures: number;
  readonly slots: Slots;
}

interface Row {
  readonly id: number;
  readonly n: number;
  readonly person: string;
  readonly searchable: number;
  /**
   * The sealed template. Null for a template whose id is not above the highest one in memory: it
   * was unsealed before. Templates never change, and new templates have higher ids.
   */
  readonly sealed: Uint8Array | null;
}

const NOTHING: Opened = { revision: -1, erasures: 0, slots: NO_SLOTS };

/**
 * How many floats of unsealed templates stay in memory over all scopes (256 MiB). The scope that
 * was not used for the longest time is dropped first.
 */
const KEPT_FLOATS = 64 * 1024 * 1024;

/** After this many unsealed templates, which take about 5 ms, other work gets a turn. */
const OPENED_BATCH = 250;

/**
 * Keeps the unsealed templates of scopes in memory between searches. `open` and `warm` first take
 * in what any process has written since the last call, and then give the scope's templates.
 */
export function openedScopes(
  { sql, read }: SqliteFile,
  { scopes, templates }: Tables,
  pack: PackVersion,
  notice: number,
) {
  const kept = new Map<ScopeId, Opened>();

  /** Opens the scope as it is now, and lets no other work in between. Runs in a transaction. */
  function open(scope: OpenScope): Opened {
    const work = opening(scope);
    let step = work.next();
    while (!step.done) step = work.next();
    return keep(scope.id, step.value);
  }

  /**
   * Opens the scope as it is at the time of the call. Other work gets turns in between. Undefined
   * when there is no such scope.
   */
  async function warm(id: ScopeId): Promise<Opened | undefined> {
    const begun = await read(() => {
      const scope = scopes.open(id);
      if (!scope) return undefined;
      const work = opening(scope);
      return { work, step: work.next() };
    });
    if (!begun) return undefined;
    let { work, step } = begun;
    while (!step.done) {
      await nextTurn();
      step = work.next();
    }
    return keep(id, step.value);
  }

  /**
   * Opens a scope step by step. The first step reads the changes from the database, inside a
   * transaction. The later steps need no database.
   */
  function* opening(scope: OpenScope): Generator<void, Opened> {
    const before = kept.get(scope.id) ?? NOTHING;
    const { revision, erasures } = scope;
    if (before.revision === revision) return before;
    const rows = sql.all<Row>`
      SELECT t.id, p.n, p.person,
        (p.notice IS ${notice} AND NOT EXISTS (SELECT 1 FROM disputes WHERE one = p.n)) AS searchable,
        CASE WHEN t.id > ${before.slots.lastId} THEN t.sealed END AS sealed
      FROM people p JOIN templates t ON t.person = p.n AND t.pack = ${pack.id}
      WHERE p.scope = ${scope.id} AND p.changed > ${before.revision} ORDER BY t.id`;
    const changed = sql.all<{
      n: number;
    }>`SELECT n FROM people WHERE scope = ${scope.id} AND changed > ${before.revision}`;
    const { slots, added } = slotsAfter(
      before.slots,
      pack.dims,
      new Set(changed.map(({ n }) => n)),
      rows.map(({ id, n, searchable }) => ({ id, person: n, isSearchable: searchable === 1 })),
      erasures === before.erasures ? () => false : goneFrom(scope),
    );
    const unreadable: number[] = [];
    const sealedRows = rows.filter(({ sealed }) => sealed !== null);
    for (const [index, { slot }] of added.entries()) {
      if (index % OPENED_BATCH === OPENED_BATCH - 1) yield;
      const { person, sealed } = sealedRows[index] ?? {};
      if (person === undefined || !sealed)
        throw new Error('a template stands under a number that was another one before');
      const embedding = templates.unsealed(scope, person, pack.id, sealed);
      // A damaged template is left out of searches. The other templates are still found.
      if (embedding) slots.vectors.floats.set(embedding, slot * pack.dims);
      else unreadable.push(slot);
    }
    return { revision, erasures, slots: without(slots, unreadable) };
  }

  /**
   * Gives a function that tells whether a person (by the number of their row) is erased. No list
   * says who was erased, so a person counts as erased when they have no row.
   */
  function goneFrom({ id }: OpenScope): (person: number) => boolean {
    const there = new Set(sql.all<{ n: number }>`SELECT n FROM people WHERE scope = ${id}`.map(({ n }) => n));
    return (person) => !there.has(person);
  }

  function keep(id: ScopeId, opened: Opened): Opened {
    const known = kept.get(id);
    kept.delete(id);
    kept.set(id, known && known.revision > opened.revision ? known : opened);
    let floats = [...kept.values()].reduce((sum, { slots }) => sum + slots.vectors.floats.length, 0);
    for (const [oldest, { slots }] of kept) {
      if (floats <= KEPT_FLOATS || oldest === id) break;
      kept.delete(oldest);
      floats -= slots.vectors.floats.length;
    }
    return opened;
  }

  return { open, warm, forget: (id: ScopeId) => kept.delete(id) };
}

export type OpenedScopes = ReturnType<typeof openedScopes>;
