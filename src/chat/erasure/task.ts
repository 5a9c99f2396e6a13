import { randomUUID } from 'node:crypto';
import type { Person, Place, ScopeId } from '../../consent/who.ts';
import type { Erasure, ErasureReason } from '../../gallery/erasure.ts';
import type { Address } from '../ask.ts';
import type { Fate } from '../shown.ts';

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
  /** What became of results that name this person and that groups were shown: by scope, then by post, so that none counts twice. */
  readonly shown?: Readonly<Record<string, Readonly<Record<string, Fate>>>>;
  /** Nothing is left but bytes: whatever is held by now came after the erasure. */
  readonly isRemoved: boolean;
  /** Nobody is erased: one template of several was dropped, and its bytes are to go. */
  readonly isDropped?: true;
  /** Milliseconds since 1970 at which the shelf got it first. */
  readonly since?: number;
  /** Told to the queue: the shelf has it too, until the last byte is gone. */
  readonly isNoted?: boolean;
}

export interface Life {
  readonly scope: ScopeId;
  readonly epoch: number;
  /** The group, for the receipt to name it; absent from what an older facefinder noted. */
  readonly place?: Place;
}

export function newTask(person: Person, where: Where, reason: ErasureReason): Task {
  return { id: randomUUID(), person, where, reason, done: [], isRemoved: false };
}
