import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The path of the Node that `npm install` brought. It is in one of our optional packages, and each
 * of these is for one system. Undefined when there is none, or it does not run on this machine.
 */
export function packagedNode() {
  const require = createRequire(import.meta.url);
  const ours = fileURLToPath(new URL('../package.json', import.meta.url));
  for (const name of Object.keys(JSON.parse(readFileSync(ours, 'utf8')).optionalDependencies)) {
    const manifest = whereIs(`${name}/package.json`, require);
    if (manifest === undefined) continue;
    const node = join(dirname(manifest), require(manifest).bin.node);
    if (runs(node)) return node;
  }
  return undefined;
}

/** Whether this Node runs on this machine. */
export function runs(node) {
  return spawnSync(node, ['--version']).status === 0;
}

function whereIs(file, require) {
  try {
    return require.resolve(file);
  } catch (_notInstalled) {
    return undefined;
  }
}
