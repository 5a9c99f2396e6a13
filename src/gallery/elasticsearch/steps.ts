import type { estypes } from '@elastic/elasticsearch';

import type { Parts } from './parts.ts';
import type { Schema } from './schema.ts';
import type { Kind } from './templates.ts';

/**
 * The step to the next version of the schema. It may be interrupted, so everything in it may be
 * done twice.
 */
export interface Step {
  readonly to: Schema;
  /** Fields that the templates in infra/elasticsearch have since this step. */
  readonly fields?: { readonly [kind in Kind]?: Record<string, estypes.MappingProperty> };
  /**
   * Kinds whose indices are rebuilt from today's templates, because existing fields changed. Only
   * in a major step.
   */
  readonly rebuilt?: readonly Kind[];
  /** Fills in what the step adds. */
  readonly fill?: (parts: Parts) => Promise<void>;
}

/** Oldest first. The last is today's schema. A test checks that they lead to the templates. */
export const STEPS: readonly Step[] = [
  { to: { major: 1, minor: 1 }, fill: listMemberships },
  {
    to: { major: 1, minor: 2 },
    fields: { scopes: { settings: { type: 'keyword', index: false, doc_values: false } } },
  },
];

/** Lists people from before there were lists of groups. */
async function listMemberships({ scopes, records, memberships }: Parts): Promise<void> {
  for (const scope of await scopes.all()) await memberships.add(scope.id, await records.living(scope));
}
