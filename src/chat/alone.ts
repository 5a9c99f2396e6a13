import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pending } from '../queue/pending.ts';

/**
 * How long a bot may take to process an update. After that the bot counts as dead, and another
 * delivery of the update begins. No immediate answer takes this long.
 */
const TAKEN_MS = 30_000;

/** How often to check whether another delivery of the same update is done. */
const POLLED_MS = 200;

/** Lets only one bot at a time process an update. */
export interface Alone {
  /**
   * Resolves once no other delivery of the update is being processed. Fails as {@link Pending}
   * says.
   */
  begin(id: string): Promise<Begun>;
  /** Whether a delivery of this update is being processed now. Fails as {@link Pending} says. */
  isTaken(id: string): Promise<boolean>;
  /**
   * Lets the next delivery of every update begin. The program calls it when it starts, once no
   * other process works any more. Fails as {@link Pending} says.
   */
  clear(): Promise<void>;
}

export interface Begun {
  /**
   * Whether this delivery had to wait for another one. The other one may have answered the update.
   */
  readonly hasWaited: boolean;
  /** Lets the next delivery begin. */
  readonly end: () => Promise<void>;
}

/** Keeps a note of each update that is being processed, on a shelf of `pending`. */
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
