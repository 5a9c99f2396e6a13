import type { Faces } from '../../face/face.ts';
import type { Queue } from '../../queue/queue.ts';
import type { Flow } from '../flow.ts';
import { executor } from './execute.ts';

/**
 * How many jobs are worked on at once for each child. While the child looks at the photo of one
 * job, the others fetch photos, search the gallery and answer.
 */
const JOBS_PER_WORKER = 4;

/**
 * How many erasures run at once. Each waits until its bytes have left the disk, perhaps for a
 * minute. Erasures that run together share that minute. If they ran one after the other, the last
 * people would stay findable for long.
 */
const ERASURES = 20;

/** Starts working on queued jobs. `children`: how many processes look at photos. */
export function work(queue: Queue, flow: Flow, faces: Faces, children: number): void {
  queue.work('ask', children * JOBS_PER_WORKER, executor(flow, faces));
  queue.work('erase', ERASURES, flow.eraser.handler);
}
