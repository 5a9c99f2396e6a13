/**
 * The kinds of work: asks with photos, erasures, and the pulse. Each has a queue. The pulse only
 * asks whether workers are alive: it is tried once, not remembered and not counted.
 */
export type JobKind = 'ask' | 'erase' | 'pulse';

export interface Job {
  /**
   * The keyed hash of the update or erasure behind the job. A second job with this hash is the same
   * job.
   */
  readonly id: string;
  readonly kind: JobKind;
  /**
   * After this time the job is dropped, milliseconds since 1970. Undefined for work that is
   * repeated without a limit.
   */
  readonly deadline?: number;
  /** The sealed work. The queue cannot read it. */
  readonly body: string;
  /**
   * The keyed hash of the person whom the job is for. Each person has at most two asks that wait or
   * run, so that nobody keeps others waiting.
   */
  readonly owner: string;
}

/**
 * Does one job. When it throws a {@link Failure} with `again`, the job is repeated after longer and
 * longer pauses: asks a few times before their deadline, erasures without a limit. Any other error
 * ends the job. `lastTry`: no further try follows, so the handler of an ask must tell the person
 * now.
 */
export type JobHandler = (
  job: Job,
  attempt: { readonly lastTry: boolean; readonly signal: AbortSignal },
) => Promise<void>;

/**
 * Why a job ended undone. `overdue`: its turn came after its deadline. `failed`: its handler threw
 * an error that another try cannot mend. `crashed`: it ended several workers, one after the other.
 * `withdrawn`: its owner is being erased.
 */
export type Loss = 'overdue' | 'failed' | 'crashed' | 'withdrawn';

/** Hears of events that an operator's log and metrics need. */
export interface QueueListener {
  /**
   * Gets lost connections, a store's refusals (without the data that were sent), and errors of a
   * handler that are no Failure.
   */
  readonly onError?: (cause: unknown) => void;
  /**
   * Gets each job that ended undone. Its person hears of that only from the placeholder, after the
   * deadline.
   */
  readonly onLoss?: (loss: Loss, kind: JobKind) => void;
}

/** How much work waits, and how many processes do it. */
export interface QueueState {
  /** How many jobs wait for a first or further try. */
  readonly waiting: number;
  readonly running: number;
  /** How long the next ask has waited for its first try, in milliseconds; 0 when none waits. */
  readonly oldestMs: number;
  /** How many processes that handle asks gave a sign of life within the last 15 s. */
  readonly workers: number;
}

/**
 * Gives each job to a handler at least once. A job may contain only hashes, deadlines and sealed
 * bodies.
 */
export interface Queue extends AsyncDisposable {
  /**
   * Accepts a job. A handler gets it once `ready` has resolved. If `ready` rejects, this throws the
   * same. `known`: a job with this id waits, runs or has lately ended, and nothing was added.
   * @throws `busy` when the queue is full; `rate_limited` when this owner has two asks that wait to
   * start or run; `unavailable` when the queue cannot be reached
   */
  add(job: Job, ready?: Promise<unknown>): Promise<'added' | 'known'>;
  /**
   * Removes the owner's asks that are not running, and gives their number. An ask that runs goes
   * on, but its epoch makes it void. Erasures stay.
   */
  dropOwned(owner: string): Promise<number>;
  /**
   * How many asks come before this one: those that run, and those whose turn is earlier. Undefined
   * when its turn has come, and for an unknown job.
   */
  ahead(id: string): Promise<number | undefined>;
  /** Starts to handle jobs of `kind`, at most `concurrency` at once. Call it once for each kind. */
  work(kind: JobKind, concurrency: number, handler: JobHandler): void;
  /** The state for metrics, readiness and doctor, in one round trip. */
  state(): Promise<QueueState>;
  /**
   * Throws `unavailable` with the cause when jobs cannot be accepted now, or this machine's clock
   * is wrong.
   */
  check(): Promise<void>;
  /**
   * Milliseconds since 1970, by the clock that all processes of this queue share. Deadlines are set
   * and compared by it. It may be wrong by the time of a round trip.
   */
  now(): number;
  /**
   * Takes no more jobs, waits 6 seconds for running ones, and gives the others back to the queue.
   */
  [Symbol.asyncDispose](): Promise<void>;
}
