import type { ScopeId } from '../../consent/who.ts';
import type { Tombstone } from '../erasure.ts';
import { type Address, having, type Query } from './documents.ts';
import type { Indices } from './indices.ts';
import { isLiving, type LivingRecord, type PersonRecord } from './life.ts';
import { docOf, opened, type RecordDoc } from './record-docs.ts';
import type { OpenScope } from './scopes.ts';
import type { Store } from './store.ts';

/** Reads, writes and removes many records at once. */
export function listing(store: Store, names: Indices) {
  const address = (id: string): Address => ({ index: names.people, id });

  async function living(scope: OpenScope): Promise<LivingRecord[]> {
    const docs = await store.all<RecordDoc>(names.people, having({ scope: scope.id, live: true }));
    return docs.map((doc) => opened(scope, doc)).filter(isLiving);
  }

  /** The ids of the scope's records with unfinished work. */
  async function unsettled(scope: ScopeId): Promise<string[]> {
    const docs = await store.all<RecordDoc>(names.people, having({ scope, unsettled: true }));
    return docs.map(({ id }) => id);
  }

  /** Removes tombstones of erasures before `at`. The record of a person with a new life stays. */
  async function removeTombstones(at: number): Promise<void> {
    const old: Query = {
      bool: {
        filter: [{ range: { erasedAt: { lt: at } } }, { term: { live: false } }, { term: { unsettled: false } }],
      },
    };
    const docs = await store.all<RecordDoc>(names.people, old);
    await store.write(docs.map((doc) => ({ kind: 'delete', at: doc, since: doc.version })));
  }

  /** Writes records of people from another store, over records with the same ids. */
  async function put(scope: OpenScope, records: readonly PersonRecord[]): Promise<void> {
    await store.write(
      records.map((record) => ({ kind: 'index', at: address(record.id), source: docOf(scope, record) })),
    );
  }

  /** Writes tombstones from another store, which have only keyed hashes. */
  async function putTombstones(tombstones: readonly { id: string; epoch: number; erasedAt: number }[]): Promise<void> {
    await store.write(
      tombstones.map(({ id, epoch, erasedAt }) => ({
        kind: 'index',
        at: address(id),
        source: { epoch, live: false, unsettled: false, erasedAt } satisfies RecordDoc,
      })),
    );
  }

  /** All tombstones. */
  async function tombstones(): Promise<Tombstone[]> {
    const dead: Query = { bool: { filter: [{ exists: { field: 'erasedAt' } }, { term: { live: false } }] } };
    const docs = await store.all<RecordDoc>(names.people, dead);
    return docs.map(({ id, source: { epoch, erasedAt = 0 } }) => ({ hash: id, epoch, at: erasedAt }));
  }

  return { living, unsettled, removeTombstones, put, putTombstones, tombstones };
}
