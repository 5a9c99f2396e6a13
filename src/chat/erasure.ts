import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceiptSigner } from '../consent/receipt.ts';
import type { Person, Place } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Erasure, ErasureReason, Gallery } from '../gallery/gallery.ts';
import { errorFields } from '../log.ts';
import type { JobHandler } from '../queue/queue.ts';
import { wordsFor } from '../text/words.ts';
import type { Address, Ask } from './ask.ts';
import type { Courier } from './courier.ts';
import {
  type Life,
  newTask,
  note,
  queueForgotten,
  queueHomeless,
  queueRest,
  type Task,
  type TaskParts,
  unsealTask,
  type Where,
} from './erasure-task.ts';
import { ownerOf } from './parked.ts';
import type { Placeholders } from './placeholders.ts';
import type { Reply } from './reply.ts';

export interface Eraser {
  /**
   * Erases a person, now as far as possible; what cannot be done now is repeated until it is done.
   * Gives what the person is to be told: one receipt for each scope in which something was held, nothing when nothing was.
   * These are final unless the bytes stay on disk for longer than `patienceMs`.
   */
  readonly erase: (
    person: Person,
    where: Where,
    reason: ErasureReason,
    ask?: Ask,
    patienceMs?: number,
  ) => Promise<Reply[]>;
  /**
   * Erases several people of a group, and lets their bytes go together. All are noted before the first is erased: nobody may tell
   * of them a second time, should the program end meanwhile. Once `signal` aborts, nobody more is begun: the rest stays noted.
   */
  readonly eraseAll: (leaving: readonly Leaving[], place: Place, signal?: AbortSignal) => Promise<void>;
  /** Drops what waits of a person of whom nothing is held yet: a parked ask, an upload. `ask` is the one that asks for it. */
  readonly withdraw: (person: Person, ask: Ask) => Promise<void>;
  /** Handles erasures that were left to the queue. */
  readonly handler: JobHandler;
  /** Queues what could be left nowhere, and what was noted at least `ageMs` ago: whoever noted it works on it no more. */
  readonly resume: (ageMs: number) => Promise<void>;
}

export interface Leaving {
  readonly person: Person;
  readonly reason: ErasureReason;
}

export interface EraserParts extends TaskParts {
  readonly gallery: Gallery;
  readonly placeholders: Placeholders;
  readonly courier: (address: Address) => Courier;
  readonly signer: ReceiptSigner;
  /** Drops what this process alone holds of a person: uploads and pictures of the page. */
  readonly dropLocal: (person: Person) => void;
}

/** A person waits at most this long for the bytes; then the first receipt says that they are still being scrubbed. */
const SCRUB_PATIENCE_MS = 3_000;
/** Between two tries within that time. */
const SCRUB_PAUSE_MS = 500;

/** Erases people, with a receipt, whatever is down. */
export function openEraser(given: Omit<EraserParts, 'homeless'>): Eraser {
  const parts: EraserParts = { ...given, homeless: new Set() };
  return {
    async erase(person, where, reason, ask, patienceMs = SCRUB_PATIENCE_MS) {
      const answerTo = ask && { address: ask.address, locale: ask.locale, deadline: ask.deadline };
      const task = { ...newTask(person, where, reason), ...(answerTo && { answerTo }) };
      return await begin(parts, task, patienceMs, ask);
    },
    eraseAll: (leaving, place, signal) => eraseTogether(parts, leaving, place, signal),
    withdraw: (person, ask) => dropWaiting(parts, person, ask),
    async handler(job) {
      await finish(parts, unsealTask(parts, job.id, job.body));
    },
    async resume(ageMs) {
      await queueHomeless(parts);
      await queueForgotten(parts, ageMs);
    },
  };
}

/** The first try, while the person waits. */
async function begin(parts: EraserParts, first: Task, patienceMs: number, ask: Ask | undefined): Promise<Reply[]> {
  const locale = ask?.locale ?? '';
  // Noted before it is tried: a crash in between loses nothing.
  const isNoted = await note(parts, first);
  const task = await tryToRemove(parts, first, isNoted, ask);
  if (!task) return [{ kind: 'info', text: wordsFor(locale).forget.later }];
  const isClean = await letBytesGo(parts, [task], patienceMs, ask);
  return await receipts(parts, task.done, isClean, locale);
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

/** The task with its rows removed; undefined when the store is down, and the queue has it. */
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
    if (!(error instanceof Failure) || error.code !== 'unavailable' || !isNoted) throw error;
    await queueRest(parts, progress.task);
    return undefined;
  }
}

/** True when the bytes of all these are gone; false when that takes longer, and the queue has them. */
async function letBytesGo(parts: EraserParts, tasks: readonly Task[], patienceMs: number, ask?: Ask): Promise<boolean> {
  const giveUpAt = Date.now() + patienceMs;
  let isClean = false;
  for (let left = patienceMs; !isClean && left > 0; left = giveUpAt - Date.now()) {
    isClean = await within(left, scrub(parts, tasks, ask));
    // A read keeps them: it may end soon.
    if (!isClean) await sleep(Math.max(0, Math.min(SCRUB_PAUSE_MS, giveUpAt - Date.now())));
  }
  if (!isClean) for (const task of tasks) await queueRest(parts, task);
  return isClean;
}

