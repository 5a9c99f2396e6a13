import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import type { PackVersion } from '../gallery.ts';
import { answered, because, translated } from './failures.ts';
import type { Indices } from './indices.ts';
import { type Kind, mappingsOf, SINGLE, templateOf } from './templates.ts';

/** The whole cluster must agree to a new index, which takes time. */
export const PATIENTLY = { requestTimeout: 60_000 };

/** Makes the index with facts of the whole gallery if it is missing. A new one has this schema. */
export async function ensureMeta(client: Client, names: Indices, schema: string): Promise<void> {
  await ensure(client, names, {
    kind: 'meta',
    alias: names.meta,
    mappings: { ...mappingsOf('meta'), _meta: { schema } },
  });
}

/**
 * Makes missing templates, indices and aliases. An account that may not manage templates needs them
 * in place: infra/elasticsearch holds them as JSON.
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
  /** Given again when the index is made, because a foreign template may override ours. */
  readonly mappings: estypes.MappingTypeMapping;
}

async function ensure(client: Client, { prefix }: Indices, { kind, alias, mappings }: Wanted): Promise<void> {
  if (await answered(client.indices.existsAlias({ name: alias }))) return;
  await putTemplate(client, templateOf(kind, prefix));
  await createOnce(client, { index: `${alias}-1`, aliases: { [alias]: {} }, mappings });
}

export async function putTemplate(client: Client, template: estypes.IndicesPutIndexTemplateRequest): Promise<void> {
  await fitting(template, client.indices.putIndexTemplate(template, PATIENTLY));
}

/** Asks whether Elasticsearch would accept the template of this kind, without putting it. */
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

/** Makes the index unless another process has just made it. */
async function createOnce(client: Client, index: estypes.IndicesCreateRequest): Promise<void> {
  try {
    await client.indices.create(index, PATIENTLY);
  } catch (error) {
    if (says(error, /^resource_already_exists_exception/)) return;
    if (says(error, /maximum [a-z ]*shards open/)) throw because('elasticsearch_shard_limit', index.index);
    throw translated(error);
  }
}

/** Matches the reason text, for errors that Elasticsearch distinguishes by nothing else. */
function says(error: unknown, reason: RegExp): boolean {
  return error instanceof errors.ResponseError && reason.test(error.message);
}
