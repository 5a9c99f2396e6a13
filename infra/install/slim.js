// After `npm install`: removes from packages what this machine cannot use, some 300 MB. When npm
// was told to run no scripts, `npm run postinstall` does it. If it fails, the installation still
// works and is only larger.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PACKAGES = join(ROOT, 'node_modules');

// With npm's --os and --cpu, the installation may be for another machine.
const system = process.env.npm_config_os || process.platform;
const processor = process.env.npm_config_cpu || process.arch;

for (const path of [...librariesOfOthers(), ...headersOfNode()]) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    console.error(`${path} is not needed and could not be removed (${error.code})`);
  }
}

/**
 * The libraries in onnxruntime-node that are for other systems. None when the ones for this system
 * are missing.
 */
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

/**
 * The folders with headers and documents in our optional packages, of which only the program Node
 * is needed.
 */
function headersOfNode() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.keys(optionalDependencies).flatMap((name) =>
    ['include', 'share'].map((folder) => join(PACKAGES, name, folder)),
  );
}

/** The folders in `path`, without links, which may lead elsewhere. */
function folders(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}
