import { Failure } from '../../failure.ts';

/** Runs `work`; what Redis says no to comes out as `busy` (it is full) or `unavailable` (all else), without what was sent. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const isFull = cause instanceof Error && /\bOOM\b/.test(cause.message);
    throw new Failure(isFull ? 'busy' : 'unavailable', { cause: withoutArguments(cause) });
  }
}

/**
 * ioredis hangs the command with all its arguments on its errors: this is the same error without. Its `code` is the network's
 * (`ECONNREFUSED`) or Redis's own, the first word of what it says (`OOM`).
 */
export function withoutArguments(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof Failure) return cause;
  const code = 'code' in cause ? cause.code : /^[A-Z]+(?= )/.exec(cause.message)?.[0];
  return Object.assign(new Error(`${cause.name}: ${cause.message}`), code !== undefined && { code });
}
