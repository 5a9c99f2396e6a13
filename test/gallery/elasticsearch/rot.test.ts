import { describe } from 'vitest';
import { membershipsHash, placeHash, tombstoneHash } from '../../../src/gallery/rules/identity.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { type RottingPlace, rotContract } from '../contract/rot.ts';
import { newElasticsearchPlace } from './place.ts';

const service = await sharedElasticsearch();

describe.skipIf(!service)('gallery: elasticsearch', () => {
  rotContract(newRottingPlace, ['person', 'place', 'settings', 'list', 'key', 'proof']);
});

async function newRottingPlace(): Promise<RottingPlace> {
  const place = await newElasticsearchPlace(service?.url ?? '');
  return {
    ...place,
    async spoil(what, { scope, person, place: where }, bytes) {
      const [kind, id, field] = {
        person: ['people', tombstoneHash(place.keys, scope, person), 'sealed'],
        place: ['places', placeHash(place.keys, where), 'sealed'],
        settings: ['scopes', scope, 'settings'],
        list: ['memberships', membershipsHash(place.keys, person), 'sealed'],
        key: ['scopes', scope, 'key'],
        proof: ['meta', 'key', 'value'],
        template: [],
        head: [],
      }[what] as [string, string, string];
      const at = { index: `${place.prefix}-${kind}`, id };
      const { _source: source } = await place.client.get<Record<string, string>>(at);
      const text = Buffer.from(source?.[field] ?? '');
      for (const one of bytes) text[one] = (text[one] as number) ^ 1;
      await place.client.update({ ...at, doc: { [field]: text.toString() }, refresh: true });
    },
  };
}
