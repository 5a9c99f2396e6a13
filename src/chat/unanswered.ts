import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Loss } from '../queue/queue.ts';

/** Why an ask ended and its person got no answer to it: lost by the queue, too late, not taken by the platform, or never taken in. */
export const UNANSWERED = [
  'overdue',
  'failed',
  'crashed',
  'withdrawn',
  'late',
  'undeliverable',
  'unheard',
] as const satisfies readonly (Loss | 'late' | 'undeliverable' | 'unheard')[];

export type Unanswered = (typeof UNANSWERED)[number];

/** The one way in which an ask ends without an answer: it is counted and logged. */
export function unanswered({ log, metrics }: { readonly log: Log; readonly metrics: Metrics }, why: Unanswered): void {
  metrics.dropped(why);
  // That somebody wants to be forgotten is nobody's fault.
  log[why === 'withdrawn' ? 'info' : 'warn']('ask ended without an answer', { why });
}
