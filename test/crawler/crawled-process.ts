/**
 * Preloaded into the program that is crawled (`node --import`). It replaces the nets, unless
 * CRAWL_NETS is `real`, and tells the crawler how many jobs are left. It can kill the program, see
 * killed-process.ts.
 */
import '../e2e/killed-process.ts';
import { registerHooks } from 'node:module';
import type { PoolOptions } from '../../src/face/pool.ts';
import { embeddedQueue as realQueue } from '../../src/queue/embedded/queue.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { dealtFaces } from './faces.ts';

const here = import.meta.url;
const source = (path: string) => new URL(`../../src/${path}`, here).href;
const app = source('app.ts');
const replaced = new Set([
  source('queue/embedded/queue.ts'),
  ...(process.env.CRAWL_NETS === 'real' ? [] : [source('face/pool.ts')]),
]);

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return context.parentURL === app && replaced.has(found.url) ? { ...found, url: here } : found;
  },
});

const queues: Queue[] = [];

/** Replaces the real queue. It does the same, and counts the jobs that are left. */
export function embeddedQueue(options: Parameters<typeof realQueue>[0]): Queue {
  const queue = realQueue(options);
  queues.push(queue);
  return queue;
}

/** Replaces the pool of children with nets. A photo itself says which faces it shows. */
export async function openFaces({ pack }: PoolOptions) {
  return dealtFaces(pack.manifest.embedder.dims);
}

process.on('message', async (asked) => {
  if (asked !== 'left?') return;
  const states = await Promise.all(queues.map((queue) => queue.state()));
  process.send?.({ left: states.reduce((sum, { waiting, running }) => sum + waiting + running, 0) });
});
process.channel?.unref();
