import type { estypes } from '@elastic/elasticsearch';

import type { Parts } from './parts.ts';
import type { Schema } from './schema.ts';
import type { Kind } from './templates.ts';

/** The way from one version of the schema to the next. Everything in it may be done twice: it may be cut short. */
export interface Step {
  readonly to: Schema;
  /** Fields that the templates in infra/elasticsearch have since then. */
  readonly fields?: { readonly [kind in Kind]?: Record<string, estypes.MappingProperty> };
  /** Kinds whose indices are made anew from today's templates, because what was there changed. Only in a major step. */
  readonly rebuilt?: readonly Kind[];
  /** Fills what the step adds. */
  readonly fill?: (parts: Parts) => Promise<void>;
}

/** Oldest first; the last one is today's schema. A test holds that they lead to what the templates say. */
export const STEPS: readonly Step[] = [
  { to: { major: 1, minor: 1 }, fill: listMemberships },
  {
    to: { major: 1, minor: 2 },
    fields: { scopes: { settings: { type: 'keyword', index: false, doc_values: false } } },
  },
];

/** Who was there before there were lists of a person's groups. */
async function listMemberships({ scopes, records, memberships }: Parts): Promise<void> {
  for (const scope of await scopes.all()) await memberships.add(scope.id, await records.living(scope));
}
