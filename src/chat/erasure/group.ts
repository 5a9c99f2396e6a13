import type { Place } from '../../consent/who.ts';
import type { Flow } from '../flow.ts';

/** Erases everybody in a group that the bot was removed from, then the group itself once nobody is left in it. */
export async function eraseGroup(
  { gallery, eraser, sentPhotos }: Pick<Flow, 'gallery' | 'eraser' | 'sentPhotos'>,
  place: Place,
): Promise<void> {
  const scope = await gallery.scopeOf(place);
  if (!scope) return;
  const people = (await gallery.people(scope)).map(({ person }) => ({ person, reason: 'removed' as const }));
  await eraser.eraseAll(people, place);
  await sentPhotos.dropScope(scope);
  if ((await gallery.people(scope)).length === 0) await gallery.dropScope(scope);
}
