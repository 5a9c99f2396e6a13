import { describe, expect, test } from 'vitest';
import { rehearseElasticsearchGallery } from '../../../src/gallery/elasticsearch/elasticsearch.ts';
import { membershipsHash, placeHash, tombstoneHash } from '../../../src/gallery/rules/identity.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { type RottingStore, rotContract } from '../contract/rot.ts';
import { PACK } from '../gallery-store.ts';
import { somewhere } from '../people.ts';
import { newElasticsearchStore } from './store.ts';

const service = await sharedElasticsearch();

describe.skipIf(!service)('gallery: elasticsearch', () => {
  rotContract(newRottingStore, ['person', 'place', 'settings', 'list', 'key', 'proof']);

  test.each(['damaged', 'missing'])('a rehearsal of the start leaves the %s note of the key as it is', async (how) => {
    const store = await newElasticsearchStore(service?.url ?? '');
    await using gallery = await store.open();
    await gallery.scope(somewhere());
    const note = { index: `${store.prefix}-meta`, id: 'key' };
    if (how === 'missing') await store.client.delete({ ...note, refresh: true });
    else await store.client.update({ ...note, doc: { value: 'rotten' }, refresh: true });
    const before = await store.client.get(note, { ignore: [404] });
    await using rehearsed = await rehearseElasticsearchGallery({ ...store, pack: PACK });
    expect(rehearsed).toBeDefined();
    expect(await store.client.get(note, { ignore: [404] })).toEqual(before);
  });
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
