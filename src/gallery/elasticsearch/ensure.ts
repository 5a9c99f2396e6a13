import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import type { PackVersion } from '../gallery.ts';
import { hasAlias } from './alias.ts';
import { because, translated } from './failures.ts';
import { firstIndexOf, type Indices } from './indices.ts';
import { type Kind, mappingsOf, SINGLE, templateOf } from './templates.ts';

/** A longer timeout for requests to which the whole cluster must agree, such as a new index. */
export const PATIENTLY = { requestTimeout: 60_000 };

/** Makes the index for facts of the whole gallery, if it is missing, and notes `schema` in it. */
export async function ensureMeta(client: Client, names: Indices, schema: string): Promise<void> {
  await ensure(client, names, {
    kind: 'meta',
    alias: names.meta,
    mappings: { ...mappingsOf('meta'), _meta: { schema } },
  });
}

/**
 * Makes missing index templates, indices and aliases. For an alias that exists, it does nothing. So
 * an account that may not manage index templates needs somebody to make all of these first:
 * infra/elasticsearch has the index templates as JSON.
 */
export async function ensureIndices(client: Client, names: Indices, pack: PackVersion): Promise<void> {
  await Promise.all([
    ...SINGLE.map((kind) => ensure(client, names, { kind, alias: names[kind], mappings: mappingsOf(kind) })),
    ensure(client, names, { kind: 'faces', alias: names.faces(pack.id), mappings: mappingsOf('faces', pack.dims) }),
  ]);
}

interface Wanted {
  readonly kind: Kind;
  readonly alias: string;
  /**
   * The mappings of the index. Its index template has them too, but an index template of somebody
   * else may have priority.
   */
  readonly mappings: estypes.MappingTypeMapping;
}

async function ensure(client: Client, { prefix }: Indices, { kind, alias, mappings }: Wanted): Promise<void> {
  if (await hasAlias(client, alias)) return;
  await putTemplate(client, templateOf(kind, prefix));
  await createOnce(client, { index: firstIndexOf(alias), aliases: { [alias]: {} }, mappings });
}

export async function putTemplate(client: Client, template: estypes.IndicesPutIndexTemplateRequest): Promise<void> {
  await fitting(template, client.indices.putIndexTemplate(template, PATIENTLY));
}

/** Throws if Elasticsearch would not accept the index template of this kind. Changes nothing. */
export async function assertTemplateFits(client: Client, kind: Kind, prefix: string): Promise<void> {
  const template = templateOf(kind, prefix);
  await fitting(template, client.indices.simulateTemplate(template));
}

async function fitting(template: estypes.IndicesPutIndexTemplateRequest, asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (says(error, /have the same priority/)) {
      throw because('elasticsearch_template', [template.index_patterns].flat().join());
    }
    throw translated(error);
  }
}

/** Makes the index. Succeeds too when another process has just made it. */
async function createOnce(client: Client, index: estypes.IndicesCreateRequest): Promise<void> {
  try {
    await client.indices.create(index, PATIENTLY);
  } catch (error) {
    if (says(error, /^resource_already_exists_exception/)) return;
    if (says(error, /maximum [a-z ]*shards open/)) throw because('elasticsearch_shard_limit', index.index);
    throw translated(error);
  }
}

/**
 * Whether the reason of an error matches. Some errors of Elasticsearch differ only in their reason.
 */
function says(error: unknown, reason: RegExp): boolean {
  return error instanceof errors.ResponseError && reason.test(error.message);
}
