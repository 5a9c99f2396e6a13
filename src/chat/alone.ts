import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pending } from '../queue/pending.ts';

/**
 * Whoever takes an update in is given so long. Then they are taken for dead, and another delivery of
 * it is done: longer than anything takes that is answered at once.
 */
const TAKEN_MS = 30_000;

/** How often it is asked whether another delivery of the same update is done. */
const POLLED_MS = 200;

/** Taking an update in, by one of all bots at a time. */
export interface Alone {
  /** Resolves once no other delivery of the update is being taken in. Fails as {@link Pending} says. */
  begin(id: string): Promise<Begun>;
  /** Whether a delivery of it is being taken in now. Fails as {@link Pending} says. */
  isTaken(id: string): Promise<boolean>;
  /** Lets go of all that is being taken in: whoever did is no more. Fails as {@link Pending} says. */
  clear(): Promise<void>;
}

export interface Begun {
  /** Another delivery was being taken in: it may have been answered meanwhile. */
  readonly hasWaited: boolean;
  /** Lets the next delivery begin. */
  readonly end: () => Promise<void>;
}

/** Kept on a shelf of `pending`. */
export function aloneOn(pending: Pending, now: () => number): Alone {
  return {
    async begin(id) {
      const owner = randomUUID();
      const take = () => pending.add('taken', { id, owner, body: '', expiresAt: now() + TAKEN_MS });
      const end = async () => {
        await pending.take('taken', id, owner);
      };
      if (await take()) return { hasWaited: false, end };
      do await sleep(POLLED_MS);
      while (!(await take()));
      return { hasWaited: true, end };
    },
    isTaken: async (id) => (await pending.read('taken', id)) !== undefined,
    async clear() {
      for (const { id } of await pending.list('taken')) await pending.drop('taken', id);
    },
  };
}
