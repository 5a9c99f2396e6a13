import { atMost } from '../timing/within.ts';

/** Parts that are closed side by side, so that their times of grace do not add up. */
export interface Together {
  readonly use: <T extends AsyncDisposable>(part: T) => T;
}

/**
 * How a facefinder stops within 10 seconds, after which Docker kills: `doors`, which take work in (listeners, clocks), have a
 * head start, so that what they just took in is queued; then the `queues` close, which let running jobs finish.
 */
export interface Shutdown extends AsyncDisposable {
  readonly doors: Together;
  readonly queues: Together;
}

/** Doors and queues of which the longest are given up in the end: `headStartMs` for doors alone, `longestMs` for all the rest. */
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
