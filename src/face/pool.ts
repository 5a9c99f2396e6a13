import type { Pack } from '../../models/pack.ts';
import { Failure } from '../failure.ts';
import { repeat } from '../timing/repeat.ts';
import { openCrew } from './crew.ts';
import { type Faces, SHOWN_SIDE } from './face.ts';
import { type Child, type ChildOptions, startChild, tryChild } from './start-child.ts';

export interface PoolOptions {
  readonly pack: Pick<Pack, 'manifest' | 'files'>;
  /** How many processes see photos. Each sees one photo at a time, on one core. */
  readonly children: number;
  /**
   * A process that uses the processor longer than this for a photo, in milliseconds, is killed and
   * replaced. A new process then tries the photo again: see {@link Crew.ask}.
   */
  readonly deadlineMs?: number;
  /** A process that takes longer than this to load the pack is killed. */
  readonly birthMs?: number;
  /** Called for each process that starts or fails to start, with its kind of work. */
  readonly onStart?: (start: ChildStart) => void;
  /** How many photos may wait for a process. Further photos are refused as `busy`. */
  readonly waiting?: number;
}

export interface ChildStart {
  readonly work: 'see' | 'draw';
  readonly outcome: 'started' | 'failed';
}

/** The pause before another try to start a process. */
const BIRTH_PAUSE_MS = 250;

/**
 * For this many processes that see, there is one process that draws. To draw on a photo takes at
 * most a fifth of the time that it takes to see it.
 */
const SEEING_PER_DRAWING = 4;

/**
 * Starts the processes that see, and waits until each has loaded the pack. Other processes draw, so
 * that no photo waits for a drawing. They start with the first drawings. Rejects with `unavailable`
 * when a process that sees cannot start.
 */
export async function openFaces(options: PoolOptions): Promise<Faces> {
  const { pack, children, deadlineMs = 15_000, birthMs = 30_000, waiting = 256, onStart = () => {} } = options;
  const limits = { deadlineMs, waiting };
  const told = (work: ChildStart['work'], starting: Promise<Child>) => {
    starting.then(
      () => onStart({ work, outcome: 'started' }),
      () => onStart({ work, outcome: 'failed' }),
    );
    return starting;
  };
  const crewOf = (work: ChildStart['work'], size: number, born: ChildOptions) => ({
    start: (signal?: AbortSignal) => twice(() => told(work, startChild(born, signal)), signal),
    prove: (child: Child, signal: AbortSignal) => tryChild(child, born, signal),
    size,
    ...limits,
  });
  const see = crewOf('see', children, { pack, birthMs });
  await using stack = new AsyncDisposableStack();
  const seeing = stack.use(openCrew({ ...see, running: await startAll(see.start, children) }));
  const drawing = stack.use(openCrew(crewOf('draw', Math.ceil(children / SEEING_PER_DRAWING), { birthMs })));
  const opened = stack.move();
  return {
    async see(photo, signal) {
      const answer = await seeing.ask({ kind: 'see', photo }, signal);
      if (answer.kind !== 'seen') throw new Failure('internal');
      return answer.seen;
    },
    async heads(photo, signal) {
      const answer = await seeing.ask({ kind: 'heads', photo }, signal);
      if (answer.kind !== 'headed') throw new Failure('internal');
      return answer.heads;
    },
    async draw(photo, marks, { frame = 0, side = SHOWN_SIDE, signal } = {}) {
      const answer = await drawing.ask({ kind: 'draw', photo, marks, frame, side }, signal);
      if (answer.kind !== 'drawn') throw new Failure('internal');
      return answer.picture;
    },
    async check() {
      await Promise.all([seeing.check(), drawing.check()]);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/**
 * Checks that the pack works here: it starts one process as {@link openFaces} does, lets it see and
 * embed a drawn picture, and ends it. Rejects with `unavailable` when the process cannot do that.
 */
export async function tryFaces({ pack, birthMs = 30_000 }: Pick<PoolOptions, 'pack' | 'birthMs'>): Promise<void> {
  const child = await startChild({ pack, birthMs });
  await tryChild(child, { pack, birthMs });
  child.kill();
}

/**
 * Tries twice to start a process, because the machine may lack something for a moment. If both
 * tries fail, the crew tries again at its next job or check.
 */
async function twice(start: () => Promise<Child>, signal: AbortSignal | undefined): Promise<Child> {
  return await repeat(start, (_, attempt) => (attempt < 2 && !signal?.aborted ? BIRTH_PAUSE_MS : undefined));
}

/** Starts this many processes. When one of them fails, the others are ended. */
async function startAll(start: () => Promise<Child>, count: number): Promise<Child[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, start));
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (!failed) return running;
  for (const child of running) child.kill();
  throw failed.reason;
}
