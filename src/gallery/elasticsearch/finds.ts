import type { ScopeId } from '../../consent/who.ts';
import type { FoundBy } from '../gallery.ts';
import { type Address, having } from './documents.ts';
import { findLog, lineAddress, type Occasion, type Row } from './find-log.ts';
import type { Indices } from './indices.ts';
import type { Records } from './records.ts';
import type { OpenScope } from './scopes.ts';
import type { Store } from './store.ts';

/** A line of one scope's search log. */
export type Find = Omit<Row, 'scope'>;

/** The search log. Its lines name people only by the ids of their records. */
export function findsOf(store: Store, names: Indices, records: Records) {
  const address = (id: string): Address => ({ index: names.finds, id });
  const addressOf = lineAddress(names);
  const { add, settled } = findLog(store, names, records);

  /** Those of `found` (ids of records) about whom this ask has no line yet. */
  async function unlogged(scope: OpenScope, found: readonly string[], occasion: Occasion): Promise<string[]> {
    const lines = await store.get<Row>(found.map((id) => addressOf(scope, id, occasion)));
    return found.filter((_, index) => !lines[index]);
  }

  /** The lines about a person, latest first. */
  async function of(scope: OpenScope, id: string): Promise<FoundBy[]> {
    const rows = await store.all<Row>(names.finds, having({ scope: scope.id, found: id }));
    const finders = await records.read(
      scope,
      rows.map(({ source }) => source.finder).filter((finder) => finder !== null),
    );
    return rows
      .toSorted((a, b) => b.source.at - a.source.at || b.version.seqNo - a.version.seqNo)
      .map(({ source: { at, kind, finder } }) => {
        const name = kind === 'enrol' || finder === null ? undefined : finders.get(finder)?.life?.person.name;
        return { at, kind, ...(name !== undefined && { finder: name }) };
      });
  }

  /**
   * The times of attempts to enrol somebody else's face. `found`: attempts at this person's face.
   * `finder`: attempts by this person.
   */
  async function attempts(scope: OpenScope, column: 'found' | 'finder', id: string): Promise<number[]> {
    const rows = await store.all<Row>(names.finds, having({ scope: scope.id, [column]: id }));
    return rows.filter(({ source }) => source.kind === 'enrol').map(({ source }) => source.at);
  }

  /** The number of all attempts to enrol somebody else's face, in all scopes. */
  function allAttempts(): Promise<number> {
    return store.count(names.finds, having({ kind: 'enrol' }));
  }

  /** Counts the lines about a person, and the lines that name this person as the finder. */
  async function count(scope: ScopeId, id: string): Promise<{ readonly about: number; readonly by: number }> {
    await store.refresh(names.finds);
    const [about, by] = await Promise.all([
      store.count(names.finds, having({ scope, found: id })),
      store.count(names.finds, having({ scope, finder: id })),
    ]);
    return { about, by };
  }

  /** Removes the lines about a person, and removes the person as finder from other lines. */
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

  /** The ids of all records that a scope's log mentions. */
  async function mentioned(scope: ScopeId): Promise<Set<string>> {
    const rows = await store.all<Row>(names.finds, having({ scope }));
    return new Set(rows.flatMap(({ source: { found, finder } }) => (finder === null ? [found] : [found, finder])));
  }

  /** Writes lines from another store. A second write with the same `id` changes nothing. */
  async function put(scope: ScopeId, finds: readonly (Find & { readonly id: string })[]): Promise<void> {
    await store.write(
      finds.map(({ id, ...find }) => ({ kind: 'index', at: address(id), source: { scope, ...find } satisfies Row })),
    );
  }

  return { add, settled, unlogged, of, attempts, allAttempts, count, removeOf, removeBefore, mentioned, put };
}

export type Finds = ReturnType<typeof findsOf>;
