import { expired } from '../../chat/failure.ts';
import type { Reply } from '../../chat/reply.ts';

/** HTTP requests that wait for their answer in this process. */
export interface Requests {
  /**
   * Waits for the answer to a request. Rejects with `expired` at `deadline` (milliseconds since
   * 1970), when it is abandoned, and when the page closes. The request may have been done by then,
   * or may still be done.
   */
  wait(id: string, deadline: number): Promise<readonly Reply[]>;
  /** Answers a waiting request. False when no request of this id is waiting. */
  answer(id: string, replies: readonly Reply[]): boolean;
  /**
   * Ends a request's wait with `expired`, because the client left or the ask was not accepted. Does
   * nothing when the wait has ended.
   */
  abandon(id: string): void;
  /** Ends every wait with `expired`. */
  close(): void;
}

export function waitingRequests(): Requests {
  const waiting = new Map<string, PromiseWithResolvers<readonly Reply[]>>();
  return {
    async wait(id, deadline) {
      const request = Promise.withResolvers<readonly Reply[]>();
      waiting.set(id, request);
      const timer = setTimeout(() => request.reject(expired('late')), deadline - Date.now());
      try {
        return await request.promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
    answer(id, replies) {
      const request = waiting.get(id);
      request?.resolve(replies);
      return request !== undefined;
    },
    abandon: (id) => waiting.get(id)?.reject(expired('late')),
    close() {
      for (const { reject } of waiting.values()) reject(expired('late'));
    },
  };
}
