import { execFile } from 'node:child_process';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extract } from 'tar';
import {
  assertWay,
  download,
  inTime,
  isMissing,
  LONGEST_FETCH_MS,
  type Package,
  unreachable,
  type Way,
} from './download.ts';

const run = promisify(execFile);

/** A package of the npm registry, unpacked into `folder`; nothing of it is run. */
export async function openNpm(name: string, folder: string, way: Way): Promise<Package> {
  const tarball = await fromNpm(name, folder, way);
  await extract({ file: tarball, cwd: folder, strip: 1 });
  return (path, target) => rename(join(folder, path), target);
}

/**
 * Fetches through npm, so that npm's registry, proxy, certificates and credentials are used.
 * Without npm, it asks the registry that the running package manager names.
 */
async function fromNpm(name: string, folder: string, way: Way): Promise<string> {
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=60000'];
  const packing = run(
    'npm',
    ['pack', name, '--ignore-scripts', '--silent', ...patience, '--pack-destination', folder],
    {
      shell: process.platform === 'win32',
      timeout: LONGEST_FETCH_MS,
    },
  );
  try {
    await inTime(`${name} from the npm registry`, packing, way);
  } catch (cause) {
    const registry = process.env.npm_config_registry;
    if (isMissing(cause) && registry !== undefined) return await fromRegistry(registry, name, folder, way);
    await assertWay(way);
    throw unreachable(`${name}, from the npm registry`, cause);
  }
  const [tarball = ''] = await readdir(folder);
  return join(folder, tarball);
}

async function fromRegistry(registry: string, name: string, folder: string, way: Way): Promise<string> {
  const [, path = '', version = ''] = /^(.+)@(.+)$/.exec(name) ?? [];
  const target = join(folder, 'package.tgz');
  await download(`${registry.replace(/\/$/, '')}/${path}/-/${path.split('/').at(-1)}-${version}.tgz`, target, way);
  return target;
}
