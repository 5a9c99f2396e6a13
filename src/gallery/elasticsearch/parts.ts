import type { Client } from '@elastic/elasticsearch';
import type { Keys } from '../../secrets/keys.ts';
import type { PackVersion } from '../gallery.ts';
import type { Connection } from './client.ts';
import { type Faces, facesOf } from './faces.ts';
import { type Finds, findsOf } from './finds.ts';
import type { Indices } from './indices.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { type Memberships, membershipsOf } from './memberships.ts';
import { type Meta, metaOf } from './meta.ts';
import { type Records, recordsOf } from './records.ts';
import { type Scopes, scopesOf } from './scopes.ts';
import { type Store, storeOf } from './store.ts';

/** Begins the names of all indices unless told otherwise. */
export const PREFIX = 'facefinder';

export interface PartsOptions extends Connection {
  readonly keys: Keys;
  readonly pack: PackVersion;
  /** {@link PREFIX} unless told. */
  readonly prefix?: string;
}

/** What a gallery in Elasticsearch is made of, by kind of document. */
export interface Parts {
  readonly pack: PackVersion;
  readonly client: Client;
  readonly store: Store;
  readonly names: Indices;
  readonly meta: Meta;
  readonly scopes: Scopes;
  readonly records: Records;
  readonly memberships: Memberships;
  readonly ledger: Ledger;
  readonly faces: Faces;
  readonly finds: Finds;
}

export function partsOf(client: Client, names: Indices, keys: Keys, pack: PackVersion): Parts {
  const store = storeOf(client);
  const records = recordsOf(store, names, keys);
  return {
    pack,
    client,
    store,
    names,
    meta: metaOf(store, names),
    records,
    scopes: scopesOf(store, names, keys),
    memberships: membershipsOf(store, names, keys),
    ledger: ledgerOf(store, names),
    faces: facesOf(store, names, pack),
    finds: findsOf(store, names, records),
  };
}
