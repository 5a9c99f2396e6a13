import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Loss } from '../../queue/queue.ts';

/**
 * Why an ask ended without an answer. The queue lost it, it was too late, the platform did not
 * accept the answer or a damaged item no longer says where it belongs, or the ask was never taken
 * in.
 */
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

/** Every ask without an answer ends here: it is counted and logged. */
export function unanswered({ log, metrics }: { readonly log: Log; readonly metrics: Metrics }, why: Unanswered): void {
  metrics.dropped(why);
  // Nothing is wrong when a person withdraws.
  log[why === 'withdrawn' ? 'info' : 'warn']('ask ended without an answer', { why });
}
