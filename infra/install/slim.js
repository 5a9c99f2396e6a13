// After `npm install`: removes from its packages what nobody on this machine can use, some 300 MB. Where npm was told to run no
// scripts, `npm run postinstall` does the same. Whatever goes wrong here, the installation works; it is only larger.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PACKAGES = join(ROOT, 'node_modules');

// npm's --os and --cpu: an installation that is made here for another machine.
const system = process.env.npm_config_os || process.platform;
const processor = process.env.npm_config_cpu || process.arch;

for (const path of [...librariesOfOthers(), ...headersOfNode()]) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    console.error(`${path} is not needed and could not be removed (${error.code})`);
  }
}

/** onnxruntime-node brings its libraries for every system. Without the right ones among them, none is sure to be wrong. */
function librariesOfOthers() {
  return folders(join(PACKAGES, 'onnxruntime-node', 'bin')).flatMap((version) => {
    const own = join(version, system, processor);
    return existsSync(own)
      ? folders(version)
          .flatMap(folders)
          .filter((path) => path !== own)
      : [];
  });
}

/** Our optional packages are a Node for each system, of which the program alone is needed. */
function headersOfNode() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.keys(optionalDependencies).flatMap((name) =>
    ['include', 'share'].map((folder) => join(PACKAGES, name, folder)),
  );
}

/** Folders in `path`; links, which may lead out of it, are none. */
function folders(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}
