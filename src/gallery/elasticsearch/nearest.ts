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

/** The part of a search that makes it count all matching rows, and give none of them. */
const COUNT = { size: 0, track_total_hits: true } satisfies estypes.SearchSearchRequestBody;

/**
 * How many rows an approximate index compares in each shard (`num_candidates`). An exact index
 * compares all rows.
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
            // Elasticsearch also accepts base64, which is a sixth as long as an array of numbers.
            // The client's type does not allow it.
            query_vector: encoded(
              transformOf(scope, embedding.length).apply(embedding),
            ) as unknown as estypes.QueryVector,
            k: count,
            num_candidates: Math.max(count, CANDIDATES),
            filter: inScope(scope, among),
            // In an index with a quantised type this makes the distances exact. In one of type
            // `flat` they are exact already.
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
   * The rows that match `among`, of at most `people` owners. The vectors are given as they are
   * stored, under the scope's rotation. The rotation changes no distances between them.
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
