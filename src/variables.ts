import { z } from 'zod';

/** A TCP port. 0 stands for any free port. */
export const port = z.coerce
  .number('must be a port number')
  .int()
  .min(0)
  .max(65535, 'must be a port number from 0 to 65535');

/** An HTTP address. */
export const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be a URL that starts with http:// or https://',
});

/** The address of a Redis, or of its Sentinels. */
export const redisUrl = z.union(
  [z.url({ protocol: /^rediss?$/ }), z.string().regex(/^redis\+sentinel:\/\/([^/]*@)?[^/@]+\/[^/]+$/)],
  'must be a URL like redis://user:password@127.0.0.1:6379 or redis+sentinel://user:password@host:26379,host:26379/name',
);

/** One of these words. */
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

/** A number from `low` to `high`; both are allowed. */
export const between = (low: number, high: number) =>
  z.coerce
    .number(`must be a number from ${low} to ${high}`)
    .min(low, `must be at least ${low}`)
    .max(high, `must be at most ${high}`);

/**
 * A key as text. A key in hex that lost some of its digits is refused. As base64 the rest would be
 * accepted, and give another key, which is weak.
 */
export const keyText = z
  .string()
  .refine((text) => !/^[0-9a-f]{43,63}$/i.test(text), 'is a key in hex that lost digits: 32 bytes are 64 of them');
