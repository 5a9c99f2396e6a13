import { randomUUID } from 'node:crypto';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { FoundBy } from '../gallery.ts';
import { findHash } from '../rules/identity.ts';
import type { Address } from './documents.ts';
import type { Indices } from './indices.ts';
import { isLiving, type PersonRecord } from './life.ts';
import type { Records } from './records.ts';
import type { OpenScope } from './scopes.ts';
import type { Store } from './store.ts';

/** A line of the search log. */
export interface Row {
  readonly scope: ScopeId;
  /** Ids of records; the finder's is null once they were erased. */
  readonly found: string;
  readonly finder: string | null;
  readonly kind: FoundBy['kind'];
  readonly at: number;
}

/** What a line is of; the same ask has one line of each person found. */
export interface Occasion {
  readonly kind: FoundBy['kind'];
  readonly at: number;
  readonly ask: string | undefined;
}

/** A line that was written, by the id of the record that it is about. */
interface Line {
  readonly found: string;
  readonly at: Address;
}

/** Where the line of an ask about a person stands. */
export function lineAddress(names: Indices) {
  return (scope: OpenScope, found: string, { kind, ask }: Occasion): Address => ({
    index: names.finds,
    id: ask === undefined ? randomUUID() : findHash(scope, kind, ask, found),
  });
}

/** Writing lines, at the same moment as people are erased. */
export function findLog(store: Store, names: Indices, records: Records) {
  const addressOf = lineAddress(names);
  const underWay = new Set<Promise<void>>();

  /** Logs, for each of `found` (ids of records) who lives, that `finder` found them. */
  async function add(scope: OpenScope, finder: Person, found: readonly string[], occasion: Occasion): Promise<void> {
    if (found.length === 0) return;
    const { kind, at } = occasion;
    const by = records.idOf(scope.id, finder);
    const lines = found.map((id) => ({ found: id, at: addressOf(scope, id, occasion) }));
    const rows = lines.map((line) => ({
      at: line.at,
      source: { scope: scope.id, found: line.found, finder: by, kind, at },
    }));
    const [before] = await Promise.all([
      records.read(scope, [...found, by]),
      store.write(rows.map((row) => ({ kind: 'create', ...row }))),
    ]);
    const isLivingOne = (id: string) => isLiving(before.get(id));
    await takeBack(lines, by, (id) => !isLivingOne(id));
    const left = lines.filter((line) => isLivingOne(line.found));
    if (left.length > 0) inBackground(recheck(scope, left, by, before));
  }

  /** An erasure that came in between may have looked for these lines before they were there. */
  async function recheck(
    scope: OpenScope,
    lines: readonly Line[],
    by: string,
    before: ReadonlyMap<string, PersonRecord>,
  ): Promise<void> {
    const after = await records.read(scope, [...lines.map(({ found }) => found), by]);
    await takeBack(lines, by, (id) => after.get(id)?.epoch !== before.get(id)?.epoch);
  }

  /** Removes lines about those who are gone, and `by` from the others if it is gone. */
  async function takeBack(lines: readonly Line[], by: string, isGone: (id: string) => boolean): Promise<void> {
    await store.write([
      ...lines.filter(({ found }) => isGone(found)).map(({ at }) => ({ kind: 'delete' as const, at })),
      ...lines
        .filter(({ found }) => !isGone(found) && isGone(by))
        .map(({ at }) => ({ kind: 'update' as const, at, fields: { finder: null } })),
    ]);
  }

  /** What fails here is found by the next sweep. */
  function inBackground(work: Promise<void>): void {
    const ended = work.catch(() => undefined).finally(() => underWay.delete(ended));
    underWay.add(ended);
  }

  /** Resolves once nothing is done any more for lines that were added. */
  async function settled(): Promise<void> {
    await Promise.all(underWay);
  }

  return { add, settled };
}
