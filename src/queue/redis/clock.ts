import type { Redis } from 'ioredis';
import { Cause } from '../../cause.ts';
import { explained, isLost, isNotPrimary } from './errors.ts';

/** Redis' clock as this process knows it. All machines compare deadlines with this clock. */
export interface RedisClock extends Disposable {
  /** The time, milliseconds since 1970. Until Redis has answered, it is this machine's time. */
  now(): number;
  /** Resolves once Redis has told the time. While Redis cannot be reached, it does not resolve. */
  readonly asked: Promise<void>;
  /** Throws when this machine's clock is over 10 s off, or Redis refuses to tell the time. */
  check(): void;
}

export interface RedisClockOptions {
  /** A connection on which commands fail soon. */
  readonly redis: Redis;
  /** This machine's clock, in milliseconds since 1970. */
  readonly local: () => number;
  /** Called once when {@link RedisClock.check} begins to fail. */
  readonly onError: (cause: unknown) => void;
}

/**
 * How often Redis is asked for the time. The requests also show when a connection that nothing else
 * uses has broken without an error.
 */
const MEASURED_EVERY_MS = 2_500;
/**
 * An answer that took longer than this is not used, because Redis may have read its clock at any
 * moment of that time.
 */
const USEFUL_MS = 2_000;
const SKEW_MS = 10_000;

/** Asks Redis for the time when the connection is ready, and every 2.5 s, until disposed. */
export function redisClock({ redis, local, onError }: RedisClockOptions): RedisClock {
  const asked = Promise.withResolvers<void>();
  let aheadMs = 0;
  let isKnown = false;
  let wrong: unknown;

  async function ask(): Promise<unknown> {
    const sent = local();
    const [seconds = 0, microseconds = 0] = await redis.time();
    const received = local();
    // If this machine's clock was set in between, or the answer took too long, the last finding
    // stays.
    if (received < sent || received - sent > USEFUL_MS) return wrong;
    aheadMs = (sent + received) / 2 - (Number(seconds) * 1_000 + Number(microseconds) / 1_000);
    isKnown = true;
    return skew(aheadMs);
  }

  async function turn(): Promise<void> {
    // A lost connection is not reported here, because `connect` reports it.
    const found = await ask().catch((error) => (isLost(error) || isNotPrimary(error) ? wrong : explained(error)));
    if (found && !wrong) onError(found);
    wrong = found;
    if (isKnown) asked.resolve();
  }

  redis.on('ready', turn);
  const timer = setInterval(turn, MEASURED_EVERY_MS).unref();
  return {
    now: () => Math.round(local() - aheadMs),
    asked: asked.promise,
    check() {
      if (wrong) throw wrong;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      redis.off('ready', turn);
    },
  };
}

function skew(aheadMs: number): Cause | undefined {
  if (Math.abs(aheadMs) <= SKEW_MS) return undefined;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  return new Cause('clock_skew', { where: `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Redis` });
}
