import { randomUUID } from 'node:crypto';
import type { Person, Place, ScopeId } from '../../consent/who.ts';
import type { Erasure, ErasureReason } from '../../gallery/erasure.ts';
import type { Address } from '../ask.ts';
import type { Fate } from '../shown.ts';

/**
 * Where a person is to be erased: one group, or every group of their platform. The groups are
 * looked up at the time of the erasure.
 */
export type Where = Place | 'everywhere';

/**
 * An erasure to carry out. It stays (sealed) on the `erasure` shelf until the last byte is gone.
 */
export interface Task {
  readonly id: string;
  readonly person: Person;
  readonly where: Where;
  readonly reason: ErasureReason;
  /** Where to send a later receipt. */
  readonly answerTo?: { readonly address: Address; readonly locale: string; readonly deadline: number };
  /**
   * The person's epoch in each scope of the erasure; joining again gives a later one. Undefined
   * until it is known.
   */
  readonly lives?: readonly Life[];
  /** What was removed so far, one per scope. Bytes may still be on disk. */
  readonly done: readonly Erasure[];
  /**
   * What became of results that groups were shown and that name this person, by scope and post, so
   * that none counts twice.
   */
  readonly shown?: Readonly<Record<string, Readonly<Record<string, Fate>>>>;
  /** Whether only bytes are left. Data from now on came after the erasure. */
  readonly isRemoved: boolean;
  /**
   * Whether nobody is erased: one of several templates was dropped, and only its bytes are left.
   */
  readonly isDropped?: true;
  /** When the shelf first got it, milliseconds since 1970. */
  readonly since?: number;
  /**
   * In the queue's copy alone: whether the task also stands on the shelf. Once it stands there no
   * more, the erasure is done.
   */
  readonly isNoted?: boolean;
}

export interface Life {
  readonly scope: ScopeId;
  readonly epoch: number;
  /** The group, for its name in the receipt. Absent from tasks of an older facefinder. */
  readonly place?: Place;
}

export function newTask(person: Person, where: Where, reason: ErasureReason): Task {
  return { id: randomUUID(), person, where, reason, done: [], isRemoved: false };
}
