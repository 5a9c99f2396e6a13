import { LRUCache } from 'lru-cache';
import type { GroupSettings } from '../../consent/settings.ts';
import type { Place, ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealJsonRighted } from '../../secrets/righted.ts';
import { sealJson } from '../../secrets/seal.ts';
import { newScope, placeContext, placeHash, type ScopeKey } from '../rules/identity.ts';
import { type Address, type Found, having, type Write } from './documents.ts';
import type { Indices } from './indices.ts';
import { MAX_OPENED, type ScopeDoc, scopeKeys } from './scope-keys.ts';
import { settingsOf } from './settings.ts';
import type { Store } from './store.ts';

export type OpenScope = ScopeKey;

export interface PlacedScope extends OpenScope {
  /** When the scope was made, milliseconds since 1970. */
  readonly madeAt: number;
  /** The readable places, the latest first. */
  readonly places: readonly Place[];
  /** Whether any place points to the scope, readable or not. */
  readonly isPlaced: boolean;
}

interface PlaceDoc {
  readonly scope: ScopeId;
  readonly sealed: string;
  readonly at: number;
}

/** Scopes, their keys, and the places that point to them. */
export function scopesOf(store: Store, names: Indices, keys: Keys) {
  const placeAt = (place: Place): Address => ({ index: names.places, id: placeHash(keys, place) });
  const { open, openNow, readable, existing, trusted, forget, opened, making, scopeAt } = scopeKeys(store, names, keys);
  const settings = settingsOf(store, scopeAt);
  const lists = scopeLists(store, names, { opened, scopeAt });
  /** The last known scope of each place, by the place's hash. */
  const whereabouts = new LRUCache<string, ScopeId>({ max: MAX_OPENED });

  /** The place's scope, if it was read within the last minute. It may have changed since. */
  function guess(place: Place): OpenScope | undefined {
    const id = whereabouts.get(placeAt(place).id);
    return id && trusted(id);
  }

  function remember(place: Place, id: ScopeId): void {
    whereabouts.set(placeAt(place).id, id);
  }

  async function of(place: Place): Promise<ScopeId | undefined> {
    const [doc] = await store.get<PlaceDoc>([placeAt(place)]);
    return doc?.source.scope;
  }

  function pointing(kind: 'create' | 'index', place: Place, scope: OpenScope): Extract<Write, { source: object }> {
    const at = placeAt(place);
    const sealed = sealJson(scope.key, place, placeContext(scope.id, at.id));
    return { kind, at, source: { scope: scope.id, sealed, at: Date.now() } satisfies PlaceDoc };
  }

  /** Writes a scope from another store. `places` are its places, the latest first. */
  async function put(scope: OpenScope, places: readonly Place[], set?: GroupSettings): Promise<void> {
    await store.write([making('index', scope)]);
    if (set) await settings.change(scope, set);
    for (const place of places.toReversed()) await store.write([pointing('index', place, scope)]);
  }

  /** The scope of `place`, made if it is missing. Concurrent calls all get the same scope. */
  async function at(place: Place): Promise<ScopeId> {
    for (;;) {
      const [pointer] = await store.get<PlaceDoc>([placeAt(place)]);
      if (pointer) {
        const { scope } = pointer.source;
        if (await openNow(scope)) return scope;
        // The place points to a scope that was dropped. So the place is removed and made again.
        await store.write([{ kind: 'delete', at: pointer, since: pointer.version }]);
      }
      const scope = newScope();
      await store.write([making('create', scope)]);
      const [pointed] = await store.write([pointing('create', place, scope)]);
      if (pointed === 'done') return scope.id;
      await store.write([{ kind: 'delete', at: scopeAt(scope.id) }]);
    }
  }

  /** Points a place to this scope. False if it does not point to `before` (undefined: to none). */
  async function point(place: Place, scope: OpenScope, before: ScopeId | undefined): Promise<boolean> {
    const [pointer] = await store.get<PlaceDoc>([placeAt(place)]);
    // A place may still point to a scope that is just being dropped. Then it has no scope.
    const there = pointer && (await openNow(pointer.source.scope)) ? pointer.source.scope : undefined;
    if (there !== before) return false;
    const write = pointing(pointer ? 'index' : 'create', place, scope);
    const [written] = await store.write([pointer ? { ...write, since: pointer.version } : write]);
    return written === 'done';
  }

  /** Removes a scope after its places. After an interruption, a sweep removes the scope. */
  async function remove(id: ScopeId): Promise<void> {
    forget(id);
    const places = await store.all<PlaceDoc>(names.places, having({ scope: id }));
    await store.write(places.map((at) => ({ kind: 'delete', at, since: at.version })));
    await store.write([{ kind: 'delete', at: scopeAt(id) }]);
  }

  return { open, openNow, readable, existing, ...lists, at, of, guess, remember, put, point, settings, remove };
}

type Opener = Pick<ReturnType<typeof scopeKeys>, 'opened' | 'scopeAt'>;

/** Reads many scopes at once. */
function scopeLists(store: Store, names: Indices, { opened, scopeAt }: Opener) {
  /** Every scope whose key is readable. */
  async function all(): Promise<PlacedScope[]> {
    const places = await store.all<PlaceDoc>(names.places, { match_all: {} });
    return placed(await store.all<ScopeDoc>(names.scopes, { match_all: {} }), places);
  }

  /** The ids of all scopes, those with an unreadable key too. */
  async function ids(): Promise<ScopeId[]> {
    return (await store.all<ScopeDoc>(names.scopes, { match_all: {} })).map(({ id }) => id as ScopeId);
  }

  /** The scopes with these ids, without those that no longer exist or whose key is unreadable. */
  async function some(ids: readonly ScopeId[]): Promise<PlacedScope[]> {
    const [docs, places] = await Promise.all([
      store.get<ScopeDoc>(ids.map(scopeAt)),
      store.all<PlaceDoc>(names.places, { terms: { scope: [...ids] } }),
    ]);
    return placed(
      docs.filter((doc) => doc !== undefined),
      places,
    );
  }

  function placed(scopes: readonly Found<ScopeDoc>[], places: readonly Found<PlaceDoc>[]): PlacedScope[] {
    const byScope = Map.groupBy(places, ({ source }) => source.scope);
    return scopes.flatMap((doc) => {
      const scope = opened(doc);
      return scope ? [placedAt(scope, doc.source.at, byScope.get(scope.id) ?? [])] : [];
    });
  }

  return { all, ids, some };
}

/** The readable places of a scope, the latest first. */
function unsealed({ id, key }: OpenScope, docs: readonly Found<PlaceDoc>[]): Place[] {
  return docs
    .toSorted((a, b) => b.source.at - a.source.at || b.version.seqNo - a.version.seqNo)
    .flatMap((doc) => unsealJsonRighted<Place>(key, doc.source.sealed, placeContext(id, doc.id)) ?? []);
}

function placedAt(scope: OpenScope, madeAt: number, docs: readonly Found<PlaceDoc>[]): PlacedScope {
  return { ...scope, madeAt, places: unsealed(scope, docs), isPlaced: docs.length > 0 };
}

export type Scopes = ReturnType<typeof scopesOf>;
