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
  /** The id of the record of the person who was found. */
  readonly found: string;
  /** The id of the finder's record; null once the finder is erased. */
  readonly finder: string | null;
  readonly kind: FoundBy['kind'];
  readonly at: number;
}

/** When and how people were found. Each of them gets one line for each ask and kind. */
export interface Occasion {
  readonly kind: FoundBy['kind'];
  readonly at: number;
  readonly ask: string | undefined;
}

/** A written line, with the id of the found person's record. */
interface Line {
  readonly found: string;
  readonly at: Address;
}

/** The address of the line about one person in one ask. */
export function lineAddress(names: Indices) {
  return (scope: OpenScope, found: string, { kind, ask }: Occasion): Address => ({
    index: names.finds,
    id: ask === undefined ? randomUUID() : findHash(scope, kind, ask, found),
  });
}

/** Adds lines to the search log, and removes those about people who are erased meanwhile. */
export function findLog(store: Store, names: Indices, records: Records) {
  const addressOf = lineAddress(names);
  const underWay = new Set<Promise<void>>();

  /**
   * Logs that `finder` found the people whose records have the ids `found`. To save a round trip,
   * it writes the lines while it reads the records, and then removes the lines about people who
   * have no life.
   */
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

  /**
   * Takes back lines about people who were erased after `before` was read. Such an erasure may have
   * missed the lines, because it looked for them before they were written.
   */
  async function recheck(
    scope: OpenScope,
    lines: readonly Line[],
    by: string,
    before: ReadonlyMap<string, PersonRecord>,
  ): Promise<void> {
    const after = await records.read(scope, [...lines.map(({ found }) => found), by]);
    await takeBack(lines, by, (id) => after.get(id)?.epoch !== before.get(id)?.epoch);
  }

  /**
   * Removes the lines about people for whom `isGone` holds. If it holds for the finder `by`, it
   * removes the finder from the other lines.
   */
  async function takeBack(lines: readonly Line[], by: string, isGone: (id: string) => boolean): Promise<void> {
    await store.write([
      ...lines.filter(({ found }) => isGone(found)).map(({ at }) => ({ kind: 'delete' as const, at })),
      ...lines
        .filter(({ found }) => !isGone(found) && isGone(by))
        .map(({ at }) => ({ kind: 'update' as const, at, fields: { finder: null } })),
    ]);
  }

  /** Does not wait for the work. If it fails, the next sweep removes the lines instead. */
  function inBackground(work: Promise<void>): void {
    const ended = work.catch(() => undefined).finally(() => underWay.delete(ended));
    underWay.add(ended);
  }

  /** Resolves once no work is left in the background. */
  async function settled(): Promise<void> {
    await Promise.all(underWay);
  }

  return { add, settled };
}
