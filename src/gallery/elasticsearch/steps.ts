import type { estypes } from '@elastic/elasticsearch';

import type { Parts } from './parts.ts';
import type { Schema } from './schema.ts';
import type { Kind } from './templates.ts';

/**
 * The step to the next version of the schema. It may be interrupted and begin again, so each part
 * of it may be done twice.
 */
export interface Step {
  readonly to: Schema;
  /** The fields that this step added to the templates in infra/elasticsearch. */
  readonly fields?: { readonly [kind in Kind]?: Record<string, estypes.MappingProperty> };
  /**
   * The kinds whose indices are made again from today's templates, because existing fields changed.
   * Only a major step may have this.
   */
  readonly rebuilt?: readonly Kind[];
  /** Writes the values that the step adds. */
  readonly fill?: (parts: Parts) => Promise<void>;
}

/**
 * All steps, oldest first. After the last one comes today's schema. A test checks that the steps
 * lead to the templates.
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
