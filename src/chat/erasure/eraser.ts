import type { Person, Place, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { ErasureReason } from '../../gallery/erasure.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { errorFields } from '../../log.ts';
import type { Job, JobHandler } from '../../queue/queue.ts';
import { ownerOf } from '../../queue/sealed-shelf.ts';
import { wordsFor } from '../../text/words.ts';
import type { Ask } from '../ask.ts';
import type { Reply } from '../reply.ts';
import { letBytesGo, scrub } from './bytes.ts';
import type { EraserParts } from './parts.ts';
import { receipts } from './receipts.ts';
import { livesOf, remove } from './removal.ts';
import { note, queueForgotten, queueHomeless, queueRest, taskShelf, unfinished } from './shelf.ts';
import { newTask, type Task, type Where } from './task.ts';
import { dropWaiting } from './withdrawal.ts';

export interface Eraser {
  /**
   * Erases a person, now as far as possible. Steps that fail are repeated until they are done.
   * Gives the replies for the person: a receipt for each scope that had data, or, while a store is
   * down, that the erasure comes later. A receipt is final unless bytes stay on disk for longer
   * than `patienceMs`. Without `ask`, throws `unavailable` when the person can be neither erased
   * nor noted.
   */
  readonly erase: (
    person: Person,
    where: Where,
    reason: ErasureReason,
    ask?: Ask,
    patienceMs?: number,
  ) => Promise<Reply[]>;
  /**
   * Erases several people of a group and removes their bytes together. All of them are noted before
   * the first one is erased: after a crash, perhaps nobody tells again who else was to be erased.
   * Once `signal` aborts, no further erasure begins. People who are not erased yet stay noted.
   */
  readonly eraseAll: (leaving: readonly Leaving[], place: Place, signal?: AbortSignal) => Promise<void>;
  /**
   * Drops one of several templates and scrubs its bytes. `isClean` is false while the bytes are
   * still on disk; the queue then repeats the scrub until they are gone. See the gallery's `drop`.
   */
  readonly drop: (
    person: Person,
    at: { readonly scope: ScopeId; readonly place: Place },
    template: string,
  ) => Promise<{ readonly outcome: Dropped; readonly isClean: boolean }>;
  /**
   * Runs `enrol`, which may push out a person's older templates. Unless `enrol` is refused, the
   * queue then scrubs the bytes of these templates. The result of `enrol` does not wait for that.
   */
  readonly pushOut: <T>(person: Person, place: Place, enrol: () => Promise<T>) => Promise<T>;
  /**
   * Whether this person is being erased, or asked for it and could not be noted. Then answers do
   * not name them.
   */
  readonly isLeaving: (platform: string, id: string) => boolean;
  /**
   * Drops what still waits of a person without data: queued asks, parked asks, uploads. `ask` is
   * the ask that wants this. It still gets its answer.
   */
  readonly withdraw: (person: Person, ask: Ask) => Promise<void>;
  /** Handles erasures in the queue. */
  readonly handler: JobHandler;
  /**
   * Queues erasures that no store accepted before. It also queues those noted at least `ageMs` ago,
   * because nobody works on them any more. With 0 it queues every noted erasure, whatever the clock
   * says.
   */
  readonly resume: (ageMs: number) => Promise<void>;
  /**
   * Whether an unfinished erasure of this person is noted, by this process or by one that is gone.
   */
  readonly isUnfinished: (person: Person) => Promise<boolean>;
  /** For metrics: the number of unfinished erasures, and the age of the oldest. */
  readonly unfinished: () => Promise<{ readonly count: number; readonly oldestMs: number }>;
}

type Dropped = Awaited<ReturnType<Gallery['drop']>>;

export interface Leaving {
  readonly person: Person;
  readonly reason: ErasureReason;
}

/**
 * How long a person waits at most until their bytes are gone. After that the first receipt says
 * that the bytes are still being scrubbed.
 */
const SCRUB_PATIENCE_MS = 3_000;

/**
 * How long answers hide a person when no shelf could note their erasure. The person is erased as
 * soon as a store allows it.
 */
const LEAVING_MS = 86_400_000;

const nameOf = ({ platform, id }: Pick<Person, 'platform' | 'id'>) => `${platform}:${id}`;

/**
 * Opens the eraser on these parts. It begins erasures even while a store, the queue or a platform
 * is down.
 */
export function openEraser(given: Omit<EraserParts, 'unstored' | 'leaving'>): Eraser {
  const parts: EraserParts = { ...given, unstored: new Set(), leaving: new Map() };
  return {
    async erase(person, where, reason, ask, patienceMs = SCRUB_PATIENCE_MS) {
      // Nobody who is alone with the bot at their own machine waits there for a second answer.
      const isReached = ask && parts.courier(ask.address).audience === 'group';
      const answerTo = isReached && { address: ask.address, locale: ask.locale, deadline: ask.deadline };
      const task = { ...newTask(person, where, reason), ...(answerTo && { answerTo }) };
      return await begin(parts, task, patienceMs, ask);
    },
    eraseAll: (leaving, place, signal) => eraseTogether(parts, leaving, place, signal),
    drop: (person, at, template) => dropOne(parts, person, at, template),
    pushOut: (person, place, enrol) => pushOut(parts, person, place, enrol),
    isLeaving: (platform, id) => (parts.leaving.get(nameOf({ platform, id })) ?? 0) > parts.now(),
    withdraw: (person, ask) => dropWaiting(parts, person, ask),
    async handler(job) {
      await finish(parts, job);
    },
    async resume(ageMs) {
      await queueHomeless(parts);
      await queueForgotten(parts, ageMs);
    },
    isUnfinished: async (person) => (await taskShelf(parts).owned(ownerOf(parts.keys, person))).length > 0,
    unfinished: () => unfinished(parts),
  };
}

/** Notes the task, and tries it at once while the person waits. */
async function begin(parts: EraserParts, first: Task, patienceMs: number, ask: Ask | undefined): Promise<Reply[]> {
  const locale = ask?.locale ?? '';
  parts.leaving.set(nameOf(first.person), parts.now() + LEAVING_MS);
  let isKept = false;
  try {
    // The note is written before the try, so that a crash in between loses nothing.
    const isNoted = await note(parts, first);
    // From now on the erasure is done even after a crash. So the request must not be done a second
    // time.
    if (ask && isNoted) await parts.heard.drop(ask).catch(() => undefined);
    const task = await tryToRemove(parts, first, isNoted, ask);
    isKept = !task && !isNoted;
    const { later, unnoted } = wordsFor(locale).forget;
    if (!task) return [{ kind: 'info', text: isNoted ? later : unnoted }];
    return await told(parts, task, patienceMs, ask);
  } finally {
    if (!isKept) parts.leaving.delete(nameOf(first.person));
  }
}

async function told(parts: EraserParts, task: Task, patienceMs: number, ask: Ask | undefined): Promise<Reply[]> {
  const isClean = await letBytesGo(parts, [task], patienceMs, ask);
  return await receipts(parts, [task], isClean, ask?.locale ?? '');
}

/** Notes the task before the drop, so that a crash in between leaves no bytes. */
async function dropOne(
  parts: EraserParts,
  person: Person,
  { scope, place }: { readonly scope: ScopeId; readonly place: Place },
  template: string,
): ReturnType<Eraser['drop']> {
  const task = dropping(person, place);
  await note(parts, task);
  const outcome = await parts.gallery.drop(scope, person, template);
  if (outcome === 'dropped') return { outcome, isClean: await letBytesGo(parts, [task], SCRUB_PATIENCE_MS) };
  await taskShelf(parts).drop(task.id);
  return { outcome, isClean: true };
}

async function pushOut<T>(parts: EraserParts, person: Person, place: Place, enrol: () => Promise<T>): Promise<T> {
  const task = dropping(person, place);
  await note(parts, task);
  const enrolling = enrol();
  const refused = await enrolling.then(() => false, isRefused);
  // Any other failure leaves open whether the enrolment succeeded.
  if (refused) await taskShelf(parts).drop(task.id);
  else await queueRest(parts, task);
  return await enrolling;
}

/** Whether an enrolment was refused, so that it stored nothing and pushed nothing out. */
function isRefused(error: unknown): boolean {
  return error instanceof Failure && (error.code === 'face_taken' || error.code === 'rate_limited');
}

/** A task that erases nobody. It removes the bytes of templates that were dropped. */
function dropping(person: Person, place: Place): Task {
  return { ...newTask(person, place, 'asked'), isRemoved: true, isDropped: true };
}

async function eraseTogether(
  parts: EraserParts,
  leaving: readonly Leaving[],
  place: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  const noted: { task: Task; isNoted: boolean }[] = [];
  for (const { person, reason } of leaving) {
    const task = { ...newTask(person, place, reason), lives: await livesOf(parts.gallery, person, place) };
    noted.push({ task, isNoted: await note(parts, task) });
  }
  const removed: Task[] = [];
  try {
    for (const { task, isNoted } of noted) {
      if (signal?.aborted) break;
      const gone = await tryToRemove(parts, task, isNoted, undefined);
      if (gone) removed.push(gone);
    }
  } finally {
    if (removed.length > 0) await letBytesGo(parts, removed, SCRUB_PATIENCE_MS);
  }
}

/**
 * Removes the person's rows, and gives the task as it then is. Undefined when the store is down,
 * and the queue now has the task.
 */
async function tryToRemove(
  parts: EraserParts,
  task: Task,
  isNoted: boolean,
  ask: Ask | undefined,
): Promise<Task | undefined> {
  const progress = { task };
  try {
    await remove(parts, progress, ask);
    return progress.task;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'unavailable') throw error;
    // A task that is noted nowhere is lost when this process ends. A person is told that. An
    // operator's verb must fail instead.
    if (!isNoted && !ask) throw error;
    await queueRest(parts, progress.task);
    return undefined;
  }
}

