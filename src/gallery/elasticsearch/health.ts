import type { Client } from '@elastic/elasticsearch';
import { Failure } from '../../failure.ts';
import { answered } from './failures.ts';
import type { Indices } from './indices.ts';
import type { Store } from './store.ts';

/** Throws `unavailable` when an index does not answer, or is closed to writes (a disk that is nearly full does that). */
export async function checkHealth(client: Client, store: Store, names: Indices): Promise<void> {
  await store.count(names.scopes, { match_all: {} });
  await store.count(names.everyFaces, { match_all: {} });
  const settings = await answered(
    client.indices.getSettings({
      index: [names.ledger, ...names.erasable],
      name: 'index.blocks.*',
      flat_settings: true,
    }),
  );
  for (const { settings: flat = {} } of Object.values(settings)) {
    const block = Object.entries(flat).find(([, value]) => String(value) === 'true');
    if (block) throw new Failure('unavailable', { cause: new Error(`Elasticsearch: ${block[0]} is on`) });
  }
}
