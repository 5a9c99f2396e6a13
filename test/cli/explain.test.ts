import { describe, expect, it } from 'vitest';
import { Cause } from '../../src/cause.ts';
import { explain } from '../../src/cli/explain.ts';
import { Failure } from '../../src/failure.ts';

const system = (fields: object) => Object.assign(new Error('SECRET-DETAIL'), fields);

describe('what an operator reads about an error', () => {
  it.each([
    ['a bug', new TypeError('SECRET-DETAIL'), /that is a bug.*LOG_LEVEL=debug/],
    ['what is no error at all', 'SECRET-DETAIL', /that is a bug/],
    ['a store that is away', new Failure('unavailable', { cause: new Error('SECRET-DETAIL') }), /facefinder doctor/],
    [
      'a known cause below',
      new Failure('unavailable', { cause: new Cause('redis_full') }),
      /^Redis has no memory left/,
    ],
    ['a full disk', system({ code: 'ENOSPC', path: '/data/x' }), /^The disk is full \(\/data\/x\)\. Make room/],
    ['no file left to open', system({ code: 'EMFILE' }), /ulimit -n/],
    ['a file in DATA_DIR that is closed', system({ code: 'EACCES', path: '/data/x' }), /^DATA_DIR may not be written/],
    ['a file elsewhere that is closed', system({ code: 'EACCES', path: '/else' }), /^\/else is closed to this user/],
    ['an address', system({ code: 'ENOTFOUND', hostname: 'example.org' }), /^example\.org does not answer/],
    [
      'a native library',
      system({
        code: 'MODULE_NOT_FOUND',
        message: "Cannot find module '../x.node'\n- /a/node_modules/onnxruntime-node/b.js",
      }),
      /missing \(onnxruntime-node\)\. Install it anew/,
    ],
  ])('%s', (_, error, told) => {
    const { text, exitCode } = explain(error, { DATA_DIR: '/data' });
    expect(text).toMatch(told);
    expect(text).not.toContain('SECRET-DETAIL');
    expect(exitCode).toBe(1);
  });

  it('the details too, with LOG_LEVEL=debug', () => {
    const error = new Failure('unavailable', { cause: new TypeError('SECRET-DETAIL') });
    expect(explain(error, { LOG_LEVEL: 'debug' }).text).toMatch(/because of: TypeError: SECRET-DETAIL\n +at /);
  });
});
