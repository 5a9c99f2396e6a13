import type { estypes } from '@elastic/elasticsearch';

import type { Parts } from './parts.ts';
import type { Schema } from './schema.ts';
import type { Kind } from './templates.ts';

/**
 * A step to the next version of the schema. After an interruption it begins again, so each of its
 * parts must be safe to do twice.
 */
export interface Step {
  readonly to: Schema;
  /** The fields that this step adds, which the index templates in infra/elasticsearch have too. */
  readonly fields?: { readonly [kind in Kind]?: Record<string, estypes.MappingProperty> };
  /**
   * The kinds whose indices are made again from today's index templates, because existing fields
   * changed. Only a major step may have this.
   */
  readonly rebuilt?: readonly Kind[];
  /** Writes the values that the step adds. */
  readonly fill?: (parts: Parts) => Promise<void>;
}

/**
 * All steps, oldest first. The last one leads to today's schema. A test checks that indices after
 * these steps are as the index templates say.
 */
export const STEPS: readonly Step[] = [
  { to: { major: 1, minor: 1 }, fill: listMemberships },
  {
    to: { major: 1, minor: 2 },
    fields: { scopes: { settings: { type: 'keyword', index: false, doc_values: false } } },
  },
];

/** Writes the lists of groups of people who agreed before there were such lists. */
async function listMemberships({ scopes, records, memberships }: Parts): Promise<void> {
  for (const scope of await scopes.all()) await memberships.add(scope.id, await records.living(scope));
}
