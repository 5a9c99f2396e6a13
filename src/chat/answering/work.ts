import type { Faces } from '../../face/face.ts';
import type { Queue } from '../../queue/queue.ts';
import type { Flow } from '../flow.ts';
import { executor } from './execute.ts';

/**
 * Jobs at once for each child. While it sees one photo, others are fetched, searched for, drawn and
 * answered.
 */
const JOBS_PER_WORKER = 4;

/**
 * Erasures at once. Each waits until its bytes have left the disk, perhaps a minute. Waiting at the
 * same time, they share that minute. One by one, later people would stay findable for long.
 */
const ERASURES = 20;

/** Starts working on queued jobs, with `workers` children. */
export function work(queue: Queue, flow: Flow, faces: Faces, workers: number): void {
  queue.work('ask', workers * JOBS_PER_WORKER, executor(flow, faces));
  queue.work('erase', ERASURES, flow.eraser.handler);
}
