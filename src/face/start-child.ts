import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Pack } from '../../models/pack.ts';
import { Cause, causeOf } from '../cause.ts';
import { Failure } from '../failure.ts';
import { processorMs } from '../timing/processor.ts';
import { type Answer, BEGUN, type Job } from './wire.ts';

/** A process that does one job at a time and can be killed in the middle of it. */
export interface Child {
  /**
   * Sends a job and resolves with the answer. Rejects with the job's Failure, or with
   * {@link ChildLost} when the process cannot be reached, or ends before it answers.
   */
  ask(job: Job): Promise<Answer>;
  /** Ends the process at once. */
  kill(): void;
  /** Whether the process has ended or was killed, so that it answers no more. */
  readonly ended: boolean;
  /** The processor time that the process has used so far; see {@link processorMs}. */
  usedMs(): Promise<number | undefined>;
  /**
   * Whether no photo was sent to the process yet. If the process ends at its first photo, no
   * earlier photo can be the reason.
   */
  readonly fresh: boolean;
}

/** The error of a job whose process ended, whether the photo, the machine or a kill ended it. */
export class ChildLost extends Error {
  override readonly name = 'ChildLost';
  /**
   * Whether the photo may be the reason. It cannot be when the process had not received the whole
   * job, or hung without using the processor.
   */
  readonly mayBlamePhoto: boolean;

  constructor(mayBlamePhoto: boolean, cause: unknown) {
    super('a process for photos is lost', { cause });
    this.mayBlamePhoto = mayBlamePhoto;
  }
}

export interface ChildOptions {
  /** The pack that the process loads. Without one it can only draw. */
  readonly pack?: Pick<Pack, 'manifest' | 'files'>;
  /** A process that takes longer than this to load its pack is killed. */
  readonly birthMs: number;
}

/**
 * Starts a process and loads the pack in it. Rejects with `unavailable` and the Cause when that
 * fails or takes too long, or when `signal` aborts.
 */
export async function startChild({ pack, birthMs }: ChildOptions, signal?: AbortSignal): Promise<Child> {
  const child = childOver(await born());
  await timed(child, { kind: 'open', pack }, birthMs, signal);
  return child;
}

/**
 * Lets a process do its work on a drawn picture. If it cannot, this kills it and rejects with
 * `unavailable` and the Cause.
 */
export async function tryChild(child: Child, { pack, birthMs }: ChildOptions, signal?: AbortSignal): Promise<void> {
  await timed(child, { kind: 'try', pack }, birthMs, signal);
}

/**
 * Runs a job without a photo of people, so that a failure comes from the machine. If the process
 * ends, fails or takes longer than `ms`, this kills it and rejects with `unavailable`.
 */
async function timed(child: Child, job: Job, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    child.kill();
  }, ms);
  const kill = () => child.kill();
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) kill();
  try {
    await child.ask(job);
  } catch (cause) {
    child.kill();
    const known = causeOf(cause) ?? new Cause(isLate ? 'child_hangs' : 'child_ends', { cause });
    throw new Failure('unavailable', { cause: known });
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', kill);
  }
}

async function born(): Promise<ChildProcess> {
  try {
    const child = fork(join(import.meta.dirname, 'child.ts'), {
      serialization: 'advanced',
      execArgv: [],
      // The process decodes hostile bytes. So it gets nothing of the parent's environment, which
      // has tokens and keys.
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // When the system has no file handle or process left, `fork` gives a child that never spawns
    // and emits an error. `once` then rejects with that error.
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw new Failure('unavailable', { cause: unborn(cause) });
  }
}

function childOver(child: ChildProcess): Child {
  let ended = false;
  let begun = false;
  let fresh = true;
  let settle: PromiseWithResolvers<Answer> | undefined;
  const kill = () => {
    ended = true;
    child.kill('SIGKILL');
  };
  const end = (cause: Error) => {
    // A process that cannot be reached may still be running, so it is killed.
    if (!ended) kill();
    settle?.reject(new ChildLost(begun, cause));
  };
  child.on('message', (message) => {
    if (message === BEGUN) begun = true;
    else settle?.resolve(message as Answer);
  });
  child.on('error', end);
  child.on('exit', (code, signal) => end(new Error(`the photo's process ended (${signal ?? code})`)));

  return {
    async ask(job) {
      const waiting = Promise.withResolvers<Answer>();
      settle = waiting;
      begun = false;
      if ('photo' in job) fresh = false;
      tell(child, job, end);
      const answer = await waiting.promise;
      if (answer.kind !== 'failed') return answer;
      const { missing, reason } = answer;
      const cause = missing === undefined ? new Error(reason) : new Cause('native_missing', { where: missing });
      throw new Failure(answer.code, { details: answer.details, cause });
    },
    kill,
    usedMs: async () => (child.pid === undefined ? undefined : await processorMs(child.pid)),
    get ended() {
      return ended;
    },
    get fresh() {
      return fresh;
    },
  };
}

/** Sends a job. If that is not possible, `failed` is called, as if the process had ended. */
function tell(child: ChildProcess, job: Job, failed: (cause: Error) => void): void {
  try {
    child.send(job, (error) => error && failed(error));
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)));
  }
}

/** The Cause for an error with which the system refused to start a process. */
function unborn(error: unknown): Cause {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isFull = code === 'EMFILE' || code === 'ENFILE';
  return new Cause(isFull ? 'files_used_up' : 'child_refused', { cause: error });
}
