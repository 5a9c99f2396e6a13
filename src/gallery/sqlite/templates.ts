import type { Standing } from '../../consent/consent.ts';
import type { ScopeId } from '../../consent/who.ts';
import { unsealRighted } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { Sql } from '../../sqlite/file.ts';
import type { PackVersion } from '../gallery.ts';
import { trimmed } from '../rules/enrol.ts';
import type { Held } from './people.ts';
import type { OpenScope } from './scopes.ts';

/** A stored template, unsealed. */
export interface Template {
  readonly pack: string;
  readonly enrolledAt: number;
  readonly embedding: Float32Array;
}

/** The additional data of a sealed template. `person` is the keyed hash of its person. */
export function templateContext(scope: ScopeId, person: string, packId: string): string {
  return `templates|${scope}|${person}|${packId}`;
}

/** People's templates, sealed. Every function runs inside a transaction. */
export function templatesTable(sql: Sql, pack: PackVersion) {
  /**
   * Adds templates of today's pack. If the person then has more than {@link MAX_TEMPLATES}, of all
   * packs, the oldest are removed. Gives how many templates of today's pack the person has in the
   * end.
   */
  function add(scope: OpenScope, { n, hash }: Held, embeddings: readonly Float32Array[], now: number): number {
    for (const embedding of embeddings) {
      const sealed = seal(scope.key, bytesOf(embedding), templateContext(scope.id, hash, pack.id));
      sql.run`INSERT INTO templates (person, pack, enrolled_at, sealed) VALUES (${n}, ${pack.id}, ${now}, ${sealed})`;
    }
    const ids = sql.all`SELECT id FROM templates WHERE person = ${n} ORDER BY id` as { id: number }[];
    for (const { id } of trimmed(ids).dropped) sql.run`DELETE FROM templates WHERE id = ${id}`;
    return (
      sql.get`SELECT count(*) AS held FROM templates WHERE person = ${n} AND pack = ${pack.id}` as { held: number }
    ).held;
  }

  /** Adds a template from another store, of any pack. */
  function put(scope: OpenScope, { n, hash }: Held, { pack: packId, enrolledAt, embedding }: Template): void {
    const sealed = seal(scope.key, bytesOf(embedding), templateContext(scope.id, hash, packId));
    sql.run`INSERT INTO templates (person, pack, enrolled_at, sealed) VALUES (${n}, ${packId}, ${enrolledAt}, ${sealed})`;
  }

  function has({ n }: Held, id: number): boolean {
    return sql.get`SELECT 1 FROM templates WHERE id = ${id} AND person = ${n}` !== undefined;
  }

  /**
   * The embedding in a sealed template; undefined when it is unreadable. `person` is the keyed hash
   * of its person.
   */
  function unsealed(scope: OpenScope, person: string, packId: string, sealed: Uint8Array): Float32Array | undefined {
    const bytes = unsealRighted(scope.key, sealed, templateContext(scope.id, person, packId));
    return bytes && floatsOf(bytes);
  }

  /** A person's readable templates with their ids, oldest first. */
  function of(scope: OpenScope, { n, hash }: Held): (Template & { readonly id: number })[] {
    const rows = sql.all<{
      id: number;
      pack: string;
      enrolledAt: number;
      sealed: Uint8Array;
    }>`SELECT id, pack, enrolled_at AS enrolledAt, sealed FROM templates WHERE person = ${n} ORDER BY id`;
    return rows.flatMap(({ id, pack: packId, enrolledAt, sealed }) => {
      const embedding = unsealed(scope, hash, packId, sealed);
      return embedding ? [{ id, pack: packId, enrolledAt, embedding }] : [];
    });
  }

  /** How many templates a person has, and how many of them are of other packs than today's. */
  function counted({ n }: Held): Pick<Standing, 'templates' | 'outdated'> {
    const { templates, outdated } =
      sql.get`SELECT count(*) AS templates, count(*) FILTER (WHERE pack <> ${pack.id}) AS outdated
      FROM templates WHERE person = ${n}` as { templates: number; outdated: number };
    return { templates, ...(outdated > 0 && { outdated }) };
  }

  function remove(id: number): void {
    sql.run`DELETE FROM templates WHERE id = ${id}`;
  }

  function removeOf(n: number): number {
    return Number(sql.run`DELETE FROM templates WHERE person = ${n}`.changes);
  }

  return { add, put, has, unsealed, of, counted, remove, removeOf };
}

export type Templates = ReturnType<typeof templatesTable>;

/**
 * The numbers as little-endian float32. They are not converted, because every machine on which Node
 * runs keeps them in memory in this form.
 */
function bytesOf(embedding: Float32Array): Uint8Array {
  return new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
