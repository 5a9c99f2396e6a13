import type { Client } from '@elastic/elasticsearch';
import type { Keys } from '../../secrets/keys.ts';
import type { PackVersion } from '../gallery.ts';
import { hasAlias } from './alias.ts';
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

/** The first part of all index names, unless another is given. */
export const PREFIX = 'facefinder';

export interface PartsOptions extends Connection {
  readonly keys: Keys;
  readonly pack: PackVersion;
  /** The first part of all index names; {@link PREFIX} by default. */
  readonly prefix?: string;
}

/** The parts of a gallery in Elasticsearch, by kind of document. */
export interface Parts {
  readonly keys: Keys;
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

/** Whether the keys open the key of at least one scope. Makes no index. */
export async function opensSome({ client, names, scopes }: Parts): Promise<boolean> {
  const isMade = await hasAlias(client, names.scopes);
  return isMade && (await scopes.all()).length > 0;
}

export function partsOf(client: Client, names: Indices, keys: Keys, pack: PackVersion): Parts {
  const store = storeOf(client);
  const records = recordsOf(store, names, keys);
  const scopes = scopesOf(store, names, keys);
  return {
    keys,
    pack,
    client,
    store,
    names,
    meta: metaOf(store, names),
    records,
    scopes,
    memberships: membershipsOf(store, names, keys, async (person) => {
      const placed = (await scopes.ids()).map((id) => ({ scope: id, record: records.idOf(id, person) }));
      const states = await records.epochsOf(placed.map(({ record }) => record));
      return placed.flatMap((one) => {
        const state = states.get(one.record);
        return state?.live ? [{ ...one, epoch: state.epoch }] : [];
      });
    }),
    ledger: ledgerOf(store, names),
    faces: facesOf(store, names, pack),
    finds: findsOf(store, names, records),
  };
}
