import type { Kept } from './parts.ts';

/**
 * Tells the second place of new entries in ledgers, and logs an error when ledgers differ from what
 * the second place knows.
 * @throws the reason of `signal` once that is aborted
 */
export async function watchLedgers({ flow, stores }: Kept, signal?: AbortSignal): Promise<void> {
  const broken = await stores.gallery.catchUp(signal);
  if (broken.length > 0) flow.log.error('ledgers are not what their second place knows', { ledgers: broken.length });
}
