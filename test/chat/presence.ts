import type { Reply } from '../../src/chat/reply.ts';

/** The reply that says on which photos the asker is. */
export const presenceIn = (replies: readonly Reply[]) => {
  const reply = replies.find((one) => one.kind === 'presence');
  if (!reply) throw new Error(`no presence in ${JSON.stringify(replies)}`);
  return reply;
};

/** All that a person reads. */
export const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join('\n');
