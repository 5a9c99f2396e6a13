import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { errorFields } from '../../log.ts';
import { type Kept, ownerOf, type SealedShelf, shelf } from '../../queue/sealed-shelf.ts';
import { flips } from '../../secrets/righted.ts';
import type { EraserParts, TaskParts } from './parts.ts';
import type { Task } from './task.ts';

type Parts = TaskParts & Pick<EraserParts, 'gallery'>;
type Note = Kept<Task>;

/** How long a note stays on the shelf. No erasure takes this long. */
const NOTED_MS = 365 * 86_400_000;

/**
 * Puts the task on the shelf. False when the shelf cannot be reached. The erasure goes on without a
 * note.
 */
export async function note(parts: TaskParts, task: Task): Promise<boolean> {
  try {
    const { id, person } = task;
    const owner = ownerOf(parts.keys, person);
    const { since = parts.now() } = task;
    await taskShelf(parts).put({ id, owner, value: { ...task, since }, expiresAt: parts.now() + NOTED_MS });
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    parts.log.warn('erasure not noted', { code: error.code });
    return false;
  }
}

/**
 * Queues what is left to do of a task. If neither the shelf nor the queue accepts it, it stays in
 * memory.
 */
export async function queueRest(parts: TaskParts, task: Task): Promise<void> {
  const isNoted = await note(parts, task);
  // If only the queue refuses the task now, {@link queueForgotten} queues it later from its note.
  const { id, person } = task;
  const body = taskShelf(parts).close(id, { ...task, isNoted });
  const isQueued = await parts.queue.add({ id, kind: 'erase', owner: ownerOf(parts.keys, person), body }).then(
    () => true,
    (error) => {
      parts.log.warn('erasure not queued', errorFields(error));
      return false;
    },
  );
  if (!isNoted && !isQueued) parts.unstored.add(task);
}

/** Tries again to store tasks that neither the shelf nor the queue accepted. */
export async function queueHomeless(parts: TaskParts): Promise<void> {
  for (const task of [...parts.unstored]) {
    parts.unstored.delete(task);
    await queueRest(parts, task);
  }
}

/**
 * Queues unfinished tasks that were noted at least `ageMs` ago, because nobody works on them any
 * more. With 0 it queues all of them, whatever the clock says. It also queues tasks whose note is
 * dated at least `ageMs` in the future: the clock was wrong when they were noted, and that date may
 * be far away.
 */
export async function queueForgotten(parts: Parts, ageMs: number): Promise<void> {
  const lost: Note[] = [];
  for (const note of await taskShelf(parts).list()) {
    const age = parts.now() - (note.expiresAt - NOTED_MS);
    if (ageMs !== 0 && Math.abs(age) < ageMs) continue;
    const task = note.righted() ?? (await underItsId(parts, note));
    if (task) await enqueue(parts, task);
    else lost.push(note);
  }
  if (ageMs !== 0 || lost.length === 0) return;
  const left = lost.length - (await dropDone(parts, lost));
  // Nobody knows whom to erase. The next /forget of that person drops the note.
  if (left > 0) parts.log.error('noted erasures are damaged', { count: left });
}

/**
 * Drops damaged notes of people about whom the gallery holds nothing any more, after it has
 * scrubbed the gallery. Gives the number of dropped notes: 0 if nobody can tell what the gallery
 * holds, or if the scrub did not succeed.
 */
async function dropDone(parts: Parts, lost: readonly Note[]): Promise<number> {
  try {
    const held = await ownersHeld(parts);
    const over = held ? lost.filter(({ owner }) => !held.has(owner)) : [];
    if (over.length === 0 || !(await parts.gallery.scrub())) return 0;
    for (const { id } of over) await taskShelf(parts).drop(id);
    return over.length;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 0;
  }
}

/**
 * The owners about whom the gallery holds something. Undefined when nobody can tell, because
 * records of people or keys of groups are unreadable.
 */
async function ownersHeld({ gallery, keys }: Parts): Promise<ReadonlySet<string> | undefined> {
  const { unreadable } = await gallery.damage();
  if (unreadable.key + unreadable.person > 0) return undefined;
  const held = new Set<string>();
  for (const { scope } of await gallery.scopes()) {
    for (const { person } of await gallery.people(scope)) held.add(ownerOf(keys, person));
  }
  return held;
}

async function enqueue(parts: TaskParts, task: Task): Promise<void> {
  const { id, person } = task;
  const body = taskShelf(parts).close(id, task);
  await parts.queue.add({ id, kind: 'erase', owner: ownerOf(parts.keys, person), body });
}

/**
 * The task of a note whose id has one flipped bit. A note opens only under its right id, so each
 * bit is flipped back in turn. The note is then stored under the right id. Undefined when none
 * opens it.
 */
async function underItsId(parts: TaskParts, { item }: Note): Promise<Task | undefined> {
  for (const bytes of flips(Buffer.from(item.id))) {
    const id = Buffer.from(bytes).toString();
    const task = opened(parts, id, item.body);
    if (!task) continue;
    await parts.pending.put('erasure', { ...item, id });
    await taskShelf(parts).drop(item.id);
    return task;
  }
  return undefined;
}

function opened(parts: TaskParts, id: string, body: string): Task | undefined {
  try {
    return taskShelf(parts).open(id, body);
  } catch {
    return undefined;
  }
}

/**
 * Drops damaged notes of this person, if no group has data of theirs any more. Then nothing is left
 * for these erasures to do.
 */
export async function dropUnreadable(parts: Parts, person: Person): Promise<void> {
  const noted = await taskShelf(parts).owned(ownerOf(parts.keys, person));
  const unreadable = noted.filter(({ righted }) => righted() === undefined);
  if (unreadable.length === 0 || (await parts.gallery.scopesOf(person)).length > 0) return;
  for (const { id } of unreadable) await taskShelf(parts).drop(id);
}

/** The number of unfinished erasures, and the age of the oldest in milliseconds. */
export async function unfinished(parts: TaskParts): Promise<{ readonly count: number; readonly oldestMs: number }> {
  const noted = await taskShelf(parts).list();
  const ages = noted.map(({ value, expiresAt }) => {
    // The time of the last note can be read without opening it. It is used for damaged notes, and
    // for tasks of 0.1.0, which have no `since`.
    const notedLast = expiresAt - NOTED_MS;
    return parts.now() - (value()?.since ?? notedLast);
  });
  return { count: noted.length + parts.unstored.size, oldestMs: Math.max(0, ...ages) };
}

/**
 * The shelf that keeps tasks until their last byte is gone. Tasks in the queue are sealed in the
 * same way.
 */
export function taskShelf({ pending, keys }: Pick<TaskParts, 'pending' | 'keys'>): SealedShelf<Task> {
  return shelf(pending, keys, 'erasure');
}
