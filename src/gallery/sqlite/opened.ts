import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ScopeId } from '../../consent/who.ts';
import type { SqliteFile } from '../../sqlite/file.ts';
import type { PackVersion } from '../gallery.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';

/** One scope's templates of today's pack, opened, as they were at `revision`. Never changed once made. */
export interface Opened {
  readonly revision: number;
  /** Template ids, rising; the i-th one's embedding starts at i · dims. */
  readonly ids: readonly number[];
  readonly vectors: Float32Array;
  /** Number of each template's person. */
  readonly people: readonly number[];
  /** Whether a search may see it: no dispute, and agreed under the notice in force. */
  readonly searchable: readonly boolean[];
}

interface Row {
  readonly id: number;
  readonly n: number;
  readonly person: string;
  readonly searchable: number;
  /** Null for what is open already: ids only rise, and what stands under one never changes. */
  readonly sealed: Uint8Array | null;
}

const NOTHING: Opened = { revision: -1, ids: [], vectors: new Float32Array(), people: [], searchable: [] };

/** Floats kept opened over all scopes, at most (256 MiB); those of the scope used longest ago go first. */
const KEPT_FLOATS = 64 * 1024 * 1024;

/** Templates opened between two looks at other work: about 5 ms. */
const BATCH = 250;

/** Keeps scopes opened between searches; what any process wrote is seen by the next look. */
export function openedScopes(
  { sql, read }: SqliteFile,
  { scopes, templates }: Tables,
  pack: PackVersion,
  notice: number,
) {
  const kept = new Map<ScopeId, Opened>();

  /** The scope as it is now; runs inside a transaction, all at once. */
  function open(scope: OpenScope): Opened {
    const work = opening(scope);
    let step = work.next();
    while (!step.done) step = work.next();
    return keep(scope.id, step.value);
  }

  /** The scope as it is when this is called, with other work let in between; undefined when there is none. */
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

  /** The first step asks the database, inside a transaction; the others need it no more. */
  function* opening(scope: OpenScope): Generator<void, Opened> {
    const before = kept.get(scope.id) ?? NOTHING;
    if (before.revision === scope.revision) return before;
    const rows = sql.all`
      SELECT t.id, p.n, p.person,
        (p.notice IS ${notice} AND NOT EXISTS (SELECT 1 FROM disputes WHERE one = p.n OR other = p.n)) AS searchable,
        CASE WHEN t.id > ${before.ids.at(-1) ?? 0} THEN t.sealed END AS sealed
      FROM people p JOIN templates t ON t.person = p.n AND t.pack = ${pack.id}
      WHERE p.scope = ${scope.id} ORDER BY t.id` as unknown as Row[];
    const vectors = new Float32Array(rows.length * pack.dims);
    const known = new Map(before.ids.map((id, index) => [id, index]));
    for (const [index, { id, person, sealed }] of rows.entries()) {
      if (sealed && index % BATCH === BATCH - 1) yield;
      const vector = sealed ? templates.unsealed(scope, person, pack.id, sealed) : knownVector(before, known.get(id));
      vectors.set(vector, index * pack.dims);
    }
    return {
      revision: scope.revision,
      ids: rows.map((row) => row.id),
      vectors,
      people: rows.map((row) => row.n),
      searchable: rows.map((row) => row.searchable === 1),
    };
  }

  function knownVector({ vectors }: Opened, index: number | undefined): Float32Array {
    if (index === undefined) throw new Error('a template stands under a number that was another one before');
    return vectors.subarray(index * pack.dims, (index + 1) * pack.dims);
  }

  function keep(id: ScopeId, opened: Opened): Opened {
    kept.delete(id);
    kept.set(id, opened);
    let floats = [...kept.values()].reduce((sum, { vectors }) => sum + vectors.length, 0);
    for (const [oldest, { vectors }] of kept) {
      if (floats <= KEPT_FLOATS || oldest === id) break;
      kept.delete(oldest);
      floats -= vectors.length;
    }
    return opened;
  }

  return { open, warm, forget: (id: ScopeId) => kept.delete(id) };
}

export type OpenedScopes = ReturnType<typeof openedScopes>;
