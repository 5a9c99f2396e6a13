import { describe } from 'vitest';
import { membershipsHash, placeHash, tombstoneHash } from '../../../src/gallery/rules/identity.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { type RottingStore, rotContract } from '../contract/rot.ts';
import { newElasticsearchStore } from './store.ts';

const service = await sharedElasticsearch();

describe.skipIf(!service)('gallery: elasticsearch', () => {
  rotContract(newRottingStore, ['person', 'place', 'settings', 'list', 'key', 'proof']);
});

async function newRottingStore(): Promise<RottingStore> {
  const store = await newElasticsearchStore(service?.url ?? '');
  return {
    ...store,
    async spoil(what, { scope, person, place: where }, bytes) {
      const [kind, id, field] = {
        person: ['people', tombstoneHash(store.keys, scope, person), 'sealed'],
        place: ['places', placeHash(store.keys, where), 'sealed'],
        settings: ['scopes', scope, 'settings'],
        list: ['memberships', membershipsHash(store.keys, person), 'sealed'],
        key: ['scopes', scope, 'key'],
        proof: ['meta', 'key', 'value'],
        template: [],
        head: [],
      }[what] as [string, string, string];
      const at = { index: `${store.prefix}-${kind}`, id };
      const { _source: source } = await store.client.get<Record<string, string>>(at);
      const text = Buffer.from(source?.[field] ?? '');
      for (const one of bytes) text[one] = (text[one] as number) ^ 1;
      await store.client.update({ ...at, doc: { [field]: text.toString() }, refresh: true });
    },
  };
}
