import { randomUUID } from 'node:crypto';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { FoundBy } from '../gallery.ts';
import { findHash } from '../rules/identity.ts';
import type { Indices } from './indices.ts';
import { isLiving, type PersonRecord } from './life.ts';
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

/** A line that was written, by the id of the record that it is about. */
interface Line {
  readonly found: string;
  readonly at: Address;
}

/** A line of the search log, by the ids of records. */
export type Find = Omit<Row, 'scope'>;

/** The search log. It holds ids of records alone: names are looked up when it is read. */
export function findsOf(store: Store, names: Indices, records: Records) {
  const underWay = new Set<Promise<void>>();
  const address = (id: string): Address => ({ index: names.finds, id });
  const addressOf = (scope: OpenScope, found: string, { kind, ask }: Occasion): Address =>
    address(ask === undefined ? randomUUID() : findHash(scope, kind, ask, found));

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

  return { add, settled, unlogged, of, count, removeOf, removeBefore, mentioned, put };
}

export type Finds = ReturnType<typeof findsOf>;