/** Tries again, from the queue. Throws `unavailable` until the last byte is gone. */
async function finish(parts: EraserParts, { id, body }: Pick<Job, 'id' | 'body'>): Promise<void> {
  const noted = await taskShelf(parts).read(id);
  const task = noted?.righted() ?? taskShelf(parts).righted(id, body);
  if (!task) throw new Error('an erasure is damaged in the queue, and on its shelf or not there');
  if (!noted && isFinished(task)) return;
  const progress = { task };
  await remove(parts, progress, undefined);
  parts.leaving.delete(nameOf(progress.task.person));
  const { answerTo, done } = progress.task;
  if (!(await scrub(parts, [progress.task]))) {
    await note(parts, progress.task);
    throw new Failure('unavailable', { cause: new Error('erased bytes are still on disk') });
  }
  if (answerTo && done.length > 0 && parts.now() < answerTo.deadline) {
    await parts
      .courier(answerTo.address)
      .answer(answerTo.address, await receipts(parts, [progress.task], true, answerTo.locale))
      .catch((error) => parts.log.warn('final receipt not delivered', errorFields(error)));
  }
}

/** Whether a queued task is done if the shelf has no note of it. An erasure drops its note last. */
function isFinished({ isRemoved, isNoted, answerTo }: Task): boolean {
  // A scrub may have removed the bytes and the note after the task was queued. Then the person
  // still gets the final receipt from the queue. If the shelf never had a note, its absence says
  // nothing.
  return isRemoved ? isNoted === true && !answerTo : isNoted !== false;
}
