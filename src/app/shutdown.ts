import { atMost } from '../timing/within.ts';

/** Parts that close at the same time, so that their grace periods do not add up. */
export interface Together {
  readonly use: <T extends AsyncDisposable>(part: T) => T;
}

/**
 * Stops a facefinder within 10 seconds, after which Docker kills it. `doors` (listeners, clocks)
 * close first, so that what they have just received is queued. Then the `queues` close, which let
 * running jobs finish.
 */
export interface Shutdown extends AsyncDisposable {
  readonly doors: Together;
  readonly queues: Together;
}

/**
 * The queues begin to close when all doors are closed, or after `headStartMs`. A part that is not
 * closed after another `longestMs` is given up.
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