/** Every further try, from the queue; throws `unavailable` until the last byte is gone. */
async function finish(parts: EraserParts, queued: Task): Promise<void> {
  const noted = await parts.pending.read('erasure', queued.id);
  if (!noted && isFinished(queued)) return;
  const progress = { task: noted ? unsealTask(parts, noted.id, noted.body) : queued };
  await remove(parts, progress, undefined);
  const { answerTo, done } = progress.task;
  if (!(await scrub(parts, [progress.task]))) {
    await note(parts, progress.task);
    throw new Failure('unavailable', { cause: new Error('erased bytes are still on disk') });
  }
  if (answerTo && done.length > 0 && parts.now() < answerTo.deadline) {
    await parts
      .courier(answerTo.address)
      .answer(answerTo.address, await receipts(parts, done, true, answerTo.locale))
      .catch((error) => parts.log.warn('final receipt not delivered', errorFields(error)));
  }
}

/** Whether nothing is left to do of a queued task that the shelf has no note of: its note goes last. */
function isFinished({ isRemoved, isNoted, answerTo }: Task): boolean {
  // Whoever queued it while bytes were left may have seen them go after all; the final receipt is the queue's to give.
  return !isRemoved || (isNoted === true && !answerTo);
}

/**
 * Removes a person's rows scope by scope, and everything of theirs that waits; reads back that nothing is left. Which lives end,
 * and what was removed of each, is noted before it can be lost: a further try ends no life that began since, and still knows
 * what the receipt must say.
 */
async function remove(parts: EraserParts, progress: { task: Task }, ask: Ask | undefined): Promise<void> {
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
    await gallery.erase(scope, person, reason, parts.now(), { epoch, told });
    const isErased = progress.task.done.some((erased) => erased.scope === scope);
    const left = isErased ? await gallery.remaining(scope, person) : 0;
    if (left > 0 && !(await isBack(gallery, person, life))) throw new Error(`${left} rows are left after an erasure`);
  }
  await dropWaiting(parts, person, ask);
  progress.task = { ...progress.task, isRemoved: true };
}

async function livesOf(gallery: Gallery, person: Person, where: Where): Promise<Life[]> {
  const scopes =
    where === 'everywhere'
      ? (await gallery.scopesOf(person)).map(({ scope }) => scope)
      : [await gallery.scopeOf(where)];
  const lives: Life[] = [];
  for (const scope of scopes) {
    if (scope) lives.push({ scope, epoch: (await gallery.standing(scope, person)).epoch });
  }
  return lives;
}

/** Whether somebody agreed to something again since their erasure: what is held of them now is of another life. */
async function isBack(gallery: Gallery, person: Person, { scope, epoch }: Life): Promise<boolean> {
  const standing = await gallery.standing(scope, person);
  return standing.epoch > epoch && standing.confirmedAt !== undefined;
}

/** Their waiting jobs, parked asks and uploads; what they were waiting for is answered `expired`. */
async function dropWaiting(parts: EraserParts, person: Person, ask: Ask | undefined): Promise<void> {
  const owner = ownerOf(parts.keys, person);
  const current = ask && parts.placeholders.idOf(ask);
  const waiting = (await parts.placeholders.all()).filter((item) => item.owner === owner && item.id !== current);
  await parts.queue.dropOwned(owner);
  parts.dropLocal(person);
  for (const placeholder of waiting) {
    const { open } = placeholder;
    if (!open?.address || !(await parts.placeholders.claim(placeholder, 'house', parts.now()))) continue;
    const text = wordsFor(open.locale).failures.expired;
    await parts
      .courier(open.address)
      .answer(open.address, [{ kind: 'error', code: 'expired', text }])
      .catch((error) => parts.log.warn('withdrawn ask not answered', errorFields(error)));
  }
  // Last of all: whoever dies before has it repeated, and nobody is left waiting.
  await parts.pending.dropOwned(owner);
}

/**
 * Lets the bytes of all these go, their notes' own at last: those say who was erased. False while somebody's read keeps any; then
 * the notes are there still. Should the process end between the last two steps, the shelves are scrubbed when they are opened
 * again.
 */
async function scrub(parts: EraserParts, tasks: readonly Task[], ask?: Ask): Promise<boolean> {
  const done = tasks.flatMap((task) => task.done);
  if (done.length > 0 && !(await parts.gallery.scrub())) return false;
  // Should the process end before the answer, a repeated press must not hear that there was nothing to erase.
  if (ask && done.length > 0) {
    const final = await receipts(parts, done, true, ask.locale);
    await parts.placeholders.remember(parts.placeholders.idOf(ask), ask, final);
  }
  for (const { id } of tasks) await parts.pending.drop('erasure', id);
  const isClean = await parts.pending.scrub();
  if (!isClean) for (const task of tasks) await note(parts, task);
  return isClean;
}

async function receipts(
  parts: EraserParts,
  done: readonly Erasure[],
  isClean: boolean,
  locale: string,
): Promise<Reply[]> {
  const words = wordsFor(locale).forget;
  return await Promise.all(
    done.map(async (erased): Promise<Reply> => {
      const receipt = await parts.signer.sign(erased, { left: 0, bytes: isClean ? 'clean' : 'pending' });
      return { kind: 'receipt', text: words.receipt(erased.removed.templates, isClean), receipt };
    }),
  );
}

async function within(ms: number, work: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  // A scrub that fails later is repeated from the queue.
  return await Promise.race([work.catch(() => false), late]).finally(() => clearTimeout(timer));
}
