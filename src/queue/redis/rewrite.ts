import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/** Longest time that a rewrite of the append-only file may take. */
const REWRITE_MS = 30_000;

/**
 * Removed items, and the queue's finished jobs, live on in Redis's append-only file until it is rewritten from what is in
 * memory: this asks for that and waits for it. True as well where Redis keeps no such file, or where its operator does not let
 * us (its disk is then theirs to answer for: PRIVACY says so).
 */
export async function rewriteLog(redis: Redis): Promise<boolean> {
  const giveUpAt = Date.now() + REWRITE_MS;
  let asked = false;
  while (Date.now() < giveUpAt) {
    const { enabled, busy, failed } = await logState(redis);
    if (!enabled) return true;
    if (asked && !busy) return !failed;
    // A rewrite that was under way before us may have missed the latest removals: only one of our own counts.
    const answer = busy ? 'under way' : await askForRewrite(redis);
    if (answer === 'refused') return true;
    asked ||= answer === 'started';
    await sleep(50);
  }
  return false;
}

async function askForRewrite(redis: Redis): Promise<'started' | 'under way' | 'refused'> {
  try {
    await redis.bgrewriteaof();
    return 'started';
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    if (/^(NOPERM|ERR unknown command)/.test(cause.message)) return 'refused';
    if (/in progress/.test(cause.message)) return 'under way';
    throw cause;
  }
}

async function logState(redis: Redis): Promise<{ enabled: boolean; busy: boolean; failed: boolean }> {
  const info = await redis.info('persistence');
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  return {
    enabled: field('aof_enabled') === '1',
    busy: field('aof_rewrite_in_progress') === '1' || field('aof_rewrite_scheduled') === '1',
    failed: field('aof_last_bgrewrite_status') !== 'ok',
  };
}
