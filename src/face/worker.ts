import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Pack } from '../../models/pack.ts';
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

/** Starts a process and loads the pack in it; without a pack it can only draw. Rejects with `unavailable` when that fails. */
export async function startWorker(pack?: Pick<Pack, 'manifest' | 'files'>): Promise<Worker> {
  const child = fork(join(import.meta.dirname, 'child.ts'), {
    serialization: 'advanced',
    execArgv: [],
    // The decoder meets hostile bytes: it gets no token, no key, nothing of the parent's environment.
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
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
      throw new Failure(answer.code, { details: answer.details, cause: new Error(answer.reason) });
    },
    kill() {
      ended = true;
      child.kill('SIGKILL');
    },
    get ended() {
      return ended;
    },
  };
  try {
    await worker.ask({ kind: 'open', pack });
    return worker;
  } catch (cause) {
    worker.kill();
    throw new Failure('unavailable', { cause });
  }
}
