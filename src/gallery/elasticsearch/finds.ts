import { randomUUID } from 'node:crypto';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { FoundBy } from '../gallery.ts';
import { findHash } from '../rules/identity.ts';
import type { Indices } from './indices.ts';
import { isLiving } from './life.ts';
import type { Records } from './records.ts';
import type { OpenScope } from './scopes.ts';
import { type Address, having, type Store } from './store.ts';

interface Row {
  readonly scope: ScopeId;
  /** Ids of records; the finder's is null once they were erased. */
  readonly found: string;
  readonly finder: string | null;
  readonly kind: FoundBy['kind'];
  readonly at: number;
}

/** What a line is of; the same ask has one line of each person found. */
interface Occasion {
  readonly kind: FoundBy['kind'];
  readonly at: number;
  readonly ask: string | undefined;
}

/** A line of the search log, by the ids of records. */
export type Find = Omit<Row, 'scope'>;

/** The search log. It holds ids of records alone: names are looked up when it is read. */
export function findsOf(store: Store, names: Indices, records: Records) {
  const address = (id: string): Address => ({ index: names.finds, id });
  const addressOf = (scope: OpenScope, found: string, { kind, ask }: Occasion): Address =>
    address(ask === undefined ? randomUUID() : findHash(scope, kind, ask, found));

  /** Logs, for each of `found` (ids of records) who lives, that `finder` found them. */
  async function add(scope: OpenScope, finder: Person, found: readonly string[], occasion: Occasion): Promise<void> {
    if (found.length === 0) return;
    const { kind, at } = occasion;
    const by = records.idOf(scope.id, finder);
    const before = await records.read(scope, [...found, by]);
    const rows = found
      .filter((id) => isLiving(before.get(id)))
      .map((id) => ({ found: id, finder: isLiving(before.get(by)) ? by : null, kind, at }));
    const written = rows.map((row) => ({ at: addressOf(scope, row.found, occasion), row }));
    await store.write(written.map(({ at, row }) => ({ kind: 'create', at, source: { scope: scope.id, ...row } })));
    // An erasure that came in between may have looked for these rows before they were there.
    const after = await records.read(scope, [...found, by]);
    const isGone = (id: string) => after.get(id)?.epoch !== before.get(id)?.epoch;
    await store.write([
      ...written.filter(({ row }) => isGone(row.found)).map(({ at }) => ({ kind: 'delete' as const, at })),
      ...written
        .filter(({ row }) => !isGone(row.found) && isGone(by))
        .map(({ at }) => ({ kind: 'update' as const, at, fields: { finder: null } })),
    ]);
  }

  /** Those of `found` (ids of records) of whom this ask has no line yet. */
  async function unlogged(scope: OpenScope, found: readonly string[], occasion: Occasion): Promise<string[]> {
    const lines = await store.get<Row>(found.map((id) => addressOf(scope, id, occasion)));
    return found.filter((_, index) => !lines[index]);
  }

  /** Latest first. */
  async function of(scope: OpenScope, id: string): Promise<FoundBy[]> {
    const rows = await store.all<Row>(names.finds, having({ scope: scope.id, found: id }));
    const finders = await records.read(
      scope,
      rows.map(({ source }) => source.finder).filter((finder) => finder !== null),
    );
    return rows
      .toSorted((a, b) => b.source.at - a.source.at || b.version.seqNo - a.version.seqNo)
      .map(({ source: { at, kind, finder } }) => {
        const name = finder === null ? undefined : finders.get(finder)?.life?.person.name;
        return { at, kind, ...(name !== undefined && { finder: name }) };
      });
  }

  /** Rows about a person, and rows that name them as finder. */
  async function count(scope: OpenScope, id: string): Promise<{ readonly about: number; readonly by: number }> {
    await store.refresh(names.finds);
    const [about, by] = await Promise.all([
      store.count(names.finds, having({ scope: scope.id, found: id })),
      store.count(names.finds, having({ scope: scope.id, finder: id })),
    ]);
    return { about, by };
  }

  /** Removes the rows about a person, and this person from the rows about others. */
  async function removeOf(scope: ScopeId, id: string): Promise<void> {
    const about = await store.all<Row>(names.finds, having({ scope, found: id }));
    await store.write(about.map((at) => ({ kind: 'delete', at })));
    const by = await store.all<Row>(names.finds, having({ scope, finder: id }));
    await store.write(by.map((at) => ({ kind: 'update', at, fields: { finder: null } })));
  }

  async function removeBefore(at: number): Promise<void> {
    const old = await store.all<Row>(names.finds, { range: { at: { lt: at } } });
    await store.write(old.map((row) => ({ kind: 'delete', at: row })));
  }

  /** Ids of all records that a scope's log speaks of. */
  async function mentioned(scope: ScopeId): Promise<Set<string>> {
    const rows = await store.all<Row>(names.finds, having({ scope }));
    return new Set(rows.flatMap(({ source: { found, finder } }) => (finder === null ? [found] : [found, finder])));
  }

  /** Writes lines that come from another store; `id` makes a second writing of the same line harmless. */
  async function put(scope: ScopeId, finds: readonly (Find & { readonly id: string })[]): Promise<void> {
    await store.write(
      finds.map(({ id, ...find }) => ({ kind: 'index', at: address(id), source: { scope, ...find } satisfies Row })),
    );
  }

  return { add, unlogged, of, count, removeOf, removeBefore, mentioned, put };
}

export type Finds = ReturnType<typeof findsOf>;
