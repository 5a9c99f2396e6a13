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
  /** The ids of two records. The finder's is null once the finder is erased. */
  readonly found: string;
  readonly finder: string | null;
  readonly kind: FoundBy['kind'];
  readonly at: number;
}

/** What a line is about: its kind, time and ask. One ask has one line for each person found. */
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

/** Writes lines to the search log. People may be erased at the same time. */
export function findLog(store: Store, names: Indices, records: Records) {
  const addressOf = lineAddress(names);
  const underWay = new Set<Promise<void>>();

  /**
   * Logs that `finder` found people. `found` has the ids of their records. A person who is erased
   * gets no line.
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
   * Takes back lines about people who were erased after `before` was read. Their erasure may have
   * looked for these lines before they existed.
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
   * Removes lines about erased people. When the finder `by` is erased, it removes `by` from the
   * other lines.
   */
  async function takeBack(lines: readonly Line[], by: string, isGone: (id: string) => boolean): Promise<void> {
    await store.write([
      ...lines.filter(({ found }) => isGone(found)).map(({ at }) => ({ kind: 'delete' as const, at })),
      ...lines
        .filter(({ found }) => !isGone(found) && isGone(by))
        .map(({ at }) => ({ kind: 'update' as const, at, fields: { finder: null } })),
    ]);
  }

  /** Lets work go on while the caller does not wait. If it fails, the next sweep repairs that. */
  function inBackground(work: Promise<void>): void {
    const ended = work.catch(() => undefined).finally(() => underWay.delete(ended));
    underWay.add(ended);
  }

  /** Resolves once no work on added lines is left. */
  async function settled(): Promise<void> {
    await Promise.all(underWay);
  }

  return { add, settled };
}
