import { expect, test } from 'vitest';
import { embeddedQueue } from '../../src/queue/embedded/queue.ts';
import { ask, emptied, eventually, record } from './jobs.ts';
import { queueContract } from './queue-contract.ts';

queueContract('embedded', (rules, listener) => embeddedQueue({ ...rules, ...listener }));

test('remembers a bounded number of finished jobs, the oldest is forgotten first', async () => {
  await using queue = embeddedQueue({ remembered: 2 });
  const { handled, handler } = record();
  queue.work('ask', 1, handler);
  const [first, second, third] = [ask(), ask(), ask()];
  for (const job of [first, second, third]) await queue.add(job);
  await emptied(queue);
  expect(await queue.add(second)).toBe('known');
  expect(await queue.add(third)).toBe('known');
  expect(await queue.add(first)).toBe('added');
  await eventually(() => expect(handled).toEqual([first, second, third, first]));
});
