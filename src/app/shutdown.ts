import { atMost } from '../timing/within.ts';

/** Parts that close at the same time. So the times that they may take do not add up. */
export interface Together {
  readonly use: <T extends AsyncDisposable>(part: T) => T;
}

/**
 * Stops a facefinder within 10 seconds, because Docker kills it after that. First the `doors` close
 * (listeners, clocks), so that everything they have received is queued. Then the `queues` close,
 * which let running jobs finish.
 */
export interface Shutdown extends AsyncDisposable {
  readonly doors: Together;
  readonly queues: Together;
}

/**
 * Begins to close the queues when all doors are closed, or after `headStartMs`. After another
 * `longestMs` it no longer waits for parts that are not closed.
 */
export function openShutdown({ headStartMs = 1_000, longestMs = 7_000 } = {}): Shutdown {
  const doors: AsyncDisposable[] = [];
  const queues: AsyncDisposable[] = [];
  return {
    doors: collecting(doors),
    queues: collecting(queues),
    async [Symbol.asyncDispose]() {
      const shut = Promise.allSettled(doors.map(close));
      await atMost(headStartMs, shut);
      const all = Promise.all([shut, Promise.allSettled(queues.map(close))]);
      const ended = (await atMost(longestMs, all)) ?? [];
      const failed = ended.flat().find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}

function collecting(parts: AsyncDisposable[]): Together {
  return {
    use(part) {
      parts.push(part);
      return part;
    },
  };
}

async function close(part: AsyncDisposable): Promise<void> {
  await part[Symbol.asyncDispose]();
}
