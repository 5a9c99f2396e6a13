import type { Person } from '../../consent/who.ts';
import type { Gallery } from '../gallery.ts';
import type { Template } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';

/**
 * Removes one of several templates. The record drops the template first, so that from then on no
 * search names the person by it. If its vector stays, a sweep removes it.
 */
export function dropping({ records, faces }: Parts) {
  return async function drop(scope: OpenScope, person: Person, id: string): ReturnType<Gallery['drop']> {
    let dropped: Template | undefined;
    const { life } = await records.change(scope, records.idOf(scope.id, person), (record) => {
      const templates = record.life?.templates ?? [];
      const found = templates.find((template) => template.id === id);
      // When an answer was lost, this step runs again and sees that the template is gone.
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
