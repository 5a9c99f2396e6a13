import { Cause, type CauseCode } from '../../cause.ts';
import { Failure } from '../../failure.ts';

/** What Redis, Node and ioredis say, and what it means for an operator. */
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

/** Said by a replica and by a server that still starts. Nothing was changed, and another connection may lead to the right one. */
const NOT_PRIMARY = /\b(READONLY|UNBLOCKED|LOADING|MASTERDOWN)\b/;
/** Said by ioredis of a command that it did not send. */
const NOT_SENT = /isn't writeable/;

/** Whether Redis refused a command only because it is not the primary, or not yet. */
export function isNotPrimary(error: unknown): boolean {
  return error instanceof Error && NOT_PRIMARY.test(error.message);
}

/** Whether a command was certainly not done, and may be once there is another connection. */
export function isNotDone(error: unknown): boolean {
  return isNotPrimary(error) || (error instanceof Error && NOT_SENT.test(error.message));
}

/** Whether the connection broke or kept silent, so that nobody knows whether the command was done. */
export function isLost(error: unknown): boolean {
  return error instanceof Error && meaningOf(error) === 'redis_unreachable';
}

/** Whether our user may not do this, or the command has another name here. */
export function isForbidden(error: unknown): boolean {
  return error instanceof Error && /^(NOPERM|ERR unknown command)/.test(error.message);
}

/** An error of Redis as it may be logged: with its {@link Cause} where we know it, and never with what was sent. */
export function explained(error: unknown, where?: string): unknown {
  if (!(error instanceof Error) || error instanceof Failure || error instanceof Cause) return error;
  const bare = withoutArguments(error);
  const code = meaningOf(error);
  return code ? new Cause(code, { ...placeOf(code, error, where), cause: bare }) : bare;
}

/** What Redis says no to, as `busy` (it is full) or `unavailable` (all else). */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const cause = explained(error);
  return new Failure(cause instanceof Cause && cause.code === 'redis_full' ? 'busy' : 'unavailable', { cause });
}

function meaningOf(error: Error): CauseCode | undefined {
  const said = `${'code' in error ? error.code : ''} ${error.message}`;
  return MEANINGS.find(([pattern]) => pattern.test(said))?.[1];
}

/** Which command a user may not run says Redis itself; which key it was is not for a log. */
function placeOf(code: CauseCode, { message }: Error, where: string | undefined): { where?: string } {
  if (code !== 'redis_noperm') return where === undefined ? {} : { where };
  const command = /'([a-z|]+)' command/.exec(message)?.[1];
  if (command) return { where: `the command ${command}` };
  return { where: /\bkeys?\b/.test(message) ? 'its keys' : 'a command' };
}

/**
 * ioredis hangs the command with all its arguments on its errors: this is the same error without. Its `code` is the network's
 * (`ECONNREFUSED`) or Redis's own, the first word of what it says (`OOM`).
 */
function withoutArguments(error: Error): Error {
  const code = 'code' in error ? error.code : /^[A-Z]+(?= )/.exec(error.message)?.[0];
  return Object.assign(new Error(`${error.name}: ${error.message}`), code !== undefined && { code });
}
