import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveToService } from '../../infra/services/account.ts';
import { startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { openElasticsearchGallery } from '../../src/gallery/elasticsearch/elasticsearch.ts';
import { importIntoElasticsearch } from '../../src/gallery/elasticsearch/import.ts';
import { openParts } from '../../src/gallery/elasticsearch/open.ts';
import type { PartsOptions } from '../../src/gallery/elasticsearch/parts.ts';
import type { ScopeExport } from '../../src/gallery/transfer.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { distanceOf, faceAt } from '../gallery/people.ts';
import { type Benchmark, timed } from './benchmark.ts';
import { crowd, galleryOf } from './search-crowd.ts';

const IN_SCOPE = 10_000;
const IN_ALL = 200_000;
const TIMES_ALONE = 3;
const RECALL = 0.99;
const SEARCHES = 300;
const RECALL_SEARCHES = 50;

/**
 * Whether a search of a group in a big gallery is as fast as in a gallery of its own, and whether
 * it finds those whom a comparison with everybody finds.
 */
export const search: Benchmark = {
  name: 'search',
  target:
    `in Elasticsearch, p95 among ${IN_SCOPE} faces of ${IN_ALL} is at most ${TIMES_ALONE} times that among the same alone, ` +
    `recall@10 at least ${RECALL}`,
  async run({ pack }) {
    const dir = await mkdtemp(join(tmpdir(), 'facefinder-bench-'));
    await giveToService(dir);
    const server = await startElasticsearch({ dir });
    try {
      const group = crowd(IN_SCOPE, pack);
      const options = { url: server.url, keys: deriveKeys(randomBytes(32)), pack };
      const alone = { ...options, prefix: 'alone' };
      const among = { ...options, prefix: 'among' };
      await importIntoElasticsearch(alone, galleryOf([group]));
      await importIntoElasticsearch(among, galleryOf(withOthers(group, pack)));
      const [small, big] = await latencies(group, alone, among);
      const recall = await recallAt10(group, among);
      const measured = big / small;
      return {
        measured,
        holds: measured <= TIMES_ALONE && recall >= RECALL,
        detail: `p95 ${big.toFixed(1)} ms against ${small.toFixed(1)} ms, recall@10 ${recall.toFixed(4)}`,
      };
    } finally {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    }
  },
};

function* withOthers(group: ScopeExport, pack: { id: string; dims: number }): Generator<ScopeExport> {
  // The group is neither the first nor the last, so that it lies among others.
  for (let faces = 0; faces < IN_ALL; faces += IN_SCOPE) yield faces === IN_ALL / 2 ? group : crowd(IN_SCOPE, pack);
}

/** p95 in milliseconds of finding somebody of the group in each of two galleries, in turns. */
async function latencies(group: ScopeExport, ...galleries: [PartsOptions, PartsOptions]): Promise<[number, number]> {
  await using one = await openElasticsearchGallery({ ...galleries[0], notice: 1 });
  await using other = await openElasticsearchGallery({ ...galleries[1], notice: 1 });
  const times: [number[], number[]] = [[], []];
  for (const warm of [false, true]) {
    for (const probe of probes(group, SEARCHES)) {
      const first = await timed(() => one.search(group.scope, [probe]));
      const second = await timed(() => other.search(group.scope, [probe]));
      if (!warm) continue;
      times[0].push(first);
      times[1].push(second);
    }
  }
  return [p95(times[0]), p95(times[1])];
}

/** The share of the ten truly nearest faces that the index finds. */
async function recallAt10(group: ScopeExport, gallery: PartsOptions): Promise<number> {
  const { scopes, faces, client } = await openParts(gallery);
  const scope = await scopes.open(group.scope);
  if (!scope) throw new Error('the group was not moved');
  const all = group.people.flatMap(({ templates }) => templates.map(({ embedding }) => embedding));
  const everybody = { match_all: {} };
  let hits = 0;
  for (const probe of probes(group, RECALL_SEARCHES)) {
    const [found = []] = (await faces.nearest(scope, [probe], { count: 10, among: everybody, counted: everybody }))
      .faces;
    const exact = all.map((embedding) => distanceOf(embedding, probe)).sort((a, b) => a - b);
    // A face counts if it is no farther than the true tenth, up to rounding.
    hits += found.filter(({ distance }) => distance <= (exact[9] ?? 0) + 1e-5).length;
  }
  await client.close();
  return hits / (10 * RECALL_SEARCHES);
}

/** Embeddings of new made-up photos of the group's people. */
function probes({ people }: ScopeExport, count: number): Float32Array[] {
  return Array.from({ length: count }, (_, index) => {
    const own = people[(index * 7) % people.length]?.templates[0]?.embedding;
    return faceAt(0.45, own ?? new Float32Array());
  });
}

function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;
}
