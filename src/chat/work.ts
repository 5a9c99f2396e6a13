import type { Faces } from '../face/face.ts';
import type { Queue } from '../queue/queue.ts';
import { executor } from './execute.ts';
import type { Flow } from './flow.ts';

/** Jobs under way for each process that sees photos: while it sees one, others are fetched, searched for, drawn and answered. */
const JOBS_PER_WORKER = 4;

/**
 * Erasures under way at once. Each waits until its bytes have left the disk, for a minute perhaps, and all that wait share that:
 * one by one they would keep people findable who asked later.
 */
const ERASURES = 20;

/** Starts working on what the queue holds, with `workers` processes that see photos. */
export function work(queue: Queue, flow: Flow, faces: Faces, workers: number): void {
  queue.work('ask', workers * JOBS_PER_WORKER, executor(flow, faces));
  queue.work('erase', ERASURES, flow.eraser.handler);
}
