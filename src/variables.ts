import { z } from 'zod';

/** A TCP port; 0 is any free one. */
export const port = z.coerce
  .number('must be a port number')
  .int()
  .min(0)
  .max(65535, 'must be a port number from 0 to 65535');

/** The address of something that is reached by HTTP. */
export const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be a URL that starts with http:// or https://',
});

/** A key as text. One in hex that lost digits would be read as base64: as another key, and a weak one. */
export const keyText = z
  .string()
  .refine((text) => !/^[0-9a-f]{43,63}$/i.test(text), 'is a key in hex that lost digits: 32 bytes are 64 of them');
