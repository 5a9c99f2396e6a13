// After `npm install`: lets npm's scripts find the Node that came along, as node_modules/.bin/node. npm 11 and newer have done so;
// npm 10 removes that link again when it leaves out the packages for other systems, which have one of the same name.
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
  // Windows lets everybody make a second name for a file, but not a symbolic link.
  if (WINDOWS) linkSync(node, link);
  else symlinkSync(relative(FOLDER, node), link);
}

function hasNode() {
  if (WINDOWS) return existsSync(join(FOLDER, 'node.cmd')) || existsSync(join(FOLDER, 'node.exe'));
  return runs(join(FOLDER, 'node'));
}
