import { GrammyError, HttpError } from 'grammy';
import { Cause, type CauseCode, causeOf } from '../../../cause.ts';
import { Failure, type FailureCode } from '../../../failure.ts';
import { NEVER_REACHED } from '../../never-reached.ts';

const REFUSED_WEBHOOK = /bad webhook|invalid webhook/i;

/**
 * What Telegram's descriptions of a 400 mean. The first one that fits counts. If none fits, it is
 * our bug.
 */
const DESCRIPTIONS: readonly (readonly [RegExp, FailureCode])[] = [
  [REFUSED_WEBHOOK, 'unavailable'],
  [/file is too big/i, 'image_too_large'],
  [/wrong file|invalid file|file_id|file is temporarily unavailable|file not found/i, 'no_photo'],
  [/chat not found|user not found|peer_id_invalid|user is deactivated|upgraded to a supergroup/i, 'expired'],
  [/message to edit not found|message can't be edited|message_id_invalid|message to be replied not found/i, 'expired'],
  [/not enough rights|have no rights|_forbidden|need administrator rights|topic_closed|thread not found/i, 'expired'],
];

/**
 * The Failure for an error of a call to Telegram. Its cause has only the method and the
 * description. grammY's own errors hold the data that were sent, and the message of a network error
 * has the URL with the token.
 */
export function telegramFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof GrammyError) {
    const { method, error_code, description } = error;
    const refusal = new Error(`Telegram refused ${method}: ${error_code} ${description}`);
    const cause = Object.assign(refusal, { error_code });
    const known = causeCodeOf(error);
    const { retry_after: seconds } = error.parameters;
    const details = seconds === undefined ? {} : { seconds };
    return new Failure(codeOf(error), { cause: known ? new Cause(known, { cause }) : cause, details });
  }
  if (error instanceof HttpError) {
    const code = networkCode(error);
    const cause = Object.assign(new Error(`Telegram was not reached: ${code}`), { code });
    return new Failure('unavailable', { cause: new Cause('telegram_unreachable', { cause }) });
  }
  return new Failure('internal', { cause: error });
}

/**
 * The Failure for an error of a call that every start makes. It always has a Cause. For an error
 * without one this is `telegram_unreachable`: another server answers in place of Telegram.
 */
export function startFailure(error: unknown): Failure {
  const failure = telegramFailure(error);
  if (causeOf(failure)) return failure;
  const { cause, details } = failure;
  return new Failure('unavailable', { cause: new Cause('telegram_unreachable', { cause }), details });
}

/**
 * The cause of an error, if an operator can do something about it. Telegram says "not found" for a
 * malformed token, as it does for an unknown path.
 */
function causeCodeOf({ error_code, description }: GrammyError): CauseCode | undefined {
  if (error_code === 401 || (error_code === 404 && /^not found$/i.test(description))) return 'telegram_token';
  if (error_code === 409) return 'telegram_conflict';
  if (error_code === 400 && REFUSED_WEBHOOK.test(description)) return 'telegram_address';
  return error_code >= 500 ? 'telegram_unreachable' : undefined;
}

function codeOf({ error_code, description }: GrammyError): FailureCode {
  if (error_code === 403) return 'expired';
  // 401 and 404 mean that the token is wrong or was revoked, 409 that another program uses it too.
  // The queue repeats what is `unavailable`, so nothing is lost until the operator mends that.
  if (error_code === 429 || error_code >= 500 || [401, 404, 409].includes(error_code)) return 'unavailable';
  return DESCRIPTIONS.find(([pattern]) => pattern.test(description))?.[1] ?? 'internal';
}

/** The system's code, like ECONNREFUSED, for a call that got no answer. */
export function networkCode({ error }: HttpError): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}

/** Whether the chat accepts nothing from the bot: a person blocked it, or never started it. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof GrammyError)) return false;
  return error.error_code === 403 || /chat not found|peer_id_invalid|user is deactivated/i.test(error.description);
}

/**
 * Whether the bot was removed from the group, or the group was deleted, in Telegram's own words.
 * "chat not found" does not count. A Bot API server that lost its files says that of groups that
 * have not changed (tdlib/td#1596).
 */
export function isShutOut(error: unknown): boolean {
  if (!(error instanceof GrammyError) || error.error_code !== 403) return false;
  return /bot was kicked|bot is not a member|group chat was deleted/i.test(error.description);
}

/** Whether the failed call certainly changed nothing: Telegram refused it, or was never reached. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof GrammyError) return error.error_code < 500;
  return error instanceof HttpError && NEVER_REACHED.includes(networkCode(error));
}

/**
 * Whether a message may be there although the call that sent it failed: Telegram's answer was lost,
 * or was a server's error.
 */
export function maybeSent({ cause }: Failure): boolean {
  const met: unknown = cause instanceof Cause ? cause.cause : cause;
  if (!(met instanceof Error)) return false;
  if ('error_code' in met) return Number(met.error_code) >= 500;
  return 'code' in met && !NEVER_REACHED.includes(String(met.code));
}

/** Whether the topic of a forum is closed or deleted. */
export function isTopicGone(error: unknown): boolean {
  return error instanceof GrammyError && /topic_closed|topic_deleted|thread not found/i.test(error.description);
}

/** Whether the message already is as it should be, so that nothing is left to do. */
export function isNotModified(error: unknown): boolean {
  return error instanceof GrammyError && /message is not modified/i.test(error.description);
}

/** Whether the message to edit has a picture or file by now. */
export function isMediaMessage(error: unknown): boolean {
  return error instanceof GrammyError && /no text in the message to edit/i.test(error.description);
}

/** Whether Telegram refuses these bytes as a photo. It accepts them as a file. */
export function isNoPhotoForTelegram(error: unknown): boolean {
  return (
    error instanceof GrammyError && /photo_invalid|image_process_failed|photo_ext_invalid/i.test(error.description)
  );
}

/** The present id of a group that became a supergroup, as an error tells it. */
export function movedTo(error: unknown): number | undefined {
  return error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
}
