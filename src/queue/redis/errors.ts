import { Cause, type CauseCode } from '../../cause.ts';
import { Failure } from '../../failure.ts';

/** Messages of Redis, Node and ioredis, and what they mean for an operator. */
const MEANINGS: readonly (readonly [RegExp, CauseCode])[] = [
  [/\bNOPERM\b|executing the script can't/, 'redis_noperm'],
  [/\b(WRONGPASS|NOAUTH)\b|invalid (username-)?password|without any password configured/, 'redis_password'],
  [/\b(MOVED|CROSSSLOT|CLUSTERDOWN)\b|non local key/, 'redis_cluster'],
  [/\b(READONLY|UNBLOCKED|MASTERDOWN)\b/, 'redis_readonly'],
  [/\bOOM\b/, 'redis_full'],
  [/\bLOADING\b/, 'redis_loading'],
  [/\bMISCONF\b/, 'redis_disk'],
  [/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS/, 'redis_untrusted'],
  [
    /\b(E[A-Z]{4,}|EAI_AGAIN)\b|[Ss]ocket timeout|closed|timed out|writeable|max retries|sentinels/,
    'redis_unreachable',
  ],
];

/**
 * Matches refusals by a replica, or by a server that is still loading its data. The command changed
 * nothing. On a new connection, which may reach the primary, it may succeed.
 */
const NOT_PRIMARY = /\b(READONLY|UNBLOCKED|LOADING|MASTERDOWN)\b/;
/** Matches ioredis's error for a command that it did not send. */
const NOT_SENT = /isn't writeable/;

/** Whether Redis refused a command only because it is a replica or not ready yet. */
export function isNotPrimary(error: unknown): boolean {
  return error instanceof Error && NOT_PRIMARY.test(error.message);
}

/** Whether Redis certainly did not run a command, which may succeed on another connection. */
export function isNotDone(error: unknown): boolean {
  return isNotPrimary(error) || (error instanceof Error && NOT_SENT.test(error.message));
}

/**
 * Whether the connection broke, or gave no answer. Then nobody knows whether the command was run.
 */
export function isLost(error: unknown): boolean {
  return error instanceof Error && meaningOf(error) === 'redis_unreachable';
}

/** Whether our user may not run this command, or the server has given it another name. */
export function isForbidden(error: unknown): boolean {
  return error instanceof Error && /^(NOPERM|ERR unknown command)/.test(error.message);
}

/**
 * The error in a form that may be logged: the {@link Cause} if it is known, and nothing of the data
 * that were sent to Redis.
 */
export function explained(error: unknown, where?: string): unknown {
  if (!(error instanceof Error) || error instanceof Failure || error instanceof Cause) return error;
  const bare = withoutArguments(error);
  const code = meaningOf(error);
  return code ? new Cause(code, { ...placeOf(code, error, where), cause: bare }) : bare;
}

/** The failure for an error of Redis: `busy` (it is full) or `unavailable` (any other error). */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const cause = explained(error);
  return new Failure(cause instanceof Cause && cause.code === 'redis_full' ? 'busy' : 'unavailable', { cause });
}

function meaningOf(error: Error): CauseCode | undefined {
  const said = `${'code' in error ? error.code : ''} ${error.message}`;
  return MEANINGS.find(([pattern]) => pattern.test(said))?.[1];
}

/**
 * The place of the cause: `where`. For `redis_noperm` it is the command that Redis forbids. Only
 * the command is taken from Redis' message, because the message may also name a key, which may not
 * be logged.
 */
function placeOf(code: CauseCode, { message }: Error, where: string | undefined): { where?: string } {
  if (code !== 'redis_noperm') return where === undefined ? {} : { where };
  const command = /'([a-z|]+)' command/.exec(message)?.[1];
  if (command) return { where: `the command ${command}` };
  return { where: /\bkeys?\b/.test(message) ? 'its keys' : 'a command' };
}

/**
 * A copy of the error without the command's arguments, which ioredis adds to errors. The copy's
 * `code` is that of the network (`ECONNREFUSED`), or the first word of Redis' message (`OOM`).
 */
function withoutArguments(error: Error): Error {
  const code = 'code' in error ? error.code : /^[A-Z]+(?= )/.exec(error.message)?.[0];
  return Object.assign(new Error(`${error.name}: ${error.message}`), code !== undefined && { code });
}
