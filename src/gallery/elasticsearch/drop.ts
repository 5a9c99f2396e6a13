import type { Person } from '../../consent/who.ts';
import type { Gallery } from '../gallery.ts';
import type { Template } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';

/**
 * Removes one of several templates. The record drops it first, so it is never named again. A vector
 * left behind is swept.
 */
export function dropping({ records, faces }: Parts) {
  return async function drop(scope: OpenScope, person: Person, id: string): ReturnType<Gallery['drop']> {
    let dropped: Template | undefined;
    const { life } = await records.change(scope, records.idOf(scope.id, person), (record) => {
      const templates = record.life?.templates ?? [];
      const found = templates.find((template) => template.id === id);
      // After a lost answer this step may see its own result.
      dropped ??= templates.length > 1 ? found : undefined;
      if (!record.life || !found || templates.length === 1) return undefined;
      return { ...record, life: { ...record.life, templates: templates.filter((template) => template !== found) } };
    });
    const isLeft = life?.templates.some((template) => template.id === id) ?? false;
    if (isLeft) return 'last';
    if (!dropped) return 'gone';
    await faces.remove(scope, [dropped]);
    return 'dropped';
  };
}
