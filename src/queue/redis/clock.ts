import type { Redis } from 'ioredis';
import { Cause } from '../../cause.ts';
import { explained, isLost, isNotPrimary } from './errors.ts';

/**
 * Redis' clock as this process knows it. Deadlines of several machines are compared by it alone.
 */
export interface RedisClock extends Disposable {
  /** Milliseconds since 1970, by this machine's clock until Redis has answered. */
  now(): number;
  /** Resolves once Redis has answered, even if it is away for long. */
  readonly asked: Promise<void>;
  /** Throws when somebody must set this machine's clock, and when Redis does not tell its own. */
  check(): void;
}

export interface RedisClockOptions {
  /** A connection on which commands fail promptly. */
  readonly redis: Redis;
  /** This machine's clock, in milliseconds since 1970. */
  readonly local: () => number;
  /** Called once when {@link RedisClock.check} begins to fail. */
  readonly onError: (cause: unknown) => void;
}

/** This request also finds a connection that broke silently and that nothing else uses. */
const MEASURED_EVERY_MS = 2_500;
/** An answer that took longer says too little about when it was given. */
const USEFUL_MS = 2_000;
const SKEW_MS = 10_000;

/**
 * Asks Redis for its time now and every few seconds until disposed. A failed request is repeated.
 */
export function redisClock({ redis, local, onError }: RedisClockOptions): RedisClock {
  const asked = Promise.withResolvers<void>();
  let aheadMs = 0;
  let isKnown = false;
  let wrong: unknown;

  async function ask(): Promise<unknown> {
    const sent = local();
    const [seconds = 0, microseconds = 0] = await redis.time();
    const received = local();
    // The clock was set in the meantime, or the answer is too old.
    if (received < sent || received - sent > USEFUL_MS) return wrong;
    aheadMs = (sent + received) / 2 - (Number(seconds) * 1_000 + Number(microseconds) / 1_000);
    isKnown = true;
    return skew(aheadMs);
  }

  async function turn(): Promise<void> {
    // The connection itself reports losses.
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
