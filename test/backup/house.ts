import { describePack } from '../../models/pack.ts';
import { packInUse } from '../../src/app/pack.ts';
import { type AppParts, openParts } from '../../src/app/parts.ts';
import type { Config } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';

/**
 * Opens an installation as a start does, while `work` runs. Makes the installation if it is
 * missing.
 */
export async function inHouse<T>(config: Config, work: (parts: AppParts) => Promise<T>): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const pack = await describePack(await packInUse(config), config.modelDir);
  return await work(await openParts({ config, pack, couriers: {}, log: openLog('silent') }, stack));
}
