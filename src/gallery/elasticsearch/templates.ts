import type { estypes } from '@elastic/elasticsearch';
import faces from '../../../infra/elasticsearch/faces.json' with { type: 'json' };
import finds from '../../../infra/elasticsearch/finds.json' with { type: 'json' };
import ledger from '../../../infra/elasticsearch/ledger.json' with { type: 'json' };
import memberships from '../../../infra/elasticsearch/memberships.json' with { type: 'json' };
import meta from '../../../infra/elasticsearch/meta.json' with { type: 'json' };
import people from '../../../infra/elasticsearch/people.json' with { type: 'json' };
import places from '../../../infra/elasticsearch/places.json' with { type: 'json' };
import scopes from '../../../infra/elasticsearch/scopes.json' with { type: 'json' };

const FILES = { meta, scopes, places, people, memberships, finds, ledger, faces };

/** The kinds of indices. */
export type Kind = keyof typeof FILES;

export const KINDS = Object.keys(FILES) as Kind[];

/** The kinds that have one index for all pack versions. */
export const SINGLE = KINDS.filter((kind) => kind !== 'faces');

/** The index template of a kind, named `<prefix>-<kind>`. */
export function templateOf(kind: Kind, prefix: string): estypes.IndicesPutIndexTemplateRequest {
  const name = `${prefix}-${kind}`;
  return { ...(FILES[kind] as object), name, index_patterns: [`${name}-*`] };
}

/** The fields of an index. `dims`: how many dimensions its vectors have, if it has vectors. */
export function mappingsOf(kind: Kind, dims?: number): estypes.MappingTypeMapping {
  const mappings = FILES[kind].template.mappings as estypes.MappingTypeMapping;
  if (dims === undefined) return mappings;
  const vector = mappings.properties?.vector as estypes.MappingDenseVectorProperty;
  return { ...mappings, properties: { ...mappings.properties, vector: { ...vector, dims } } };
}

export function settingsOf(kind: Kind): estypes.IndicesIndexSettings {
  return FILES[kind].template.settings as estypes.IndicesIndexSettings;
}
