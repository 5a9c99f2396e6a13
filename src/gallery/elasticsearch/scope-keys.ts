import { LRUCache } from 'lru-cache';
import type { ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealTextRighted } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import { type ScopeKey, scopeContext } from '../rules/identity.ts';
import type { Address, Found, Write } from './documents.ts';
import { because } from './failures.ts';
import type { Indices } from './indices.ts';
import type { Store } from './store.ts';

export interface ScopeDoc {
  /** The scope's key, wrapped by MASTER_KEY, in base64url. */
  readonly key: string;
  readonly at: number;
  /** The settings, sealed by the scope's key. Absent when the group has none. */
  readonly settings?: string;
}

/**
 * For how many milliseconds a scope is taken to exist after it was read. Its key never changes. If
 * it was dropped meanwhile, it had no people, so a read in it finds nobody.
 */
const TRUSTED_MS = 60_000;
/** How many scopes are kept in memory at most. */
export const MAX_OPENED = 10_000;

/** Scopes with their keys, by id. */
export function scopeKeys(store: Store, names: Indices, keys: Keys) {
  const scopeAt = (id: ScopeId): Address => ({ index: names.scopes, id });
  // An entry contains a scope's secret key, so it is removed from memory as soon as its time is
  // over (`ttlAutopurge`).
  const seen = new LRUCache<ScopeId, ScopeKey>({ max: MAX_OPENED, ttl: TRUSTED_MS, ttlAutopurge: true });
  const trusted = (id: ScopeId): ScopeKey | undefined => seen.get(id);
  const forget = (id: ScopeId): void => void seen.delete(id);

  /** The scope of a document; undefined when its key is lost. */
  function opened({ id, source }: Found<ScopeDoc>): ScopeKey | undefined {
    const key = unsealTextRighted(keys.wrap, source.key, scopeContext(id as ScopeId));
    return key && { id: id as ScopeId, key };
  }

  /** The scope as it was within the last minute. Use it for reading. */
  async function open(id: ScopeId): Promise<ScopeKey | undefined> {
    return seen.get(id) ?? (await openNow(id));
  }

  /**
   * The scope as it is now. Use it for writing.
   * @throws Failure `unavailable` when the scope's key is unreadable. Then all that it sealed is
   * unreadable too
   */
  async function openNow(id: ScopeId): Promise<ScopeKey | undefined> {
    const { doc, scope } = await read(id);
    if (doc && !scope) throw because('values_unreadable', 'the key of a group');
    return scope;
  }

  /**
   * The scopes with these ids that exist now. A scope whose key is unreadable is in the map too, as
   * undefined.
   */
  async function existing(ids: readonly ScopeId[]): Promise<Map<ScopeId, ScopeKey | undefined>> {
    const docs = await store.get<ScopeDoc>(ids.map(scopeAt));
    return new Map(docs.flatMap((doc) => (doc ? [[doc.id as ScopeId, opened(doc)]] : [])));
  }

  /** As {@link open}, but also undefined when the scope's key is unreadable. */
  async function readable(id: ScopeId): Promise<ScopeKey | undefined> {
    return seen.get(id) ?? (await read(id)).scope;
  }

  async function read(id: ScopeId) {
    const [doc] = await store.get<ScopeDoc>([scopeAt(id)]);
    const scope = doc && opened(doc);
    if (scope) seen.set(id, scope);
    else seen.delete(id);
    return { doc, scope };
  }

  function making(kind: 'create' | 'index', { id, key }: ScopeKey): Write {
    const wrapped = Buffer.from(seal(keys.wrap, key, scopeContext(id))).toString('base64url');
    return { kind, at: scopeAt(id), source: { key: wrapped, at: Date.now() } satisfies ScopeDoc };
  }

  return { scopeAt, open, openNow, readable, existing, trusted, forget, opened, making };
}
