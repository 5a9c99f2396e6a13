import type { estypes } from '@elastic/elasticsearch';
import type { ScopeId } from '../../consent/who.ts';
import type { PackVersion } from '../gallery.ts';
import type { Indices } from './indices.ts';
import type { Template } from './life.ts';
import type { OpenScope } from './scopes.ts';
import { type Found, having, type Query, type Store } from './store.ts';
import { keptTransforms } from './transforms.ts';

/** What stands beside a vector. */
export interface FaceRow {
  readonly scope: ScopeId;
  /** Id of the person's record. */
  readonly owner: string;
  /** The notice under which a search finds this row; null while a dispute hides it. A mark for speed: the record decides. */
  readonly notice: number | null;
}

export interface NewFace extends Omit<FaceRow, 'scope'> {
  readonly template: Pick<Template, 'id' | 'pack'>;
  readonly embedding: Float32Array;
}

/** A row near a probe; whether it counts is for its owner's record to say. */
export interface Hit {
  readonly id: string;
  readonly owner: string;
  readonly distance: number;
}

export interface Nearest {
  /** Rows counted. */
  readonly rows: number;
  /** Per probe, nearest first. */
  readonly faces: readonly (readonly Hit[])[];
}

/**
 * The vectors, under each scope's secret rotation, one index per pack version. Every request for them carries the scope twice:
 * as routing, so that one shard alone is asked, and as a filter inside the kNN, because a shard holds many scopes.
 */
export function facesOf(store: Store, names: Indices, pack: PackVersion) {
  const transformOf = keptTransforms();
  const at = (scope: OpenScope, template: Pick<Template, 'id' | 'pack'>) => ({
    index: names.faces(template.pack),
    id: template.id,
    routing: scope.id,
  });

  /** Adds rows of any pack version; a search sees them when this resolves. */
  async function add(scope: OpenScope, rows: readonly NewFace[]): Promise<void> {
    await store.write(
      rows.map(({ template, embedding, owner, notice }) => ({
        kind: 'index',
        at: at(scope, template),
        source: {
          scope: scope.id,
          owner,
          notice,
          vector: encoded(turned(scope, embedding)),
        } satisfies FaceRow & { readonly vector: string },
      })),
      { refresh: true },
    );
  }

  function turned(scope: OpenScope, embedding: Float32Array): Float32Array {
    return transformOf(scope, embedding.length).apply(embedding);
  }

  /** The `count` rows of today's pack nearest to each embedding, `among` those of the scope; and how many are `counted` there. */
  async function nearest(
    scope: OpenScope,
    embeddings: readonly Float32Array[],
    { count, among, counted }: { readonly count: number; readonly among: Query; readonly counted: Query },
  ): Promise<Nearest> {
    const index = names.faces(pack.id);
    const inScope = (query: Query): Query => ({ bool: { filter: [having({ scope: scope.id }), query] } });
    const [size, ...answers] = await store.search<FaceRow>([
      { index, routing: scope.id, body: { query: inScope(counted), size: 0, track_total_hits: true } },
      ...embeddings.map((embedding) => ({
        index,
        routing: scope.id,
        body: {
          knn: {
            field: 'vector',
            // The client's type knows only arrays of numbers; base64 is a sixth of their length.
            query_vector: encoded(turned(scope, embedding)) as unknown as estypes.QueryVector,
            k: count,
            num_candidates: Math.max(count, CANDIDATES),
            filter: inScope(among),
            // Nothing to do for `flat`; in an index made with a quantised type it makes the distances exact again.
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

  /** A template's embedding as it was enrolled; undefined when its row is gone. */
  async function embedding(scope: OpenScope, template: Template): Promise<Float32Array | undefined> {
    const vector = await store.vector(at(scope, template), 'vector');
    return vector && transformOf(scope, vector.length).invert(vector);
  }

  /** Sets under which notice searches find these rows. */
  async function mark(scope: OpenScope, templates: readonly Template[], notice: number | null): Promise<void> {
    await store.write(
      templates.map((template) => ({ kind: 'update', at: at(scope, template), fields: { notice } })),
      { refresh: true },
    );
  }

  async function remove(scope: OpenScope, templates: readonly Pick<Template, 'id' | 'pack'>[]): Promise<void> {
    await store.write(
      templates.map((template) => ({ kind: 'delete', at: at(scope, template) })),
      { refresh: true },
    );
  }

  async function removeRows(rows: readonly Found<FaceRow>[]): Promise<void> {
    await store.write(
      rows.map((row) => ({ kind: 'delete', at: row })),
      { refresh: true },
    );
  }

  /** Removes every row of a person, of any pack version. */
  async function removeOwned(scope: OpenScope, owner: string): Promise<void> {
    await removeRows(await store.all<FaceRow>(names.everyFaces, having({ scope: scope.id, owner })));
  }

  /** Rows of a person, of any pack version, as the store itself counts them. */
  async function owned(scope: OpenScope, owner: string): Promise<number> {
    await store.refresh(names.everyFaces);
    return store.count(names.everyFaces, having({ scope: scope.id, owner }), scope.id);
  }

  /** Rows of a scope, of any pack version. */
  function countIn(scope: ScopeId): Promise<number> {
    return store.count(names.everyFaces, having({ scope }), scope);
  }

  /** Every row of every scope and pack version. */
  function everything(): AsyncGenerator<Found<FaceRow>> {
    return store.scan<FaceRow>(names.everyFaces, { match_all: {} });
  }

  return { add, nearest, embedding, mark, remove, removeRows, removeOwned, owned, countIn, everything };
}

export type Faces = ReturnType<typeof facesOf>;

/** Candidates per shard that an approximate index looks at; an exact one looks at all there are. */
const CANDIDATES = 400;

/** Elasticsearch scores l2_norm as 1 / (1 + distance²). */
function distanceOf(score: number): number {
  return Math.sqrt(Math.max(0, 1 / score - 1));
}

/** Base64 of big-endian float32, the compact form that Elasticsearch takes vectors in. */
function encoded(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatBE(value, index * 4);
  return bytes.toString('base64');
}
