import { RESTJSONErrorCodes as Code } from 'discord-api-types/v10';
import { Cause, causeOf } from '../../cause.ts';
import { Failure, type FailureCode } from '../../failure.ts';
import { NEVER_REACHED } from '../never-reached.ts';

/** The failures that Discord's error codes mean here. Any other 4xx but 401 and 429 is our bug. */
const MEANINGS: Readonly<Record<number, FailureCode>> = {
  // The address is dead: the interaction was acknowledged too late, its token is older than 15
  // minutes, its message was deleted, or the bot lost access.
  [Code.UnknownInteraction]: 'expired',
  [Code.UnknownWebhook]: 'expired',
  [Code.InvalidWebhookToken]: 'expired',
  [Code.UnknownMessage]: 'expired',
  [Code.UnknownChannel]: 'expired',
  [Code.MissingAccess]: 'expired',
  [Code.MissingPermissions]: 'expired',
  [Code.CannotSendMessagesToThisUser]: 'expired',
  50278: 'expired', // Discord knows no server that this person and the bot share
  [Code.RequestEntityTooLarge]: 'image_too_large',
  [Code.FileUploadedExceedsMaximumSize]: 'image_too_large',
};

/**
 * The Failure for an error of Discord's client. Its cause has only the code and the status. The
 * client's own errors hold the interaction's token, the message and its pictures.
 */
export function translate(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof Error && 'retryAfter' in error) {
    return new Failure('unavailable', { details: { seconds: Math.ceil(Number(error.retryAfter) / 1000) } });
  }
  const refused = refusal(error);
  if (!refused) return new Failure('unavailable', { cause: new Cause('discord_unreachable', { cause: error }) });
  const { status, code } = refused;
  const cause = new DiscordRefusal(code, status);
  if (status === 401 && !(code in MEANINGS))
    return new Failure('unavailable', { cause: new Cause('discord_token', { cause }) });
  const isTheirs = status >= 500 || status === 429;
  const meaning = isTheirs ? 'unavailable' : (MEANINGS[code] ?? 'internal');
  return new Failure(meaning, { cause });
}

/** Whether the failed call certainly changed nothing: Discord refused it, or was never reached. */
export function isCertain(error: unknown): boolean {
  const failure = translate(error);
  if (!failure.again || failure.details.seconds !== undefined) return true;
  for (let cause: unknown = failure; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && NEVER_REACHED.includes(String(cause.code))) return true;
  }
  return false;
}

/** Whether Discord answered with this error code. */
export function isRefusal(error: unknown, code: Code): boolean {
  return refusal(error)?.code === code;
}

/**
 * The Failure for an error of a call that every start makes. It always has a Cause. For an error
 * without one this is `discord_unreachable`: Discord shuts this machine out, or another server
 * answers in place of Discord.
 */
export function startFailure(error: unknown): Failure {
  const failure = translate(error);
  if (causeOf(failure)) return failure;
  const { cause, details } = failure;
  return new Failure('unavailable', { cause: new Cause('discord_unreachable', { cause }), details });
}

/** The HTTP status of Discord's answer; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  return refusal(error)?.status;
}

/**
 * The status and code in an error that holds an answer of Discord. It looks at the fields, not at
 * the class, because there are two classes: discord.js loads the REST library as CommonJS, and this
 * program as a module.
 */
function refusal(error: unknown): { readonly status: number; readonly code: number } | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  return { status: error.status, code: 'code' in error ? Number(error.code) : error.status };
}

/** An error that has only the code and the status of a refusal, so it may leave this folder. */
class DiscordRefusal extends Error {
  override readonly name = 'DiscordRefusal';
  readonly code: number;

  constructor(code: number, status: number) {
    super(`Discord answered ${code} (HTTP ${status})`);
    this.code = code;
  }
}
