import type { PackVersion } from '../gallery.ts';
import type { Connection } from './connection.ts';
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

/** Floats kept opened over all scopes, at most (256 MiB); those of the scope searched longest ago go first. */
const KEPT_FLOATS = 64 * 1024 * 1024;

/** Keeps scopes opened between searches; `open` runs inside a transaction and sees what any process wrote. */
export function openedScopes({ sql }: Connection, { scopes, templates }: Tables, pack: PackVersion, notice: number) {
  const kept = new Map<string, Opened>();

  function open(scope: OpenScope): Opened {
    const revision = scopes.revision(scope.id) ?? -1;
    const before = kept.get(scope.id);
    const opened = before?.revision === revision ? before : read(scope, revision, before);
    kept.delete(scope.id);
    kept.set(scope.id, opened);
    shrink();
    return opened;
  }

  function read(scope: OpenScope, revision: number, before: Opened | undefined): Opened {
    const rows = sql.all`
      SELECT t.id, p.n, p.person,
        (p.notice IS ${notice} AND NOT EXISTS (SELECT 1 FROM disputes WHERE one = p.n OR other = p.n)) AS searchable
      FROM people p JOIN templates t ON t.person = p.n AND t.pack = ${pack.id}
      WHERE p.scope = ${scope.id} ORDER BY t.id` as { id: number; n: number; person: string; searchable: number }[];
    const vectors = new Float32Array(rows.length * pack.dims);
    const known = new Map(before?.ids.map((id, index) => [id, index]));
    for (const [index, row] of rows.entries()) {
      const at = known.get(row.id);
      const vector =
        at === undefined
          ? templates.embedding(scope, row.id, row.person)
          : before && vectorAt(before.vectors, at, pack.dims);
      if (vector) vectors.set(vector, index * pack.dims);
    }
    return {
      revision,
      ids: rows.map((row) => row.id),
      vectors,
      people: rows.map((row) => row.n),
      searchable: rows.map((row) => row.searchable === 1),
    };
  }

  function shrink(): void {
    let floats = [...kept.values()].reduce((sum, { vectors }) => sum + vectors.length, 0);
    for (const [id, { vectors }] of kept) {
      if (floats <= KEPT_FLOATS || kept.size === 1) return;
      kept.delete(id);
      floats -= vectors.length;
    }
  }

  return { open, forget: (id: string) => kept.delete(id) };
}

export type OpenedScopes = ReturnType<typeof openedScopes>;

function vectorAt(vectors: Float32Array, index: number, dims: number): Float32Array {
  return vectors.subarray(index * dims, (index + 1) * dims);
}
