import type { ConfiguredPlatform, OpenPlatform } from '../bots/platform.ts';
import type { Flow } from '../chat/flow.ts';
import type { Config } from '../config.ts';
import { goThrough } from '../proxy.ts';

/** A configured platform whose answers can be delivered. */
export type Opened = Pick<ConfiguredPlatform, 'id' | 'isLocal'> & OpenPlatform;

/** Opens every configured platform's answering side; a platform's library is loaded only where it is used. */
export async function openPlatforms({ platforms, proxy }: Config): Promise<Opened[]> {
  goThrough(proxy);
  return await Promise.all(platforms.map(async ({ id, isLocal, open }) => ({ id, isLocal, ...(await open()) })));
}

/** Their couriers, as the flow looks them up. */
export function couriersOf(platforms: readonly Opened[]): Flow['couriers'] {
  return Object.fromEntries(platforms.map(({ id, courier }) => [id, courier]));
}
