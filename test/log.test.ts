import { errors } from '@elastic/elasticsearch';
import { GrammyError } from 'grammy';
import { describe, expect, it } from 'vitest';
import { Cause } from '../src/cause.ts';
import { Failure } from '../src/failure.ts';
import { errorFields } from '../src/log.ts';

/** A secret that a vendor quotes in its messages. No log may contain it. */
const SECRET = '123456:AAE-secret';

describe('what is logged about an error', () => {
  it('our own code and sentence, when the cause is known', () => {
    const vendor = new Error(`NOPERM User bot cannot SET ${SECRET}`);
    const fields = errorFields(new Failure('unavailable', { cause: new Cause('redis_noperm', { cause: vendor }) }));
    expect(fields).toMatchObject({
      error: 'Failure(unavailable) < Cause(redis_noperm) < Error',
      cause: 'redis_noperm',
      says: expect.stringMatching(/^Redis does not let this user .* Put that user into REDIS_URL/),
    });
    expect(JSON.stringify(fields)).not.toContain(SECRET);
  });

  it('the numbers with which vendors tell one trouble from another', () => {
    const refusal = { ok: false, error_code: 409, description: SECRET } as const;
    expect(errorFields(new GrammyError('refused', refusal, 'getUpdates', {})).error).toBe('GrammyError(409)');
    const meta = { body: { error: SECRET }, statusCode: 401, headers: {}, warnings: null, meta: {} as never };
    expect(errorFields(new errors.ResponseError(meta)).error).toBe('ResponseError(401)');
    expect(errorFields(Object.assign(new Error(SECRET), { code: 'SQLITE_FULL', errcode: 13 })).error).toBe(
      'Error(SQLITE_FULL 13)',
    );
  });

  it('no vendor’s message, and nothing that only looks like a code', () => {
    const fields = errorFields(Object.assign(new Error(SECRET), { code: `row ${SECRET}`, status: { secret: SECRET } }));
    expect(fields.error).toBe('Error');
    expect(JSON.stringify(fields)).not.toContain(SECRET);
    expect(fields.frames).toContain('    at ');
  });

  it('the kind of a thrown value that is no error', () => {
    expect(errorFields(SECRET).error).toBe('string');
  });
});
