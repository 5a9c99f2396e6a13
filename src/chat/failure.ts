import { randomBytes } from 'node:crypto';
import { MAX_PHOTO_BYTES, MAX_PIXELS, UNREAD_KINDS } from '../face/limits.ts';
import { Failure, type FailureCode, type FailureDetails } from '../failure.ts';
import { errorFields, type Log } from '../log.ts';
import type { Words } from '../text/words.ts';
import type { Reply } from './reply.ts';

/**
 * The reply for a photo that cannot be used, when it is one of several. The other photos get their
 * answer.
 */
export function photoReply(number: number, { code, details }: Failure, words: Words): Reply & { kind: 'error' } {
  const reason = code === 'internal' ? failureText(words, 'image_unreadable') : failureText(words, code, details);
  return { kind: 'error', code, text: words.enroll.photoFailed({ number, reason }) };
}

/**
 * The reply for an error. An error that is not a Failure is a bug: it is logged under an id, and
 * the person sees only the id.
 */
export function failureReply(error: unknown, words: Words, log: Log): Reply & { kind: 'error' } {
  if (error instanceof Failure && error.code !== 'internal') {
    if (error.code === 'unavailable') log.warn('unavailable', errorFields(error.cause));
    const { code, details } = error;
    const text = failureText(words, code, details);
    return { kind: 'error', code, text, ...(namesEnrol(code, details) && { next: 'enroll' }) };
  }
  const incident = randomBytes(4).toString('hex');
  log.error('internal', { incident, ...errorFields(error) });
  return { kind: 'error', code: 'internal', text: words.failures.internal({ incident }) };
}

/**
 * Whether the text of this failure tells the person to send /enroll. Not every text of the code
 * `rate_limited` does.
 */
function namesEnrol(code: FailureCode, { gesture, selfie }: FailureDetails = {}): boolean {
  return code === 'rate_limited' && Boolean(gesture || selfie);
}

/**
 * The sentence for a failure that a person can do something about. `internal` has none: it needs
 * its incident's id.
 */
export function failureText(
  { failures, me }: Words,
  code: Exclude<FailureCode, 'internal'>,
  details: FailureDetails = {},
): string {
  switch (code) {
    case 'no_photo': {
      const whose =
        (['borrowed', 'attached'] as const).find((one) => details[one]) ?? (details.selfies ? 'selfie' : 'other');
      return failures.no_photo({ whose, max: details.selfies ?? 0 });
    }
    case 'not_your_photo':
      return failures.not_your_photo({ why: details.forbidden ? 'forbidden' : 'other' });
    case 'too_many_photos':
      return failures.too_many_photos({ max: details.max ?? 0 });
    case 'image_too_large':
      return failures.image_too_large({
        megabytes: MAX_PHOTO_BYTES / 2 ** 20,
        megapixels: details.megapixels ?? MAX_PIXELS / 1e6,
        kind: details.avif ? 'avif' : 'other',
      });
    case 'image_unreadable':
      return failures.image_unreadable({
        why: details.heic ? 'heic' : details.kind ? 'kind' : 'other',
        kind: UNREAD_KINDS[(details.kind ?? 0) - 1] ?? '',
      });
    case 'not_enrolled':
      if (details.hidden) return me.hidden;
      return failures.not_enrolled({ why: (['borrowed', 'self'] as const).find((why) => details[why]) ?? 'other' });
    case 'not_a_member':
      return failures.not_a_member({ why: details.unproven ? 'unproven' : 'other' });
    case 'rate_limited':
      return limited(failures, details);
    case 'expired':
      return failures.expired({ why: EXPIRED.find((why) => details[why]) ?? 'other' });
    default:
      return failures[code];
  }
}

/** The reasons that the failure `expired` can give in its details. */
const EXPIRED = ['used', 'timedOut', 'restarted', 'withdrawn', 'lost', 'elsewhere', 'late'] as const;

/** The failure that something is over, with the reason. */
export function expired(why: (typeof EXPIRED)[number]): Failure {
  return new Failure('expired', { details: { [why]: 1 } });
}

/** The answer to somebody who was erased while their ask waited. */
export function withdrawnReply(words: Words): Reply {
  return { kind: 'error', code: 'expired', text: failureText(words, 'expired', { withdrawn: 1 }) };
}

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

function limited(failures: Words['failures'], { seconds, revealed, gesture, selfie, photos }: FailureDetails): string {
  const minutes = seconds === undefined ? 0 : waiting(seconds, 60).count;
  return failures.rate_limited({
    why: revealed ? 'revealed' : gesture ? 'gesture' : selfie ? 'selfie' : photos ? 'photos' : 'other',
    minutes,
    ...waiting(seconds ?? 0),
  });
}

/**
 * A wait in days if it is longer than two days, else in hours if it is longer than two hours, else
 * in minutes. It is rounded up.
 */
function waiting(seconds: number, unit = [DAY_S, HOUR_S].find((one) => seconds > 2 * one) ?? 60) {
  const name = unit === DAY_S ? 'days' : unit === HOUR_S ? 'hours' : 'other';
  return { unit: name, count: Math.max(1, Math.ceil(seconds / unit)) } as const;
}
