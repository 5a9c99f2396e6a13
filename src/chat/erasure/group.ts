import { AS_OPERATOR } from '../../consent/settings.ts';
import type { Place } from '../../consent/who.ts';
import type { Flow } from '../flow.ts';

/**
 * Erases everybody in a group, then the group itself if it is empty. The reason: the bot was
 * `removed`, or an `admin` asked for it. After an admin's request the bot stays in the group, and
 * senders who forbade searches of their photos still forbid them. To remember that, the scope
 * stays, without settings.
 */
export async function eraseGroup(
  { gallery, eraser, sentPhotos }: Pick<Flow, 'gallery' | 'eraser' | 'sentPhotos'>,
  place: Place,
  reason: 'removed' | 'admin' = 'removed',
): Promise<void> {
  const scope = await gallery.scopeOf(place);
  if (!scope) return;
  // The settings go first, so that they are gone even when some people cannot be erased at once.
  if (reason === 'admin') await gallery.configure(scope, AS_OPERATOR);
  const people = (await gallery.people(scope)).map(({ person }) => ({ person, reason }));
  await eraser.eraseAll(people, place);
  const isForbidden = reason === 'admin' && (await sentPhotos.keepForbidden(scope));
  if (!isForbidden) await sentPhotos.dropScope(scope);
  if (!isForbidden && (await gallery.people(scope)).length === 0) await gallery.dropScope(scope);
}
