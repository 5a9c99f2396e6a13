import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PackVersion } from '../gallery.ts';
import type { Connection } from './connection.ts';
import type { OpenScope, Scopes } from './scopes.ts';
import type { Templates } from './templates.ts';

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

export interface Near {
  readonly template: number;
  readonly person: number;
  readonly distance: number;
}

/** Floats kept opened over all scopes, at most (256 MiB); those of the scope searched longest ago go first. */
const KEPT_FLOATS = 64 * 1024 * 1024;

/** Multiplications between two looks at other work: about 5 ms. */
const STRIDE = 4 * 1024 * 1024;

/** Keeps scopes opened between searches; `open` runs inside a transaction and sees what any process wrote. */
export function openedScopes(
  { sql }: Connection,
  scopes: Scopes,
  templates: Templates,
  pack: PackVersion,
  notice: number,
) {
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

/** Every person's nearest template to `probe`, unsorted, among those that `admits` lets in. Exact. */
export function nearestOfEach(opened: Opened, probe: Float32Array, admits: (index: number) => boolean): Near[] {
  const best = new Map<number, Near>();
  compare(opened, probe, 0, opened.ids.length, admits, best);
  return [...best.values()];
}

/** The `count` nearest people to `probe` that a search may see, nearest first. Exact; lets other work in between. */
export async function nearestPeople(opened: Opened, probe: Float32Array, count: number): Promise<Near[]> {
  const best = new Map<number, Near>();
  const admits = (index: number) => opened.searchable[index] === true;
  const step = Math.ceil(STRIDE / probe.length);
  for (let from = 0; from < opened.ids.length; from += step) {
    if (from > 0) await nextTurn();
    compare(opened, probe, from, Math.min(from + step, opened.ids.length), admits, best);
  }
  return [...best.values()].sort((a, b) => a.distance - b.distance).slice(0, count);
}

function compare(
  { ids, vectors, people }: Opened,
  probe: Float32Array,
  from: number,
  to: number,
  admits: (index: number) => boolean,
  best: Map<number, Near>,
): void {
  for (let index = from; index < to; index++) {
    if (!admits(index)) continue;
    const person = people[index] as number;
    const distance = euclidean(vectors, index * probe.length, probe);
    if (distance < (best.get(person)?.distance ?? Number.POSITIVE_INFINITY)) {
      best.set(person, { template: ids[index] as number, person, distance });
    }
  }
}

/** Four sums, because one alone waits for itself: twice as fast. */
function euclidean(vectors: Float32Array, at: number, probe: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < probe.length; i += 4) {
    const p = (vectors[at + i] as number) - (probe[i] as number);
    const q = (vectors[at + i + 1] as number) - (probe[i + 1] as number);
    const r = (vectors[at + i + 2] as number) - (probe[i + 2] as number);
    const s = (vectors[at + i + 3] as number) - (probe[i + 3] as number);
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (; i < probe.length; i++) {
    const p = (vectors[at + i] as number) - (probe[i] as number);
    a += p * p;
  }
  return Math.sqrt(a + b + c + d);
}

function vectorAt(vectors: Float32Array, index: number, dims: number): Float32Array {
  return vectors.subarray(index * dims, (index + 1) * dims);
}
