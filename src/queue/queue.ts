/**
 * One queue per kind of work: asks with photos, erasures, and the pulse. The pulse only asks for a
 * sign of life: it is tried once, not remembered and not counted.
 */
export type JobKind = 'ask' | 'erase' | 'pulse';

export interface Job {
  /** Keyed hash of what caused the job. While it is known, the same cause is the same job. */
  readonly id: string;
  readonly kind: JobKind;
  /**
   * The time after which the job is dropped, milliseconds since 1970. Undefined for work that is
   * repeated without bound.
   */
  readonly deadline?: number;
  /** Sealed; the queue cannot read it. */
  readonly body: string;
  /**
   * Keyed hash of the person the job is for. Each person has at most two asks that wait or run, so
   * that nobody blocks the others.
   */
  readonly owner: string;
}

/**
 * Does one job. A {@link Failure} with `again` is repeated with exponential back-off: asks a
 * bounded number of times before their deadline, erasures without bound. Any other error ends the
 * job. `lastTry` says that no further try follows, so an ask's handler must tell the person now.
 */
export type JobHandler = (
  job: Job,
  attempt: { readonly lastTry: boolean; readonly signal: AbortSignal },
) => Promise<void>;

/**
 * Why a job ended undone: `overdue` (its turn came after its deadline), `failed` (its handler threw
 * what another try cannot mend), `crashed` (it ended several workers, one after the other) or
 * `withdrawn` (its owner wants to be forgotten).
 */
export type Loss = 'overdue' | 'failed' | 'crashed' | 'withdrawn';

/** Receives what an operator's log and metrics need. */
export interface QueueListener {
  /**
   * Receives lost connections, a store's refusals (without what was sent), and what a handler
   * throws that is no Failure.
   */
  readonly onError?: (cause: unknown) => void;
  /**
   * Receives each job that ended undone. Its person learns of it only from the placeholder, after
   * the deadline.
   */
  readonly onLoss?: (loss: Loss, kind: JobKind) => void;
}

/** The work that waits, and the processes that do it. */
export interface QueueState {
  /** Jobs that wait for a first or further try. */
  readonly waiting: number;
  readonly running: number;
  /** How long the next ask has waited for its first try, in milliseconds; 0 when none waits. */
  readonly oldestMs: number;
  /** Processes that handle asks and gave a sign of life within the last 15 s. */
  readonly workers: number;
}

/**
 * Hands each job to a handler at least once. It may contain only hashes, deadlines and sealed
 * bodies.
 */
export interface Queue extends AsyncDisposable {
  /**
   * Accepts a job, and hands it out once `ready` has resolved. A rejection of `ready` is thrown
   * here. `known`: a job with this id waits, runs or has lately ended, and nothing was added.
   * @throws `busy` when the queue is full; `rate_limited` when this owner has two asks that wait to
   * start or run; `unavailable` when the queue cannot be reached
   */
  add(job: Job, ready?: Promise<unknown>): Promise<'added' | 'known'>;
  /**
   * Removes the owner's asks that are not running, and gives their number. A running ask finishes,
   * but its epoch makes it void. Erasures stay.
   */
  dropOwned(owner: string): Promise<number>;
  /**
   * The number of asks before this one: those that run, and those whose turn is earlier. Undefined
   * once its turn came, and for an unknown job.
   */
  ahead(id: string): Promise<number | undefined>;
  /** Starts handling jobs of `kind`, at most `concurrency` at once. Called once per kind. */
  work(kind: JobKind, concurrency: number, handler: JobHandler): void;
  /** For metrics, readiness and doctor, in one round trip. */
  state(): Promise<QueueState>;
  /**
   * Throws `unavailable` with the cause when jobs cannot be accepted now, or this machine's clock
   * is wrong.
   */
  check(): Promise<void>;
  /**
   * Milliseconds since 1970 by the clock that all processes of this queue share. Deadlines are set
   * and compared by it. It is as exact as a round trip.
   */
  now(): number;
  /** Takes no more jobs, gives running ones 6 seconds, and returns the rest to the queue. */
  [Symbol.asyncDispose](): Promise<void>;
}
