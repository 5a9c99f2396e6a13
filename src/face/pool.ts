import type { Pack } from '../../models/pack.ts';
import { Failure } from '../failure.ts';
import { openCrew } from './crew.ts';
import type { Faces } from './face.ts';
import { startWorker, type Worker } from './worker.ts';

export interface PoolOptions {
  readonly pack: Pick<Pack, 'manifest' | 'files'>;
  /** Processes that see, each working on one photo on one core. */
  readonly workers: number;
  /** A photo that takes longer is `image_unreadable`, and its process is replaced. */
  readonly deadlineMs?: number;
  /** A process that has not loaded the pack by then is given up. */
  readonly birthMs?: number;
  /** Told of each process that was to start: for what work, and whether it did. */
  readonly onStart?: (start: ChildStart) => void;
  /** Photos that may wait for a process; more are `busy`. */
  readonly waiting?: number;
}

export interface ChildStart {
  readonly work: 'see' | 'draw';
  readonly outcome: 'started' | 'failed';
}

/** To draw a photo takes a fifth of the time that it takes to see it, or less. */
const SEEING_PER_DRAWING = 4;

/**
 * Starts the processes that see and waits until each has loaded the pack; those that draw start with the first drawing, and
 * no photo waits to be seen for another's drawing. Rejects with `unavailable` when a process cannot start.
 */
export async function openFaces(options: PoolOptions): Promise<Faces> {
  const { pack, workers, deadlineMs = 15_000, birthMs = 30_000, waiting = 256, onStart = () => {} } = options;
  const limits = { deadlineMs, waiting };
  const told = (work: ChildStart['work'], starting: Promise<Worker>) => {
    starting.then(
      () => onStart({ work, outcome: 'started' }),
      () => onStart({ work, outcome: 'failed' }),
    );
    return starting;
  };
  const start = () => told('see', startWorker({ pack, birthMs }));
  const startDrawing = () => told('draw', startWorker({ birthMs }));
  await using stack = new AsyncDisposableStack();
  const seeing = stack.use(openCrew({ start, size: workers, running: await startAll(start, workers), ...limits }));
  const drawing = stack.use(
    openCrew({ start: startDrawing, size: Math.ceil(workers / SEEING_PER_DRAWING), ...limits }),
  );
  const opened = stack.move();
  return {
    async see(photo, signal) {
      const answer = await seeing.ask({ kind: 'see', photo }, signal);
      if (answer.kind !== 'seen') throw new Failure('internal');
      return answer.seen;
    },
    async draw(photo, marks, signal) {
      const answer = await drawing.ask({ kind: 'draw', photo, marks }, signal);
      if (answer.kind !== 'drawn') throw new Failure('internal');
      return answer.picture;
    },
    async check() {
      await Promise.all([seeing.check(), drawing.check()]);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Starts one process as {@link openFaces} does and lets it see and embed a drawn picture. Rejects with `unavailable` as that does. */
export async function tryFaces({ pack, birthMs = 30_000 }: Pick<PoolOptions, 'pack' | 'birthMs'>): Promise<void> {
  const worker = await startWorker({ pack, birthMs });
  const hangs = setTimeout(() => worker.kill(), birthMs);
  try {
    await worker.ask({ kind: 'try', pack });
  } finally {
    clearTimeout(hangs);
    worker.kill();
  }
}

/** All of them, or none. */
async function startAll(start: () => Promise<Worker>, count: number): Promise<Worker[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, start));
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (!failed) return running;
  for (const worker of running) worker.kill();
  throw failed.reason;
}
