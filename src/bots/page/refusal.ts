import type { Context } from 'hono';
import { failureText } from '../../chat/failure.ts';
import type { FailureCode } from '../../failure.ts';
import { wordsFor } from '../../text/words.ts';
import { localeOf } from './locale.ts';

/**
 * Errors of an HTTP call itself. Their sentences are `page` in `src/text/`; `tooLarge` has the
 * sentence of its failure code.
 */
const REFUSALS = {
  wrongHost: [403, 'not_yours'],
  foreignOrigin: [403, 'not_yours'],
  notFound: [404, 'bad_command'],
  malformed: [400, 'bad_command'],
  notMultipart: [415, 'bad_command'],
  notJson: [415, 'bad_command'],
  tooLarge: [413, 'image_too_large'],
} as const satisfies Record<string, readonly [status: number, code: FailureCode]>;

export type Refusal = keyof typeof REFUSALS;

/** Answers a wrong HTTP call with `{error: {code, message}}`, in the caller's language. */
export function refuse(c: Context, reason: Refusal): Response {
  const [status, code] = REFUSALS[reason];
  const words = wordsFor(localeOf(c.req.header('accept-language')));
  const message = reason === 'tooLarge' ? failureText(words, 'image_too_large') : words.page[reason];
  return c.json({ error: { code, message } }, status);
}
