import { randomUUID } from 'node:crypto';
import type { Person, Place, ScopeId } from '../../consent/who.ts';
import type { Erasure, ErasureReason } from '../../gallery/erasure.ts';
import type { Address } from '../ask.ts';
import type { Fate } from '../showing/shown.ts';

/**
 * The groups to erase a person from: one, or every group of their platform. Which groups these are
 * is looked up at the time of the erasure.
 */
export type Where = Place | 'everywhere';

/** An erasure to do. It stays, sealed, on the `erasure` shelf until the last byte is gone. */
export interface Task {
  readonly id: string;
  readonly person: Person;
  readonly where: Where;
  readonly reason: ErasureReason;
  /** Where to send the final receipt, if it comes later. */
  readonly answerTo?: { readonly address: Address; readonly locale: string; readonly deadline: number };
  /**
   * The person's epoch in each scope to erase. Somebody who comes back has a later epoch. Undefined
   * until the epochs were read.
   */
  readonly lives?: readonly Life[];
  /** What was removed so far, one entry for each scope. Bytes may still be on disk. */
  readonly done: readonly Erasure[];
  /**
   * The fates of results that groups were shown and that name this person, by scope and post. So a
   * repeated try counts no post twice.
   */
  readonly shown?: Readonly<Record<string, Readonly<Record<string, Fate>>>>;
  /**
   * Whether the rows are removed, so that only bytes are left. Rows that appear after that belong
   * to a later life.
   */
  readonly isRemoved: boolean;
  /**
   * Set when the task erases nobody: one of several templates was dropped, and only its bytes are
   * left.
   */
  readonly isDropped?: true;
  /** When the shelf first got the task, milliseconds since 1970. */
  readonly since?: number;
  /**
   * Only in the queue's copy: whether the shelf had a note of the task. If it had one and the note
   * is gone later, the erasure is done.
   */
  readonly isNoted?: boolean;
}

export interface Life {
  readonly scope: ScopeId;
  readonly epoch: number;
  /** The group that the receipt names. Absent from tasks of an older facefinder. */
  readonly place?: Place;
}

export function newTask(person: Person, where: Where, reason: ErasureReason): Task {
  return { id: randomUUID(), person, where, reason, done: [], isRemoved: false };
}
