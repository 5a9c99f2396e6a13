import { expect, test } from 'vitest';
import { attempted } from '../../src/face/attempts.ts';
import { newTask } from '../../src/face/line.ts';
import { type Child, ChildLost } from '../../src/face/start-child.ts';

const DEADLINE_MS = 20;

/**
 * A fresh process that hangs over its job. Each call of `usedMs` tells of `eachMs` more processor
 * time than the call before.
 */
function hanging(eachMs: number | undefined): Child {
  const lost = Promise.withResolvers<never>();
  let looks = 0;
  return {
    ask: () => lost.promise,
    kill: () => lost.reject(new ChildLost(true, new Error('killed'))),
    usedMs: async () => eachMs && eachMs * looks++,
    ended: false,
    fresh: true,
  };
}

test.each([
  ['use the processor', DEADLINE_MS, 'image_unreadable', 2],
  ['use nobody knows how much of the processor', undefined, 'image_unreadable', 2],
  ['hardly get the processor', 1, 'unavailable', 3],
])('a photo over which processes hang that %s ends as is true', async (_, eachMs, code, expected) => {
  let processes = 0;
  const living = async (isProven?: boolean) => {
    if (!isProven) processes += 1;
    return hanging(eachMs);
  };
  const task = newTask({ kind: 'see', photo: new Uint8Array() });
  const around = { living, deadlineMs: DEADLINE_MS, closing: new AbortController().signal };
  await expect(attempted(task, around)).rejects.toMatchObject({ code });
  expect(processes).toBe(expected);
});
