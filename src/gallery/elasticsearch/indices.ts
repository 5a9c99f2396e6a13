import { createHash } from 'node:crypto';
import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import faces from '../../../infra/elasticsearch/faces.json' with { type: 'json' };
import finds from '../../../infra/elasticsearch/finds.json' with { type: 'json' };
import ledger from '../../../infra/elasticsearch/ledger.json' with { type: 'json' };
import meta from '../../../infra/elasticsearch/meta.json' with { type: 'json' };
import people from '../../../infra/elasticsearch/people.json' with { type: 'json' };
import places from '../../../infra/elasticsearch/places.json' with { type: 'json' };
import scopes from '../../../infra/elasticsearch/scopes.json' with { type: 'json' };
import type { PackVersion } from '../gallery.ts';
import { answered, translated } from './failures.ts';

/** Aliases, one per kind of document; behind each stands one index, `<alias>-1`, so that another can take its place. */
export interface Indices {
  readonly meta: string;
  readonly scopes: string;
  readonly places: string;
  readonly people: string;
  readonly finds: string;
  readonly ledger: string;
  /** One index per pack version: vectors of different models never meet. */
  readonly faces: (pack: string) => string;
  /** Pattern of all pack versions' indices. */
  readonly everyFaces: string;
  /** Everything from which rows are erased; the ledger is only appended to. */
  readonly erasable: readonly string[];
}

/** The names under `prefix`. */
export function indicesOf(prefix: string): Indices {
  return {
    meta: `${prefix}-meta`,
    scopes: `${prefix}-scopes`,
    places: `${prefix}-places`,
    people: `${prefix}-people`,
    finds: `${prefix}-finds`,
    ledger: `${prefix}-ledger`,
    faces: (pack) => `${prefix}-faces-${slug(pack)}`,
    everyFaces: `${prefix}-faces-*`,
    erasable: ['scopes', 'places', 'people', 'finds', 'faces-*'].map((kind) => `${prefix}-${kind}`),
  };
}

/** An index may not be named by every pack: a readable part, and a hash that keeps two apart. */
function slug(pack: string): string {
  const readable = pack.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return `${readable}-${createHash('sha256').update(pack).digest('hex').slice(0, 8)}`;
}

/**
 * Makes the templates, indices and aliases that are missing. An account that may not manage templates can do so once they are
 * there: infra/elasticsearch holds them as JSON.
 */
export async function ensureIndices(client: Client, prefix: string, pack: PackVersion): Promise<void> {
  const wanted: readonly Wanted[] = [
    ...Object.entries({ meta, scopes, places, people, finds, ledger }).map(([kind, template]) => ({
      template: { ...template, name: `${prefix}-${kind}` },
      alias: `${prefix}-${kind}`,
    })),
    {
      template: { ...faces, name: `${prefix}-faces` },
      alias: indicesOf(prefix).faces(pack.id),
      mappings: withDims(pack.dims),
    },
  ];
  await Promise.all(wanted.map((one) => ensure(client, one)));
}

/** Making an index takes the whole cluster's agreement. */
const PATIENTLY = { requestTimeout: 60_000 };

interface Wanted {
  readonly template: object & { readonly name: string };
  readonly alias: string;
  readonly mappings?: estypes.MappingTypeMapping;
}

async function ensure(client: Client, { template, alias, mappings }: Wanted): Promise<void> {
  if (await answered(client.indices.existsAlias({ name: alias }))) return;
  await answered(client.indices.putIndexTemplate({ ...template, index_patterns: [`${template.name}-*`] }, PATIENTLY));
  await createOnce(client, { index: `${alias}-1`, aliases: { [alias]: {} }, ...(mappings && { mappings }) });
}

/** A field is taken from the template whole or not at all. */
function withDims(dims: number): estypes.MappingTypeMapping {
  const { vector } = faces.template.mappings.properties;
  return { properties: { vector: { ...(vector as estypes.MappingDenseVectorProperty), dims } } };
}

/** Two processes may start at once. */
async function createOnce(client: Client, index: estypes.IndicesCreateRequest): Promise<void> {
  try {
    await client.indices.create(index, PATIENTLY);
  } catch (error) {
    const exists =
      error instanceof errors.ResponseError && error.message.startsWith('resource_already_exists_exception');
    if (!exists) throw translated(error);
  }
}
