/**
 * A worker in its own process, for tests that kill it. `fork` starts it with the queue's options as
 * JSON in argv. It sends `{ started }` and `{ finished }` with a job's id, and `{ lost }` with a
 * reason. With `hold` it finishes no job before it is told to `go`.
 */
import { bullmqQueue } from '../../src/queue/bullmq.ts';

const { concurrency, hold, ...options } = JSON.parse(process.argv[2] ?? '');
const queue = bullmqQueue({
  ...options,
  onError: (cause) => console.error(cause),
  onLoss: (lost) => process.send?.({ lost }),
});
const released = Promise.withResolvers<void>();
if (!hold) released.resolve();
process.on('message', () => released.resolve());
process.once('SIGTERM', async () => {
  await queue[Symbol.asyncDispose]();
  process.disconnect();
});
for (const kind of ['ask', 'erase'] as const) {
  queue.work(kind, concurrency, async ({ id }, { signal }) => {
    process.send?.({ started: id });
    await released.promise;
    process.send?.({ finished: id, aborted: signal.aborted });
  });
}
process.send?.('ready');
