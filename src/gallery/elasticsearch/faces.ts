import type { ScopeId } from '../../consent/who.ts';
import type { PackVersion } from '../gallery.ts';
import { type Found, having } from './documents.ts';
import type { Indices } from './indices.ts';
import type { Template } from './life.ts';
import { nearestFaces } from './nearest.ts';
import type { OpenScope } from './scopes.ts';
import type { Store } from './store.ts';
import { decoded, encoded, keptTransforms } from './transforms.ts';

/** A row is the document of one vector. These are its fields beside the vector. */
export interface FaceRow {
  readonly scope: ScopeId;
  /** The id of the record of the person whose vector it is. */
  readonly owner: string;
  /**
   * The notice under which a search finds this row; null while a dispute hides the row. This mark
   * repeats what the owner's record says, to make searches fast. The record decides.
   */
  readonly notice: number | null;
}

export interface NewFace extends Omit<FaceRow, 'scope'> {
  readonly template: Pick<Template, 'id' | 'pack'>;
  readonly embedding: Float32Array;
}

/**
 * The vectors, in one index per pack version. A vector is an embedding under the secret rotation of
 * its scope. A search names the scope twice: as routing, so that Elasticsearch asks only one shard,
 * and as a filter inside the kNN, which leaves out the other scopes of that shard.
 */
export function facesOf(store: Store, names: Indices, pack: PackVersion) {
  const transformOf = keptTransforms();
  const looking = nearestFaces(store, names.faces(pack.id), transformOf);
  const at = (scope: OpenScope, template: Pick<Template, 'id' | 'pack'>) => ({
    index: names.faces(template.pack),
    id: template.id,
    routing: scope.id,
  });

  /** Adds rows of any pack version. With `refresh`, it resolves once searches see the rows. */
  async function add(scope: OpenScope, rows: readonly NewFace[], { refresh } = { refresh: true }): Promise<void> {
    await store.write(
      rows.map(({ template, embedding, owner, notice }) => ({
        kind: 'index',
        at: at(scope, template),
        source: {
          scope: scope.id,
          owner,
          notice,
          vector: encoded(transformOf(scope, embedding.length).apply(embedding)),
        } satisfies FaceRow & { readonly vector: string },
      })),
      { refresh },
    );
  }

  /** The embedding of a template, rotated back; undefined when its row is gone. */
  async function embedding(scope: OpenScope, template: Template): Promise<Float32Array | undefined> {
    const vector = await store.vector(at(scope, template), 'vector');
    return vector && transformOf(scope, vector.length).invert(vector);
  }

  /** All of a scope's embeddings, of any pack version, by the ids of their templates. */
  async function embeddings(scope: OpenScope): Promise<Map<string, Float32Array>> {
    const found = new Map<string, Float32Array>();
    const rows = store.scan<{ readonly vector: readonly number[] | string }>(
      names.everyFaces,
      having({ scope: scope.id }),
      { vectors: true },
    );
    for await (const { id, source } of rows) {
      const vector = decoded(source.vector);
      found.set(id, transformOf(scope, vector.length).invert(vector));
    }
    return found;
  }

  /** Marks the rows of these templates with the notice under which searches find them. */
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
  async function removeOwned(scope: ScopeId, owner: string): Promise<void> {
    await removeRows(await store.all<FaceRow>(names.everyFaces, having({ scope, owner })));
  }

  /** The present number of a person's rows, of any pack version. */
  async function owned(scope: ScopeId, owner: string): Promise<number> {
    await store.refresh(names.everyFaces);
    return store.count(names.everyFaces, having({ scope, owner }), scope);
  }

  /** The number of a scope's rows, of any pack version. */
  function countIn(scope: ScopeId): Promise<number> {
    return store.count(names.everyFaces, having({ scope }), scope);
  }

  /** Every row of every scope and pack version. */
  function everything(): AsyncGenerator<Found<FaceRow>> {
    return store.scan<FaceRow>(names.everyFaces, { match_all: {} });
  }

  return { ...looking, add, embedding, embeddings, mark, remove, removeRows, removeOwned, owned, countIn, everything };
}

export type Faces = ReturnType<typeof facesOf>;
