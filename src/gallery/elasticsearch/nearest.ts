import type { estypes } from '@elastic/elasticsearch';
import { MAX_TEMPLATES } from '../gallery.ts';
import { having, type Query } from './documents.ts';
import type { OpenScope } from './scopes.ts';
import type { Store } from './store.ts';
import { decoded, encoded, type Transforms } from './transforms.ts';

/** A row near one of the embeddings. The owner's record decides whether the row counts. */
export interface Hit {
  readonly id: string;
  readonly owner: string;
  readonly distance: number;
}

/** A row with its vector. */
export interface PeopleRow {
  readonly id: string;
  readonly owner: string;
  readonly vector: Float32Array;
}

export interface Nearest {
  /** How many rows were counted. */
  readonly rows: number;
  /** Per probe, nearest first. */
  readonly faces: readonly (readonly Hit[])[];
}

/** Counts all rows, and gives none. */
const COUNT = { size: 0, track_total_hits: true } satisfies estypes.SearchSearchRequestBody;

/**
 * How many candidates an approximate index looks at, in each shard. An exact index looks at all
 * rows.
 */
const CANDIDATES = 400;

/** Elasticsearch scores l2_norm as 1 / (1 + distance²). */
function distanceOf(score: number): number {
  return Math.sqrt(Math.max(0, 1 / score - 1));
}

/** Looks for vectors in the index of today's pack. */
export function nearestFaces(store: Store, index: string, transformOf: Transforms) {
  const inScope = (scope: OpenScope, query: Query): Query => ({
    bool: { filter: [having({ scope: scope.id }), query] },
  });

  /**
   * For each embedding, the `count` nearest rows of the scope that match `among`. It also gives how
   * many rows match `counted`.
   */
  async function nearest(
    scope: OpenScope,
    embeddings: readonly Float32Array[],
    { count, among, counted }: { readonly count: number; readonly among: Query; readonly counted: Query },
  ): Promise<Nearest> {
    const [size, ...answers] = await store.search<{ readonly owner: string }>([
      { index, routing: scope.id, body: { ...COUNT, query: inScope(scope, counted) } },
      ...embeddings.map((embedding) => ({
        index,
        routing: scope.id,
        body: {
          knn: {
            field: 'vector',
            // The client's type allows only arrays of numbers. Base64 is accepted too, and is a
            // sixth as long.
            query_vector: encoded(
              transformOf(scope, embedding.length).apply(embedding),
            ) as unknown as estypes.QueryVector,
            k: count,
            num_candidates: Math.max(count, CANDIDATES),
            filter: inScope(scope, among),
            // This has no effect on `flat`. In an index with a quantised type it makes the
            // distances exact.
            rescore_vector: { oversample: 3 },
          },
          size: count,
          _source: ['owner'],
          track_total_hits: false,
        } satisfies estypes.SearchSearchRequestBody,
      })),
    ]);
    return {
      rows: size?.total ?? 0,
      faces: answers.map(({ hits }) =>
        hits.map(({ id, score, source }) => ({ id, owner: source.owner, distance: distanceOf(score) })),
      ),
    };
  }

  /**
   * These rows of at most `people` owners. Their vectors stay under the scope's rotation, which
   * keeps distances.
   */
  async function ofPeople(scope: OpenScope, among: Query, people: number): Promise<PeopleRow[]> {
    const one = { query: inScope(scope, among), collapse: { field: 'owner' }, size: people, _source: ['owner'] };
    const [owners] = await store.search<{ readonly owner: string }>([{ index, routing: scope.id, body: one }]);
    const theirs: Query = { terms: { owner: (owners?.hits ?? []).map(({ source }) => source.owner) } };
    const body = {
      query: { bool: { filter: [inScope(scope, among), theirs] } },
      size: people * MAX_TEMPLATES,
      _source: { includes: ['owner', 'vector'], exclude_vectors: false },
    } satisfies estypes.SearchSearchRequestBody;
    const [rows] = await store.search<{ readonly owner: string; readonly vector: readonly number[] | string }>([
      { index, routing: scope.id, body },
    ]);
    return (rows?.hits ?? []).map(({ id, source }) => ({ id, owner: source.owner, vector: decoded(source.vector) }));
  }

  return { nearest, ofPeople };
}
