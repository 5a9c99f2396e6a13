import type { Person, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Keys } from '../../secrets/keys.ts';
import { tombstoneHash } from '../rules/identity.ts';
import type { Address } from './documents.ts';
import type { Indices } from './indices.ts';
import type { PersonRecord } from './life.ts';
import { docOf, opened, type RecordDoc } from './record-docs.ts';
import { listing } from './record-lists.ts';
import type { OpenScope } from './scopes.ts';
import { type Store, TRIES } from './store.ts';

/** How many documents are asked for at once. */
const RECORDS_PAGE = 1000;

/** The part of a record that can be read without its scope's key. */
export type RecordState = Pick<RecordDoc, 'scope' | 'epoch' | 'live' | 'unsettled'>;

/** Reads and writes people's records. */
export function recordsOf(store: Store, names: Indices, keys: Keys) {
  const address = (id: string): Address => ({ index: names.people, id });

  /**
   * The keyed hash that names the record. It stays after an erasure, so it is made with the key for
   * tombstones.
   */
  function idOf(scope: ScopeId, person: Person): string {
    return tombstoneHash(keys, scope, person);
  }

  /** Reads records in real time, by id. People without a document are missing from the result. */
  async function read(scope: OpenScope, ids: Iterable<string>): Promise<Map<string, PersonRecord>> {
    const wanted = [...new Set(ids)];
    const found = new Map<string, PersonRecord>();
    for (let at = 0; at < wanted.length; at += RECORDS_PAGE) {
      for (const doc of await store.get<RecordDoc>(wanted.slice(at, at + RECORDS_PAGE).map(address))) {
        if (doc) found.set(doc.id, opened(scope, doc));
      }
    }
    return found;
  }

  async function one(scope: OpenScope, id: string): Promise<PersonRecord> {
    return (await read(scope, [id])).get(id) ?? { id, epoch: 0 };
  }

  /**
   * A record's epoch; 0 when there is no record. It is read without the scope's key, so this works
   * even after the scope was dropped.
   */
  async function epoch(id: string): Promise<number> {
    const [doc] = await store.get<RecordDoc>([address(id)]);
    return doc?.source.epoch ?? 0;
  }

  /** The states of these records, by id, as far as they exist. No scope's key is needed. */
  async function epochsOf(ids: readonly string[]): Promise<Map<string, RecordState>> {
    const found = new Map<string, RecordState>();
    for (let at = 0; at < ids.length; at += RECORDS_PAGE) {
      for (const doc of await store.get<RecordDoc>(ids.slice(at, at + RECORDS_PAGE).map(address))) {
        if (doc) found.set(doc.id, { ...doc.source, live: isThere(doc.source) });
      }
    }
    return found;
  }

  /**
   * Replaces the record by the result of `step`. The write succeeds only if nobody has written the
   * record since it was read. Otherwise the record is read again, and `step` runs again. When
   * `step` gives undefined, nothing changes. If an answer was lost, `step` may see its own result,
   * and must recognise it.
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

  return { idOf, one, read, epoch, change, epochsOf, ...listing(store, names) };
}

/** A sealed record without unfinished work is a life, even when its `live` flag is damaged. */
function isThere({ live, unsettled, sealed }: RecordDoc): boolean {
  return live || (sealed !== undefined && !unsettled);
}

export type Records = ReturnType<typeof recordsOf>;
