import { assertLoadable, loadPack, verifyPack } from '../../models/pack.ts';
import { modelStore } from '../app/models.ts';
import type { Config } from '../config.ts';
import { tryFaces } from '../face/pool.ts';
import type { Finding } from '../finding.ts';
import { look } from './look.ts';

const FILES = 'models';
const NETS = 'face pipeline';

/**
 * Checks that the model files are here or can be fetched, and if they are here, that a child can
 * see a picture with them. The role `bot` sees no photos, so there is nothing to check.
 */
export async function checkModels(config: Config, pack: string): Promise<Finding[]> {
  if (config.role === 'bot') return [];
  const files = await look(FILES, () => checkFiles(config, pack));
  const isHere = files.every(({ state }) => state === 'ok');
  return isHere ? [...files, ...(await look(NETS, () => checkNets(config, pack)))] : files;
}

async function checkFiles(config: Config, pack: string): Promise<Finding[]> {
  const files = Object.values(await verifyPack(pack, config.modelDir));
  const whole = files.filter(Boolean).length;
  const what = `${pack}: ${whole} of ${files.length} files here and verified`;
  if (whole === files.length) return [{ part: FILES, state: 'ok', what }];
  await assertLoadable(
    pack,
    modelStore(config, () => {}),
  );
  const todo = `The next start fetches the rest, or now: facefinder models fetch ${pack}`;
  return [{ part: FILES, state: 'warn', what, todo }];
}

async function checkNets(config: Config, name: string): Promise<Finding[]> {
  // All files are here, so nothing is fetched.
  const pack = await loadPack(
    name,
    modelStore(config, () => {}),
  );
  await tryFaces({ pack });
  return [{ part: NETS, state: 'ok', what: `${pack.id} sees and embeds a drawn picture` }];
}
