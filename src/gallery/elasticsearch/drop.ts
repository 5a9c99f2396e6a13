import type { Person } from '../../consent/who.ts';
import type { Gallery } from '../gallery.ts';
import type { Template } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';

/**
 * Makes {@link Gallery.drop}. The template is removed from the person's record first. From then on
 * no search names the person by it. If an interruption leaves the template's vector behind, a sweep
 * removes the vector.
 */
export function dropping({ records, faces }: Parts) {
  return async function drop(scope: OpenScope, person: Person, id: string): ReturnType<Gallery['drop']> {
    let dropped: Template | undefined;
    const { life } = await records.change(scope, records.idOf(scope.id, person), (record) => {
      const templates = record.life?.templates ?? [];
      const found = templates.find((template) => template.id === id);
      // If the answer to the write was lost, this step runs again and no longer finds the template.
      // So the template that it found first is kept.
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
