import { COMMANDS } from '../../commands/index.ts';
import { DEFAULT_PACK } from '../../models/pack.ts';
import { foundKeys } from '../app/keys.ts';
import { packInUse } from '../app/pack.ts';
import { galleryFile } from '../app/stores.ts';
import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';
import { goThrough } from '../proxy.ts';
import { isInUse } from '../sqlite/in-use.ts';
import { checkDataDir, DATA_DIR } from './data-dir.ts';
import { keyFinding, MASTER_KEY } from './key.ts';
import { look } from './look.ts';
import { checkModels } from './models.ts';
import { checkReaders, READERS } from './modes.ts';
import { checkPorts } from './ports.ts';
import { checkProxy } from './proxy.ts';
import { checkRedisSettings } from './redis.ts';
import { checkStores } from './stores.ts';

/**
 * Checks each part of this configuration separately, in the way in which a start and a search use
 * it. It makes nothing new, and removes what it writes for a test. A `fail` means that a start, or
 * a search after the start, would fail too. There are two exceptions. A `fail` of the second place
 * means that somebody who was erased may be back. A damaged page of pending.db means that something
 * that waited is lost.
 */
export async function examine(config: Config): Promise<Finding[]> {
  goThrough(config.proxy);
  const { stores, dataDir } = config;
  // This is found out first, because later this process itself has the gallery open.
  const mayRun = stores.mode === 'production' || isInUse(galleryFile(dataDir));
  // If the gallery does not answer, the check of the gallery reports that.
  const pack = await packInUse(config).catch(() => DEFAULT_PACK);
  return [
    mode(config),
    ...(stores.mode === 'embedded' ? await look(DATA_DIR, () => checkDataDir(dataDir)) : []),
    ...(await look(READERS, () => checkReaders(config))),
    ...(await checkProxy(config)),
    ...(await checkModels(config, pack)),
    ...(await checkSealed(config, pack)),
    ...(stores.mode === 'embedded' ? [] : await checkRedisSettings(stores.redis)),
    ...(await checkPorts(config, mayRun)),
    ...(await checkPlatforms(config)),
  ];
}

function mode({ stores, role, platforms }: Config): Finding {
  const doors = platforms.map(({ door }) => door);
  const what = `${stores.mode}, role ${role}, ${doors.join(', ') || 'no listener'}`;
  return { part: 'configuration', state: 'ok', what };
}

/** Checks the key, and the stores that it seals. When the key is lost, only that is reported. */
async function checkSealed(config: Config, pack: string): Promise<Finding[]> {
  return await look(
    MASTER_KEY,
    async () => {
      const keys = foundKeys(config);
      return [keyFinding(config, keys !== undefined), ...(await checkStores(config, keys, pack))];
    },
    config.dataDir,
  );
}

async function checkPlatforms({ platforms, policyUrl, proxy }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const isProxied = proxy !== undefined;
  for (const { check } of platforms)
    findings.push(...((await check?.({ policyUrl, commands: COMMANDS, isProxied })) ?? []));
  return findings;
}
