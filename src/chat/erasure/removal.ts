import type { Person, Place } from '../../consent/who.ts';
import type { Erasure, ErasureReason } from '../../gallery/erasure.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { ownerIn } from '../../queue/sealed-shelf.ts';
import type { Ask } from '../ask.ts';
import type { EraserParts } from './parts.ts';
import { note } from './shelf.ts';
import type { Life, Task, Where } from './task.ts';
import { dropWaiting } from './withdrawal.ts';

/**
 * Whether an erasure for this reason also drops the record that a person forbids searches of their
 * photos. It does when the person or the operator asks for the erasure, when the whole scope goes,
 * and when an older copy of the store brought back an erased person. The record stays when the
 * person leaves the group or does not agree to a new notice, when an admin erases the group, and
 * when the time to keep data is over.
 */
const LIFTS: Readonly<Record<ErasureReason, boolean>> = {
  asked: true,
  operator: true,
  removed: true,
  moved: true,
  again: true,
  left: false,
  admin: false,
  retention: false,
  notice: false,
};

/**
 * Removes a person's rows scope by scope, and everything of theirs that waits. At the end of each
 * scope it checks that no row is left. It notes which lives end and what was removed, before a
 * crash could lose that. So a further try ends no later life, and still knows what the receipt must
 * say.
 */
export async function remove(parts: EraserParts, progress: { task: Task }, ask: Ask | undefined): Promise<void> {
  const { gallery } = parts;
  const { person, where, reason, isRemoved } = progress.task;
  if (isRemoved) return;
  const advance = async (step: Partial<Task>) => {
    progress.task = { ...progress.task, ...step };
    await note(parts, progress.task);
  };
  if (!progress.task.lives) await advance({ lives: await livesOf(gallery, person, where) });
  for (const life of progress.task.lives ?? []) {
    const { scope, epoch } = life;
    const others = progress.task.done.filter((erased) => erased.scope !== scope);
    const told = (erased: Erasure) => advance({ done: [...others, erased] });
    await gallery.erase(scope, person, reason, parts.now(), { epoch, onErased: told });
    await parts.disclosure.drop(scope, person);
    await parts.pending.dropOwned(ownerIn(parts.keys, person, scope));
    await parts.sentPhotos[LIFTS[reason] ? 'drop' : 'dropSearches'](scope, person);
    await parts.shown.takeBack(scope, person, async (post, fate) => {
      const { shown = {} } = progress.task;
      await advance({ shown: { ...shown, [scope]: { ...shown[scope], [post]: fate } } });
    });
    const left = await gallery.remaining(scope, person);
    if (left > 0 && !(await isBack(gallery, person, life))) throw new Error(`${left} rows are left after an erasure`);
  }
  // This also reaches groups in which the person has no other data.
  if (where === 'everywhere') await parts.sentPhotos.drop('everywhere', person);
  await dropWaiting(parts, person, ask);
  progress.task = { ...progress.task, isRemoved: true };
}

/** The lives that an erasure from `where` ends. */
export async function livesOf(gallery: Gallery, person: Person, where: Where): Promise<Life[]> {
  const groups = where === 'everywhere' ? await gallery.scopesOf(person) : await groupAt(gallery, where);
  const lives: Life[] = [];
  for (const { scope, place } of groups) {
    lives.push({ scope, ...(place && { place }), epoch: (await gallery.standing(scope, person)).epoch });
  }
  return lives;
}

async function groupAt(gallery: Gallery, place: Place) {
  const scope = await gallery.scopeOf(place);
  return scope ? [{ scope, place }] : [];
}

/**
 * Whether somebody has agreed again since their erasure. Then the rows that are left belong to
 * another life.
 */
async function isBack(gallery: Gallery, person: Person, { scope, epoch }: Life): Promise<boolean> {
  const standing = await gallery.standing(scope, person);
  return standing.epoch > epoch && standing.confirmedAt !== undefined;
}
