import type { Person, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Keys } from '../../secrets/keys.ts';
import { sealJson, unsealJson } from '../../secrets/seal.ts';
import { tombstoneHash } from '../rules/identity.ts';
import type { Indices } from './indices.ts';
import { type Erasing, isLiving, isUnsettled, type Life, type LivingRecord, type PersonRecord } from './life.ts';
import type { OpenScope } from './scopes.ts';
import { type Address, type Found, having, type Query, type Store, TRIES } from './store.ts';

interface Doc {
  /** Absent from a tombstone that came from another store. */
  readonly scope?: ScopeId;
  readonly epoch: number;
  readonly live: boolean;
  readonly unsettled: boolean;
  readonly erasedAt?: number;
  /** Life or erasing. */
  readonly sealed?: string;
}

/** Documents asked for at once. */
const BATCH = 1000;

/** Where records are kept. */
export function recordsOf(store: Store, names: Indices, keys: Keys) {
  const address = (id: string): Address => ({ index: names.people, id });
  const context = (scope: ScopeId, id: string, { epoch, live }: Pick<Doc, 'epoch' | 'live'>) =>
    `people|${scope}|${id}|${epoch}|${live ? 'life' : 'erasing'}`;

  /** The keyed hash that names the record; it outlives an erasure, hence its key. */
  function idOf(scope: ScopeId, person: Person): string {
    return tombstoneHash(keys, scope, person);
  }

  function opened(scope: OpenScope, { id, source, version }: Found<Doc>): PersonRecord {
    const { epoch, live, erasedAt, sealed } = source;
    const inner =
      sealed === undefined ? undefined : unsealJson<Life | Erasing>(scope.key, sealed, context(scope.id, id, source));
    return {
      id,
      epoch,
      version,
      ...(erasedAt !== undefined && { erasedAt }),
      ...(inner && (live ? { life: inner as Life } : { erasing: inner as Erasing })),
    };
  }

  function docOf(scope: OpenScope, { id, epoch, life, erasing, erasedAt }: PersonRecord): Doc {
    const live = life !== undefined;
    const inner = life ?? erasing;
    return {
      scope: scope.id,
      epoch,
      live,
      unsettled: erasing !== undefined || (life !== undefined && isUnsettled(life)),
      ...(erasedAt !== undefined && { erasedAt }),
      ...(inner && { sealed: sealJson(scope.key, inner, context(scope.id, id, { epoch, live })) }),
    };
  }

  /** Realtime, by id; those of whom there is no document are missing. */
  async function read(scope: OpenScope, ids: Iterable<string>): Promise<Map<string, PersonRecord>> {
    const wanted = [...new Set(ids)];
    const found = new Map<string, PersonRecord>();
    for (let at = 0; at < wanted.length; at += BATCH) {
      for (const doc of await store.get<Doc>(wanted.slice(at, at + BATCH).map(address))) {
        if (doc) found.set(doc.id, opened(scope, doc));
      }
    }
    return found;
  }

  async function one(scope: OpenScope, id: string): Promise<PersonRecord> {
    return (await read(scope, [id])).get(id) ?? { id, epoch: 0 };
  }

  /** The epoch alone, which needs no key: of a scope that was dropped. */
  async function epoch(id: string): Promise<number> {
    const [doc] = await store.get<Doc>([address(id)]);
    return doc?.source.epoch ?? 0;
  }

  /** Which of these have a life or an erasure under way, and at which epoch; needs no key. */
  async function epochsOf(
    ids: readonly string[],
  ): Promise<Map<string, { readonly epoch: number; readonly live: boolean }>> {
    const found = new Map<string, { readonly epoch: number; readonly live: boolean }>();
    for (const doc of await store.get<Doc>(ids.map(address))) {
      if (doc) found.set(doc.id, { epoch: doc.source.epoch, live: doc.source.live });
    }
    return found;
  }

  /**
   * Replaces the record by what `step` makes of it, in one write that happens only if nobody wrote in between; else reads and
   * steps again. Undefined from `step` leaves it as it is. A lost answer may let a step see its own result: it must know it.
   */
  async function change(
    scope: OpenScope,
    id: string,
    step: (record: PersonRecord) => PersonRecord | undefined,
  ): Promise<PersonRecord> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await one(scope, id);
      const after = step(before);
      if (!after) return before;
      const source = docOf(scope, after);
      const [outcome] = await store.write([
        before.version
          ? { kind: 'index', at: address(id), source, since: before.version }
          : { kind: 'create', at: address(id), source },
      ]);
      if (outcome === 'done') return after;
    }
    throw new Failure('unavailable', { cause: new Error('too many writers of one record') });
  }

  async function living(scope: OpenScope): Promise<LivingRecord[]> {
    const docs = await store.all<Doc>(names.people, having({ scope: scope.id, live: true }));
    return docs.map((doc) => opened(scope, doc)).filter(isLiving);
  }

  /** Records of a scope in which work is left over. */
  async function unsettled(scope: ScopeId): Promise<string[]> {
    const docs = await store.all<Doc>(names.people, having({ scope, unsettled: true }));
    return docs.map(({ id }) => id);
  }

  /** Removes tombstones of erasures before `at`. One that came to life again in the meantime stays. */
  async function removeTombstones(at: number): Promise<void> {
    const old: Query = {
      bool: {
        filter: [{ range: { erasedAt: { lt: at } } }, { term: { live: false } }, { term: { unsettled: false } }],
      },
    };
    const docs = await store.all<Doc>(names.people, old);
    await store.write(docs.map((doc) => ({ kind: 'delete', at: doc, since: doc.version })));
  }

  /** Writes records as they are, whatever stood there: of people who come from another store. */
  async function put(scope: OpenScope, records: readonly PersonRecord[]): Promise<void> {
    await store.write(
      records.map((record) => ({ kind: 'index', at: address(record.id), source: docOf(scope, record) })),
    );
  }

  /** A tombstone as another store kept it: by its keyed hash alone. */
  async function putTombstones(tombstones: readonly { id: string; epoch: number; erasedAt: number }[]): Promise<void> {
    await store.write(
      tombstones.map(({ id, epoch, erasedAt }) => ({
        kind: 'index',
        at: address(id),
        source: { epoch, live: false, unsettled: false, erasedAt } satisfies Doc,
      })),
    );
  }

  return {
    idOf,
    one,
    read,
    epoch,
    change,
    epochsOf,
    living,
    unsettled,
    removeTombstones,
    put,
    putTombstones,
  };
}

export type Records = ReturnType<typeof recordsOf>;
