import type { Reply } from '../../src/chat/reply.ts';

/** What was shown after a deed. */
export interface Told {
  /** Whether a limit refused the deed. It may still be done in part. */
  readonly isRefused: boolean;
  readonly receipts: readonly string[];
  /** The people whom the result of a search names; undefined without a result. */
  readonly named: readonly string[] | undefined;
}

/** What these replies show. */
export function told(replies: readonly Reply[]): Told {
  const codes = replies.flatMap((reply) => (reply.kind === 'error' ? [reply.code] : []));
  const results = replies.flatMap((reply) => (reply.kind === 'result' ? [reply] : []));
  const named = results.flatMap(({ faces }) => faces.flatMap(({ matches }) => matches.map(({ name }) => name)));
  return {
    isRefused: codes.some((code) => code === 'rate_limited' || code === 'busy'),
    receipts: replies.flatMap((reply) => (reply.kind === 'receipt' ? [reply.receipt] : [])),
    named: results.length > 0 ? named : undefined,
  };
}
