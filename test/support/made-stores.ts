import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import { openParts } from '../../src/app/parts.ts';
import { readConfig } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';

/** Makes the key and the stores of the embedded mode, like the first start, without people. */
export async function makeStores(dataDir: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const config = readConfig({ DATA_DIR: dataDir });
  const pack = await describePack(DEFAULT_PACK, config.modelDir);
  await openParts({ config, pack, couriers: {}, log: openLog('silent') }, stack);
}
