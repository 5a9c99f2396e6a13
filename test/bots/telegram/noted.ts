import type { SentMessages } from '../../../src/chat/courier.ts';

/** The note of what was sent of one answer, as its placeholder keeps it. */
export function noted(): { messages: SentMessages } {
  let sent = 0;
  return {
    messages: {
      count: async () => sent,
      async note(count) {
        sent = count;
      },
    },
  };
}
