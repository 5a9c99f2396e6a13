import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isForbidden } from './errors.ts';

/** How long a rewrite of the append-only file may take. */
const REWRITE_MS = 30_000;

/**
 * Asks Redis to rewrite its append-only file, and waits until that is done. Without a rewrite,
 * removed items and ended jobs stay in the file. False when it failed or took too long. It is also
 * true when Redis keeps no such file, or its operator does not allow a rewrite: then the disk is
 * the operator's responsibility, as PRIVACY.md says.
 */
export async function rewriteLog(redis: Redis): Promise<boolean> {
  const giveUpAt = Date.now() + REWRITE_MS;
  let asked = false;
  while (Date.now() < giveUpAt) {
    const state = await logState(redis);
    if (!state?.enabled) return true;
    const { busy, failed } = state;
    if (asked && !busy) return !failed;
    // A rewrite that was running before may have missed the latest removals. So only a rewrite that
    // this call has started counts.
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
  } catch (error) {
    if (isForbidden(error)) return 'refused';
    if (error instanceof Error && /in progress/.test(error.message)) return 'under way';
    throw error;
  }
}

/**
 * The state of the append-only file. Undefined when our user may not read it. Then this also asks
 * for a rewrite, whose end nobody can see.
 */
async function logState(redis: Redis): Promise<{ enabled: boolean; busy: boolean; failed: boolean } | undefined> {
  const info = await redis.info('persistence').catch(async (error) => {
    if (!isForbidden(error)) throw error;
    await askForRewrite(redis);
  });
  if (!info) return undefined;
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  return {
    enabled: field('aof_enabled') === '1',
    busy: field('aof_rewrite_in_progress') === '1' || field('aof_rewrite_scheduled') === '1',
    failed: field('aof_last_bgrewrite_status') !== 'ok',
  };
}
