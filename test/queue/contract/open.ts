import type { Queue, QueueListener } from '../../../src/queue/queue.ts';
import type { QueueRules } from '../../../src/queue/rules.ts';

/** Gives a new queue that shares nothing with earlier ones. */
export type OpenQueue = (rules: Partial<QueueRules>, listener?: QueueListener) => Queue | Promise<Queue>;

/** Short enough to wait for, long enough to differ from "at once". */
export const QUICK: Partial<QueueRules> = { firstDelayMs: 20, longestDelayMs: 40 };
