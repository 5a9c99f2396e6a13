import type { estypes } from '@elastic/elasticsearch';
import { expect, test } from 'vitest';
import { seeded } from '../../../src/evaluate/seeded.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { type Flips, judge, settle } from '../sqlite/flips.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

/** How many bits are flipped. `npm run drill documents` flips a thousand. */
const FLIPS = Number(process.env.DRILL_FLIPS ?? 4);
const SEED = Number(process.env.DRILL_SEED ?? 1);
const PEOPLE = 3;
/** The bits of an ASCII character. */
const BITS = 7;

const service = await sharedElasticsearch();

type Document = Pick<estypes.SearchHit<Record<string, unknown>>, '_index' | '_id' | '_routing' | '_source'>;

async function documents({ client, prefix }: ElasticsearchStore): Promise<Document[]> {
  const index = `${prefix}-*`;
  await client.indices.refresh({ index });
  const _source = { exclude_vectors: false };
  const { hits } = await client.search<Record<string, unknown>>({ index, size: 10_000, _source });
  return hits.hits;
}

/** Makes the indices hold exactly these documents. */
async function putBack(store: ElasticsearchStore, all: readonly Document[]): Promise<void> {
  const there = await documents(store);
  const operations = [...there.map((one) => ({ delete: addressOf(one) })), ...all.flatMap(operation)];
  await store.client.bulk({ operations, refresh: true });
}

const addressOf = ({ _index, _id, _routing }: Document) => ({
  _index,
  _id,
  ...(_routing !== undefined && { routing: _routing }),
});

const operation = (one: Document) => [{ index: addressOf(one) }, one._source ?? {}];

/** The paths of all texts in a document that are not empty. */
function textsIn(value: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return value === '' ? [] : [way];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...way, name]));
}

/** A copy with one flipped bit in the text at this path. */
function flipped(document: Document, way: readonly string[], random: () => number): Document {
  const _source = structuredClone(document._source ?? {});
  const last = way.at(-1) ?? '';
  const parent = way.slice(0, -1).reduce<object>((inner, name) => Reflect.get(inner, name) as object, _source);
  const text = Buffer.from(String(Reflect.get(parent, last)));
  const at = Math.floor(random() * text.length);
  text[at] = (text[at] as number) ^ (1 << Math.floor(random() * BITS));
  Reflect.set(parent, last, text.toString());
  return { ...document, _source };
}

test.skipIf(!service)(
  `of ${FLIPS} documents with a flipped bit none names anybody wrongly or keeps anybody in`,
  {
    timeout: 6 * 3_600_000,
  },
  async () => {
    const store = await newElasticsearchStore(service?.url ?? '');
    const settled = await (async () => {
      await using gallery = await store.open();
      return await settle(gallery, PEOPLE);
    })();
    const random = seeded(SEED);
    const all = await documents(store);
    const texts = all.flatMap((document) => textsIn(document._source).map((way) => [document, way] as const));
    const flips: Flips = { unnoticed: 0, lost: 0, shut: 0, wrong: [] };
    for (let flip = 0; flip < FLIPS; flip++) {
      const [document, way] = texts[Math.floor(random() * texts.length)] ?? [];
      if (!document || !way) throw new Error('there is nothing to flip');
      await putBack(store, all);
      const { errors } = await store.client.bulk({
        operations: operation(flipped(document, way, random)),
        refresh: true,
      });
      // Elasticsearch refuses this document, so nothing is damaged.
      if (errors) continue;
      const where = `${document._index.slice(store.prefix.length)} ${way.join('.')}`;
      await judge(flips, where, () => store.open(), settled);
    }
    const { wrong, ...counts } = flips;
    console.log(`seed ${SEED}: ${JSON.stringify(counts)}`);
    expect(wrong).toEqual([]);
  },
);
