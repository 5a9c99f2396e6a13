import { randomBytes } from 'node:crypto';
import { Failure } from '../failure.ts';
import { errorFields, type Log } from '../log.ts';
import { failureText, type Words } from '../text/words.ts';
import type { Reply } from './reply.ts';

/** What a person sees of one photo of several that cannot be used; the others keep their answer. */
export function photoReply(number: number, { code, details }: Failure, words: Words): Reply & { kind: 'error' } {
  const reason = code === 'internal' ? words.failures.image_unreadable : failureText(words, code, details);
  return { kind: 'error', code, text: words.enroll.photoFailed(number, reason) };
}

/** What a person sees of an error. What is not a known failure is a bug: logged under an id, and only the id is shown. */
export function failureReply(error: unknown, words: Words, log: Log): Reply & { kind: 'error' } {
  if (error instanceof Failure && error.code !== 'internal') {
    if (error.code === 'unavailable') log.warn('unavailable', errorFields(error.cause));
    return { kind: 'error', code: error.code, text: failureText(words, error.code, error.details) };
  }
  const incident = randomBytes(4).toString('hex');
  log.error('internal', { incident, ...errorFields(error) });
  return { kind: 'error', code: 'internal', text: words.failures.internal(incident) };
}
