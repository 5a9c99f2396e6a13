import { randomUUID } from 'node:crypto';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Erasure, ErasureReason } from '../gallery/gallery.ts';
import { errorFields, type Log } from '../log.ts';
import type { Pending } from '../queue/pending.ts';
import type { Queue } from '../queue/queue.ts';
import type { Keys } from '../secrets/keys.ts';
import { sealJson, unsealJson } from '../secrets/seal.ts';
import type { Address } from './ask.ts';
import { ownerOf } from './parked.ts';

/** From where a person is to be erased: one group, or every group of their platform. Found out when it is done, not before. */
export type Where = Place | 'everywhere';

/** What is to be erased, as it stands (sealed) on the `erasure` shelf until the last byte is gone. */
export interface Task {
  readonly id: string;
  readonly person: Person;
  readonly where: Where;
  readonly reason: ErasureReason;
  /** Where a later receipt goes. */
  readonly answerTo?: { readonly address: Address; readonly locale: string; readonly deadline: number };
  /** The person's epoch in each scope they are erased from: who joins again lives at a later one. Undefined until it is known. */
  readonly lives?: readonly Life[];
  /** What was removed so far, one per scope; the bytes may still be on disk. */
  readonly done: readonly Erasure[];
  /** Nothing is left but bytes: whatever is held by now came after the erasure. */
  readonly isRemoved: boolean;
  /** Told to the queue: the shelf has it too, until the last byte is gone. */
  readonly isNoted?: boolean;
}

export interface Life {
  readonly scope: ScopeId;
  readonly epoch: number;
}

/** What keeps tasks. */
export interface TaskParts {
  /** What neither shelf nor queue took (Redis is full to the brim, say), until one of them does. */
  readonly homeless: Set<Task>;
  readonly pending: Pending;
  readonly queue: Queue;
  readonly keys: Keys;
  readonly log: Log;
  readonly now: () => number;
}

/** No erasure takes this long; its note on the shelf is for restarts. */
const SHELF_MS = 365 * 86_400_000;

export function newTask(person: Person, where: Where, reason: ErasureReason): Task {
  return { id: randomUUID(), person, where, reason, done: [], isRemoved: false };
}

/** Puts the task on the shelf; false when the shelf cannot be reached, which must not stop an erasure that can be done. */
export async function note(parts: TaskParts, task: Task): Promise<boolean> {
  try {
    await parts.pending.put('erasure', { ...sealed(parts, task), expiresAt: parts.now() + SHELF_MS });
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    parts.log.warn('erasure not noted', { code: error.code });
    return false;
  }
}

/** Leaves the rest of a task to the queue; in memory, if nobody takes it now. */
export async function queueRest(parts: TaskParts, task: Task): Promise<void> {
  const isNoted = await note(parts, task);
  // On the shelf it is safe; a queue that refuses it now gets it at the next start.
  const isQueued = await parts.queue.add({ ...sealed(parts, { ...task, isNoted }), kind: 'erase' }).then(
    () => true,
    (error) => {
      parts.log.warn('erasure not queued', errorFields(error));
      return false;
    },
  );
  if (!isNoted && !isQueued) parts.homeless.add(task);
}

/** Tries again to find a place for what nobody took. */
export async function queueHomeless(parts: TaskParts): Promise<void> {
  for (const task of [...parts.homeless]) {
    parts.homeless.delete(task);
    await queueRest(parts, task);
  }
}

/** Queues what was noted at least `ageMs` ago and is unfinished: whoever noted it works on it no more. */
export async function queueForgotten({ pending, queue, now }: TaskParts, ageMs: number): Promise<void> {
  const latest = now() + SHELF_MS - ageMs;
  for (const { id, owner, body, expiresAt } of await pending.list('erasure')) {
    if (expiresAt <= latest) await queue.add({ id, kind: 'erase', owner, body });
  }
}

function sealed(parts: TaskParts, task: Task): { id: string; owner: string; body: string } {
  const { id } = task;
  return { id, owner: ownerOf(parts.keys, task.person), body: sealJson(parts.keys.jobs, task, `erasure:${id}`) };
}

/** A task as the shelf or the queue has it. */
export function unsealTask(parts: TaskParts, id: string, body: string): Task {
  return unsealJson<Task>(parts.keys.jobs, body, `erasure:${id}`);
}
