import type { Client } from '@elastic/elasticsearch';
import { answered, because } from './failures.ts';
import type { Indices } from './indices.ts';

/**
 * The version of the indices' form, which is noted in the index `meta`. A minor step only adds
 * something. So a facefinder works with all minor versions of its major version, even newer ones,
 * and bot and workers can be replaced one by one. A major step changes what is there, and an older
 * facefinder refuses to work with the result.
 */
export interface Schema {
  readonly major: number;
  readonly minor: number;
}

/** The schema of indices that note none, because they were made before schemas were noted. */
const FIRST: Schema = { major: 1, minor: 0 };

export async function schemaFound(client: Client, names: Indices): Promise<Schema> {
  const [found] = Object.values(await answered(client.indices.getMapping({ index: names.meta })));
  const text: unknown = found?.mappings._meta?.schema;
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(String(text)) ?? [];
  return major === undefined ? FIRST : { major: Number(major), minor: Number(minor) };
}

export async function putSchema(client: Client, names: Indices, schema: Schema): Promise<void> {
  await answered(client.indices.putMapping({ index: names.meta, _meta: { schema: textOf(schema) } }));
}

export function isOlder(one: Schema, other: Schema): boolean {
  return one.major < other.major || (one.major === other.major && one.minor < other.minor);
}

/** @throws Failure `unavailable` when `found` comes from a newer facefinder than `known` */
export function assertKnown(found: Schema, known: Schema): void {
  if (found.major > known.major)
    throw because('elasticsearch_newer', `schema ${textOf(found)}, known ${textOf(known)}`);
}

export function textOf({ major, minor }: Schema): string {
  return `${major}.${minor}`;
}
