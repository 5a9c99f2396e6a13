import { expect, test } from 'vitest';
import type { Log, LogFields } from '../src/log.ts';
import { nowAndThen } from '../src/now-and-then.ts';

function scene() {
  const lines: [string, LogFields | undefined][] = [];
  const level = (event: string, fields?: LogFields) => void lines.push([event, fields]);
  const log: Log = { debug: level, info: level, warn: level, error: level };
  let ms = 0;
  const tell = nowAndThen(log, () => ms);
  return {
    lines,
    tell,
    pass: (more: number) => {
      ms += more;
    },
  };
}

test('a repeated failure is logged when it begins, and half a minute later with its count', () => {
  const { lines, tell, pass } = scene();
  for (let call = 0; call < 50; call += 1) tell('store', { error: 'Cause(redis_noperm)' });
  expect(lines).toEqual([['store', { error: 'Cause(redis_noperm)' }]]);
  pass(30_000);
  tell('store', { error: 'Cause(redis_noperm)' });
  expect(lines.at(-1)).toEqual(['store', { error: 'Cause(redis_noperm)', repeated: 49 }]);
});

test('another cause is told at once', () => {
  const { lines, tell } = scene();
  tell('store', { error: 'Cause(redis_noperm)' });
  tell('store', { error: 'Cause(redis_full)' });
  expect(lines).toHaveLength(2);
});
