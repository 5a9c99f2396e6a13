import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Pack } from '../../models/pack.ts';
import { Cause, causeOf } from '../cause.ts';
import { Failure } from '../failure.ts';
import { type Answer, BEGUN, type Job } from './wire.ts';

/** A process that does one job at a time and can be killed in the middle of it. */
export interface Worker {
  /**
   * Rejects with the job's Failure; with `image_unreadable` when the process died or was killed over it; with
   * `unavailable` when it was dead before, unnoticed, and the job did not reach it.
   */
  ask(job: Job): Promise<Answer>;
  /** Ends the process at once, whatever it does. */
  kill(): void;
  /** Whether it has ended: it will answer nothing any more. */
  readonly ended: boolean;
}

export interface WorkerOptions {
  /** Without a pack it can only draw. */
  readonly pack?: Pick<Pack, 'manifest' | 'files'>;
  /** A process that has not loaded its pack by then is given up. */
  readonly birthMs: number;
}

/** Starts a process and loads the pack in it. Rejects with `unavailable` and the Cause when that fails or takes too long. */
export async function startWorker({ pack, birthMs }: WorkerOptions): Promise<Worker> {
  const child = fork(join(import.meta.dirname, 'child.ts'), {
    serialization: 'advanced',
    execArgv: [],
    // The decoder meets hostile bytes: it gets no token, no key, nothing of the parent's environment.
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Where the machine has no file or no process left, Node makes half a child, which can be neither told anything nor killed.
  await once(child, 'spawn').catch((cause) => Promise.reject(new Failure('unavailable', { cause: unborn(cause) })));
  let ended = false;
  let reached = false;
  let settle: PromiseWithResolvers<Answer> | undefined;
  child.on('message', (message) => {
    if (message === BEGUN) reached = true;
    else settle?.resolve(message as Answer);
  });
  const end = (cause: Error) => {
    ended = true;
    settle?.reject(new Failure(reached ? 'image_unreadable' : 'unavailable', { cause }));
  };
  child.on('error', end);
  child.on('exit', (code, signal) => end(new Error(`the photo's process ended (${signal ?? code})`)));

  const worker: Worker = {
    async ask(job) {
      settle = Promise.withResolvers<Answer>();
      reached = false;
      child.send(job, (error) => error && end(error));
      const answer = await settle.promise;
      if (answer.kind !== 'failed') return answer;
      const { missing, reason } = answer;
      const cause = missing === undefined ? new Error(reason) : new Cause('native_missing', { where: missing });
      throw new Failure(answer.code, { details: answer.details, cause });
    },
    kill() {
      ended = true;
      child.kill('SIGKILL');
    },
    get ended() {
      return ended;
    },
  };
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    worker.kill();
  }, birthMs);
  try {
    await worker.ask({ kind: 'open', pack });
    return worker;
  } catch (cause) {
    worker.kill();
    const known = causeOf(cause) ?? new Cause(isLate ? 'child_hangs' : 'child_ends', { cause });
    throw new Failure('unavailable', { cause: known });
  } finally {
    clearTimeout(late);
  }
}

/** Why the system made no process. */
function unborn(error: unknown): Cause {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isFull = code === 'EMFILE' || code === 'ENFILE';
  return new Cause(isFull ? 'files_used_up' : 'child_refused', { cause: error });
}
