import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import faces from '../../../infra/elasticsearch/faces.json' with { type: 'json' };
import type { ScopeId } from '../../../src/consent/who.ts';
import { indicesOf } from '../../../src/gallery/elasticsearch/indices.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { distanceOf, enrolled, face, somebody, somewhere } from '../people.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

const server = await sharedElasticsearch();
const PACK = { id: 'wide@1', dims: 128 };

interface Row {
  readonly scope: string;
  readonly owner: string;
  readonly vector: readonly number[];
}

describe.skipIf(!server)('vectors in Elasticsearch', () => {
  let store: ElasticsearchStore;
  let gallery: Gallery;

  beforeAll(async () => {
    store = await newElasticsearchStore(server?.url ?? '');
    gallery = await store.open({ pack: PACK });
  });
  afterAll(() => gallery?.[Symbol.asyncDispose]());

  /** What anybody with access to the index sees of a scope. */
  async function stored(scope: ScopeId): Promise<Row[]> {
    const answer = await store.client.search<Row>({
      index: `${store.prefix}-faces-*`,
      query: { term: { scope } },
      size: 100,
      _source_exclude_vectors: false,
    });
    return answer.hits.hits.map(({ _source }) => _source as Row);
  }

  test('of one face in two scopes are as unrelated as those of two strangers', async () => {
    const own = face(128);
    const strangers: number[] = [];
    const sames: number[] = [];
    const inScopes: Float32Array[] = [];
    for (let i = 0; i < 8; i++) {
      const scope = await gallery.scope(somewhere());
      await enrolled(gallery, scope, somebody(), [own, face(128)]);
      const vectors = (await stored(scope)).map(({ vector }) => Float32Array.from(vector));
      for (const vector of vectors) expect(distanceOf(vector, own)).toBeGreaterThan(0.9);
      const { faces: found } = await gallery.search(scope, [own]);
      expect(found[0]?.[0]?.distance).toBeCloseTo(0, 3);
      inScopes.push(...vectors);
    }
    for (const [i, one] of inScopes.entries()) {
      for (const other of inScopes.slice(i + 1 + ((i + 1) % 2))) sames.push(distanceOf(one, other));
      strangers.push(...Array.from({ length: 4 }, () => distanceOf(one, face(128))));
    }
    // Random unit vectors of 128 dimensions are √2 apart, give or take 0.06.
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.min(...sames)).toBeGreaterThan(1);
    expect(Math.abs(mean(sames) - mean(strangers))).toBeLessThan(0.05);
  });

  test('and everything else stored hold no id and no name', async () => {
    const person = { ...somebody('Grace Hopper'), id: 'id-4711-navy' };
    const where = { ...somewhere(), id: 'place-4712', title: 'Yard forty-two' };
    const scope = await gallery.scope(where);
    await enrolled(gallery, scope, person, [face(128)]);
    await gallery.recordFinds(scope, person, [person], 1);
    const index = `${store.prefix}-*`;
    await store.client.indices.refresh({ index });
    const all = await store.client.search({ index, size: 1000, _source_exclude_vectors: false });
    const text = JSON.stringify(all.hits.hits);
    expect(all.hits.hits.length).toBeGreaterThan(8);
    for (const secret of [person.id, person.name, where.id, where.title]) expect(text).not.toContain(secret);
  });

  test('are looked for in one shard alone', async () => {
    const scope = await gallery.scope(somewhere());
    await enrolled(gallery, scope, somebody(), [face(128)]);
    const queries = async () => {
      const { indices = {} } = await store.client.indices.stats({
        index: `${store.prefix}-faces-wide-*`,
        metric: 'search',
        level: 'shards',
      });
      const shards = Object.values(indices).flatMap(({ shards: all = {} }) => Object.values(all));
      return shards.map((copies) => copies.reduce((sum, copy) => sum + (copy.search?.query_total ?? 0), 0));
    };
    const before = await queries();
    await gallery.search(scope, [face(128), face(128)]);
    const after = await queries();
    expect(before.length).toBe(4);
    expect(after.filter((count, shard) => count > (before[shard] ?? 0))).toHaveLength(1);
  });

  test('stand in an index that takes no field it does not know', async () => {
    const scope = await gallery.scope(somewhere());
    const [row] = Object.keys(await store.client.indices.get({ index: `${store.prefix}-faces-wide-*` }));
    const stray = store.client.index({ index: row ?? '', routing: scope, document: { scope, name: 'Ada' } });
    await expect(stray).rejects.toThrow(/strict_dynamic_mapping_exception/);
    const unrouted = store.client.index({ index: row ?? '', document: { scope } });
    await expect(unrouted).rejects.toThrow(/routing_missing_exception/);
  });

  test('that the operator’s own mapping quantises are still told at their exact distance', async () => {
    const other = await newElasticsearchStore(store.url);
    const pack = { id: 'quantised@1', dims: 128 };
    const name = indicesOf(other.prefix).faces(pack.id);
    const { vector: flat, ...rest } = faces.template.mappings.properties;
    await store.client.indices.create({
      index: `${name}-1`,
      aliases: { [name]: {} },
      mappings: {
        dynamic: 'strict',
        _routing: { required: true },
        properties: {
          ...(rest as object),
          vector: { type: 'dense_vector', dims: 128, similarity: 'l2_norm', index_options: { type: 'int8_hnsw' } },
        },
      },
    });
    expect(flat.index_options.type).toBe('flat');
    await using gallery = await other.open({ pack });
    const scope = await gallery.scope(somewhere());
    const own = Array.from({ length: 40 }, () => face(128));
    for (let at = 0; at < own.length; at += 5) await enrolled(gallery, scope, somebody(), own.slice(at, at + 5));
    for (const probe of Array.from({ length: 10 }, () => face(128))) {
      const { faces: found } = await gallery.search(scope, [probe]);
      const distances = own.map((one) => distanceOf(one, probe)).sort((a, b) => a - b);
      for (const { distance } of found[0] ?? []) {
        expect(Math.min(...distances.map((exact) => Math.abs(exact - distance)))).toBeLessThan(1e-5);
      }
      expect(found[0]?.[0]?.distance).toBeCloseTo(distances[0] ?? 0, 5);
    }
  });
});
