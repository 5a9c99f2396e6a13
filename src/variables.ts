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
