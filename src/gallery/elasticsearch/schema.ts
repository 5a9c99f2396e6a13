import type { Client } from '@elastic/elasticsearch';
import { answered, because } from './failures.ts';
import type { Indices } from './indices.ts';

/**
 * What the indices look like, written down with the index `meta`. A program works with every minor version of its own major
 * one, newer ones too: a minor step only adds, so that bot and workers can be replaced one after the other. A major step
 * changes what is there; programs of before it refuse to work with what it made.
 */
export interface Schema {
  readonly major: number;
  readonly minor: number;
}

/** What was made before there were versions. */
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

/** @throws Failure `unavailable` when `found` was made by a newer facefinder than one that knows `known`. */
export function assertKnown(found: Schema, known: Schema): void {
  if (found.major > known.major)
    throw because('elasticsearch_newer', `schema ${textOf(found)}, known ${textOf(known)}`);
}

export function textOf({ major, minor }: Schema): string {
  return `${major}.${minor}`;
}
