/**
 * The kinds of jobs: asks with photos, erasures, and pulses. Jobs of one kind do not wait for jobs
 * of another. A pulse only finds out whether workers are alive. It is tried once, and the queue
 * neither remembers it nor counts it.
 */
export type JobKind = 'ask' | 'erase' | 'pulse';

export interface Job {
  /**
   * The keyed hash of the update or erasure for which the job was made. Two jobs with the same id
   * are the same job.
   */
  readonly id: string;
  readonly kind: JobKind;
  /**
   * From this time on the job is not tried any more, milliseconds since 1970. Undefined for a job
   * that has no such time, as an erasure.
   */
  readonly deadline?: number;
  /** The sealed work. The queue cannot read it. */
  readonly body: string;
  /**
   * The keyed hash of the person whom the job is for. Only a few asks of a person may run or wait
   * for their first start, so that nobody fills the queue alone.
   */
  readonly owner: string;
}

/**
 * Does one job. When the handler throws a {@link Failure} with `again`, the job is tried again
 * after a pause, which grows with each try: an ask a few times before its deadline, an erasure
 * without a limit. Any other error ends the job. `lastTry`: no further try follows, so the handler
 * of an ask must tell the person about a failure.
 */
export type JobHandler = (
  job: Job,
  attempt: { readonly lastTry: boolean; readonly signal: AbortSignal },
) => Promise<void>;

/**
 * Why a job ended undone. `overdue`: its turn came after its deadline. `failed`: its handler threw
 * an error, and no further try follows. `crashed`: the workers that tried it died, one after the
 * other. `withdrawn`: it was removed, because its owner is being erased.
 */
export type Loss = 'overdue' | 'failed' | 'crashed' | 'withdrawn';

/** Hears of events that an operator's log and metrics need. */
export interface QueueListener {
  /**
   * Gets lost connections, a store's refusals (without the data that were sent), and each error of
   * a handler that is no Failure.
   */
  readonly onError?: (cause: unknown) => void;
  /**
   * Gets the reason and kind of each job that ended undone. The queue tells the job's person
   * nothing. After the deadline of an ask, its placeholder says that the ask has expired.
   */
  readonly onLoss?: (loss: Loss, kind: JobKind) => void;
}

/** How many jobs wait and run, and how many processes handle them. Pulses do not count. */
export interface QueueState {
  /** How many jobs wait for a first or further try. */
  readonly waiting: number;
  readonly running: number;
  /** How long the next ask has waited for its first try, in milliseconds; 0 when none waits. */
  readonly oldestMs: number;
  /** How many processes handle asks, by their signs of life in the last 15 s. */
  readonly workers: number;
}

/**
 * Gives each job to a handler at least once. A job may contain only hashes, deadlines and sealed
 * bodies.
 */
export interface Queue extends AsyncDisposable {
  /**
   * Adds a job. A handler gets it once `ready` has resolved. If `ready` rejects, nothing is added
   * and this throws the same error. `known`: a job with this id waits, runs or has lately ended,
   * and nothing was added.
   * @throws `busy` when the queue is full; `rate_limited` when too many asks of this owner run or
   * wait for their first start (`maxPerOwner` in `rules.ts`); `unavailable` when the queue cannot
   * be reached
   */
  add(job: Job, ready?: Promise<unknown>): Promise<'added' | 'known'>;
  /**
   * Removes the owner's asks that are not running, and gives their number. An ask that is running
   * goes on, but changes nothing more about its person, whose epoch the erasure has raised.
   * Erasures stay.
   */
  dropOwned(owner: string): Promise<number>;
  /**
   * How many asks come before the ask with this id: those that run, and those whose turn is
   * earlier. Undefined when the ask no longer waits, and for an unknown id.
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
   * The time, milliseconds since 1970, by the clock that all processes of this queue share.
   * Deadlines are set and compared by this clock. It may be off by as much as one round trip to
   * that clock takes.
   */
  now(): number;
  /**
   * Starts no more jobs, and waits for running jobs ({@link QueueRules.graceMs}). Jobs that still
   * run then are aborted, and go back to the queue if it survives this process.
   */
  [Symbol.asyncDispose](): Promise<void>;
}
