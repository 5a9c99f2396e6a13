import type { ConfiguredPlatform, OpenPlatform } from '../bots/platform.ts';
import type { Flow } from '../chat/flow.ts';
import type { Config } from '../config.ts';
import { Failure } from '../failure.ts';
import { goThrough, proxyFault } from '../proxy.ts';

/** A configured platform whose answers can be delivered. */
export type Opened = Pick<ConfiguredPlatform, 'id' | 'isLocal'> & OpenPlatform;

/**
 * Opens the courier of every configured platform. Only the libraries of these platforms are loaded.
 */
export async function openPlatforms({ platforms, proxy }: Config): Promise<Opened[]> {
  goThrough(proxy);
  return await Promise.all(platforms.map(async ({ id, isLocal, open }) => ({ id, isLocal, ...(await open()) })));
}

/**
 * Throws `unavailable`, with its cause, while the proxy keeps a bot from its platform. It asks the
 * proxy only while a platform is not heard. `heard`: each platform with a listener, and whether the
 * listener has its connection.
 */
export async function checkProxy({ proxy, platforms }: Config, heard: ReadonlyMap<string, boolean>): Promise<void> {
  const unheard = platforms.find(({ id, api }) => api !== undefined && heard.get(id) === false);
  const cause = proxy && unheard && (await proxyFault(proxy, unheard.api));
  if (cause) throw new Failure('unavailable', { cause });
}

/** The couriers, by platform. */
export function couriersOf(platforms: readonly Opened[]): Flow['couriers'] {
  return Object.fromEntries(platforms.map(({ id, courier }) => [id, courier]));
}
