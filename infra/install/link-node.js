// After `npm install`: lets npm's scripts find the installed Node as node_modules/.bin/node. npm 11
// and newer make this link themselves. npm 10 removes it again when it leaves out the packages for
// other systems, whose link has the same name.
import { existsSync, linkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagedNode, runs } from '../../bin/packaged-node.js';

const FOLDER = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'node_modules', '.bin');

const WINDOWS = process.platform === 'win32';

const node = packagedNode();
if (node !== undefined && existsSync(FOLDER) && !hasNode()) {
  const link = join(FOLDER, WINDOWS ? 'node.exe' : 'node');
  rmSync(link, { force: true });
  // On Windows everybody may make a hard link, but not a symbolic link.
  if (WINDOWS) linkSync(node, link);
  else symlinkSync(relative(FOLDER, node), link);
}

function hasNode() {
  if (WINDOWS) return existsSync(join(FOLDER, 'node.cmd')) || existsSync(join(FOLDER, 'node.exe'));
  return runs(join(FOLDER, 'node'));
}
