import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cause, type CauseCode, causeOf } from '../cause.ts';
import { Failure } from '../failure.ts';
import type { Pending } from '../queue/pending.ts';
import type { JobHandler, Queue } from '../queue/queue.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import { sealJson, unsealJson } from '../secrets/seal.ts';

/**
 * Sends pulses. A pulse is an ask that facefinder makes itself, without a person, to find out
 * whether asks are answered. It is sealed into the queue as every ask is. A worker takes it, checks
 * whether it could do an ask, and puts the result on a shelf, where the sender of the pulse finds
 * it.
 */
export interface Pulse {
  /**
   * Sends a pulse and waits for its answer, up to {@link PULSE_PATIENCE_MS}. Gives the milliseconds
   * that this took. Undefined when no worker answered in time, or the worker could not do asks.
   */
  readonly beat: (signal: AbortSignal) => Promise<number | undefined>;
  /**
   * How many milliseconds ago the last good answer came. Before the first one, how long ago this
   * was opened.
   */
  readonly ageMs: () => number;
  /** Throws `unavailable` with the cause when no good answer has come for {@link OLD_MS}. */
  readonly check: () => Promise<void>;
  /**
   * Throws `unavailable` when the queue has had no worker for {@link WORKERLESS_MS}. That is longer
   * than a restart of a worker takes.
   */
  readonly checkWorkers: () => Promise<void>;
}

export interface PulseParts {
  readonly queue: Pick<Queue, 'add' | 'state'>;
  readonly pending: Pick<Pending, 'put' | 'take'>;
  readonly keys: Keys;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * How long a pulse waits for its answer. It is less than the time between two pulses, so that the
 * next pulse is sent in time.
 */
export const PULSE_PATIENCE_MS = 25_000;
/**
 * When the last good answer is older than this, pulses do not come back any more: another pulse was
 * sent within 30 s after it, and waited for {@link PULSE_PATIENCE_MS}. So a fault that only pulses
 * show is known within a minute.
 */
const OLD_MS = 55_000;
/** How long a queue may be without a worker. */
const WORKERLESS_MS = 30_000;
/**
 * How long an answer is kept on the shelf. If it is still there then, the pulse's sender is gone.
 */
const PULSE_KEPT_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

interface Answer {
  /** Why the worker could not do asks; absent when it could. */
  readonly failed?: CauseCode;
}

const question = (id: string) => `pulse:${id}`;
const reply = (id: string) => `pulse answer:${id}`;

/**
 * Opens the sender of pulses, for a process with listeners. Until a pulse is answered, the next one
 * has the same id, so that it is the same job and pulses do not pile up when there is no worker.
 */
export function openPulse({ queue, pending, keys, now }: PulseParts): Pulse {
  const newId = () => keyedHash(keys.lookup, 'pulse', randomUUID());
  let id = newId();
  let last = now();
  let lastManned = last;
  let failed: CauseCode | undefined;

  async function answer(signal: AbortSignal): Promise<Answer | undefined> {
    const giveUpAt = performance.now() + PULSE_PATIENCE_MS;
    for (let pause = FIRST_PAUSE_MS; performance.now() < giveUpAt; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const item = await pending.take('pulse', id, id);
      if (typeof item === 'object') return unsealJson<Answer>(keys.jobs, item.body, reply(id));
      await sleep(pause, undefined, { signal });
    }
    return undefined;
  }

  async function ask(signal: AbortSignal): Promise<Answer | undefined> {
    try {
      await queue.add({ id, kind: 'pulse', owner: id, body: sealJson(keys.jobs, {}, question(id)) });
      return await answer(signal);
    } catch (error) {
      failed = causeOf(error)?.code ?? 'no_pulse';
      throw error;
    }
  }

  return {
    async beat(signal) {
      const began = performance.now();
      const answered = await ask(signal);
      failed = answered ? answered.failed : 'no_pulse';
      if (answered) id = newId();
      if (failed) return undefined;
      last = now();
      return performance.now() - began;
    },
    ageMs: () => Math.max(0, now() - last),
    async check() {
      if (now() - last > OLD_MS) throw new Failure('unavailable', { cause: new Cause(failed ?? 'no_pulse') });
    },
    async checkWorkers() {
      const { workers } = await queue.state();
      if (workers > 0) lastManned = now();
      else if (now() - lastManned > WORKERLESS_MS) {
        throw new Failure('unavailable', { cause: new Cause('no_worker') });
      }
    },
  };
}

/**
 * Makes the worker's handler of pulses. It answers with the result of `check`. The pulse and the
 * answer are sealed, so only a worker with the same keys can answer.
 */
export function pulseHandler(
  { pending, keys, now }: Omit<PulseParts, 'queue'>,
  check: () => Promise<unknown>,
): JobHandler {
  return async ({ id, body }) => {
    unsealJson(keys.jobs, body, question(id));
    const answer = await check().then(
      (): Answer => ({}),
      (error): Answer => ({ failed: causeOf(error)?.code ?? 'no_pulse' }),
    );
    const sealed = sealJson(keys.jobs, answer, reply(id));
    await pending.put('pulse', { id, owner: id, body: sealed, expiresAt: now() + PULSE_KEPT_MS });
  };
}
