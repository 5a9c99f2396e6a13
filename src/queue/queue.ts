/**
 * One queue per kind of work: asks with photos, the house's own work (erasures, sweeps), and the pulse, which asks for nothing but a
 * sign of life: it is tried once, remembered never, and counted nowhere.
 */
export type JobKind = 'ask' | 'erase' | 'pulse';

export interface Job {
  /** Keyed hash of what caused the job: the same cause is the same job, at any time while it is known. */
  readonly id: string;
  readonly kind: JobKind;
  /** Milliseconds since 1970 after which the job is dropped; undefined for work that is repeated without bound. */
  readonly deadline?: number;
  /** Sealed; the queue cannot read it. */
  readonly body: string;
  /** Keyed hash of whom the job is for: at most two asks each that wait or are under way, so that nobody starves the others. */
  readonly owner: string;
}

/**
 * Does one job. Returns nothing. A {@link Failure} with `again` is repeated with exponential back-off: asks a bounded
 * number of times and not past the deadline, erasures without bound. Anything else thrown ends the job; `lastTry` tells an
 * ask's handler that no repetition follows, so that it must tell the person now.
 */
export type JobHandler = (
  job: Job,
  attempt: { readonly lastTry: boolean; readonly signal: AbortSignal },
) => Promise<void>;

/**
 * Why a job ended that was not done: `overdue` (its turn came after its deadline), `failed` (its handler threw what no further try
 * mends), `crashed` (it took down one worker after the other) or `withdrawn` (its owner wants to be forgotten).
 */
export type Loss = 'overdue' | 'failed' | 'crashed' | 'withdrawn';

/** What a queue tells an operator's log and metrics. */
export interface QueueListener {
  /** Told of connections lost, of what a store refuses (without what was sent), and of what a handler throws that is no Failure. */
  readonly onError?: (cause: unknown) => void;
  /** Told of each job that ended undone: nobody else hears of it. An ask's person does from its placeholder, past the deadline. */
  readonly onLoss?: (loss: Loss, kind: JobKind) => void;
}

/** How much there is to do, and who is there to do it. */
export interface QueueState {
  /** Jobs that wait for a try, the first or a further one. */
  readonly waiting: number;
  readonly running: number;
  /** For how long the ask has waited that is next for its first try, in milliseconds; 0 when none waits. */
  readonly oldestMs: number;
  /** Processes that work on asks and gave a sign of life within the last 15 s. */
  readonly workers: number;
}

/**
 * Hands jobs to handlers, at least once each. Nothing but hashes, deadlines and sealed bodies may be seen in it.
 */
export interface Queue extends AsyncDisposable {
  /**
   * Accepts a job, and hands it out once `ready` has resolved; what that fails with this throws. `known`: a job of this id is waiting or running or was done lately; nothing was added.
   * `busy` when the queue is full; `rate_limited` when two asks of this owner wait to be started or are under way;
   * `unavailable` when it cannot be reached.
   */
  add(job: Job, ready?: Promise<unknown>): Promise<'added' | 'known'>;
  /** Removes the owner's asks that are not under way (such a one finishes and is void by its epoch); erasures stay. Returns how many. */
  dropOwned(owner: string): Promise<number>;
  /**
   * How many asks come before this one: those under way, and those that wait and whose turn is earlier. Undefined once its turn came, and
   * for a job that is not known.
   */
  ahead(id: string): Promise<number | undefined>;
  /** Starts handling jobs of `kind`, at most `concurrency` at once; called once per kind. */
  work(kind: JobKind, concurrency: number, handler: JobHandler): void;
  /** For metrics, readiness and doctor: in one round trip. */
  state(): Promise<QueueState>;
  /** Throws `unavailable` with the cause when jobs could not be accepted now, or this machine's clock is wrong. */
  check(): Promise<void>;
  /**
   * Milliseconds since 1970 by the clock that all processes of this queue have in common: deadlines are made and compared by it.
   * As exact as a round trip.
   */
  now(): number;
  /** Stops taking jobs, gives running ones 6 seconds, returns the rest to the queue. */
  [Symbol.asyncDispose](): Promise<void>;
}
