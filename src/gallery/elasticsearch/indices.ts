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
import { answered, because, translated } from './failures.ts';

/** Aliases, one per kind of document; behind each stands one index, `<alias>-1`, so that another can take its place. */
export interface Indices {
  readonly meta: string;
  readonly scopes: string;
  readonly places: string;
  readonly people: string;
  readonly finds: string;
  readonly ledger: string;
  /** All of the above. */
  readonly single: readonly string[];
  /** One index per pack version: vectors of different models never meet. */
  readonly faces: (pack: string) => string;
  /** Pattern of all pack versions' indices. */
  readonly everyFaces: string;
  /** Everything from which rows are erased; the ledger is only appended to. */
  readonly erasable: readonly string[];
}

const TEMPLATES = { meta, scopes, places, people, finds, ledger };

const KINDS = Object.keys(TEMPLATES);

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
    single: KINDS.map((kind) => `${prefix}-${kind}`),
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
    ...Object.entries(TEMPLATES).map(([kind, template]) => ({
      template: { ...template, name: `${prefix}-${kind}` },
      alias: `${prefix}-${kind}`,
      mappings: template.template.mappings as estypes.MappingTypeMapping,
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
  /** Said once more when the index is made: somebody else's template may go before ours. */
  readonly mappings: estypes.MappingTypeMapping;
}

async function ensure(client: Client, { template, alias, mappings }: Wanted): Promise<void> {
  if (await answered(client.indices.existsAlias({ name: alias }))) return;
  await putTemplate(client, template);
  await createOnce(client, { index: `${alias}-1`, aliases: { [alias]: {} }, mappings });
}

function withDims(dims: number): estypes.MappingTypeMapping {
  const mappings = faces.template.mappings as estypes.MappingTypeMapping;
  const vector = mappings.properties?.vector as estypes.MappingDenseVectorProperty;
  return { ...mappings, properties: { ...mappings.properties, vector: { ...vector, dims } } };
}

async function putTemplate(client: Client, template: Wanted['template']): Promise<void> {
  const pattern = `${template.name}-*`;
  try {
    await client.indices.putIndexTemplate({ ...template, index_patterns: [pattern] }, PATIENTLY);
  } catch (error) {
    if (says(error, /have the same priority/)) throw because('elasticsearch_template', pattern);
    throw translated(error);
  }
}

/** Two processes may start at once. */
async function createOnce(client: Client, index: estypes.IndicesCreateRequest): Promise<void> {
  try {
    await client.indices.create(index, PATIENTLY);
  } catch (error) {
    if (says(error, /^resource_already_exists_exception/)) return;
    if (says(error, /maximum [a-z ]*shards open/)) throw because('elasticsearch_shard_limit', index.index);
    throw translated(error);
  }
}

/** For what Elasticsearch tells apart by its reason alone. */
function says(error: unknown, reason: RegExp): boolean {
  return error instanceof errors.ResponseError && reason.test(error.message);
}
