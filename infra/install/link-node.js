// After `npm install`: lets npm's scripts find the Node that came along, as node_modules/.bin/node. npm 11 and newer have done so;
// npm 10 removes that link again when it leaves out the packages for other systems, which have one of the same name.
import { existsSync, linkSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagedNode } from '../../bin/packaged-node.js';

const FOLDER = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'node_modules', '.bin');

const node = packagedNode();
const links = process.platform === 'win32' ? ['node.cmd', 'node.exe'] : ['node'];
if (node !== undefined && existsSync(FOLDER) && !links.some((name) => existsSync(join(FOLDER, name)))) {
  // Windows lets everybody make a second name for a file, but not a symbolic link.
  if (process.platform === 'win32') linkSync(node, join(FOLDER, 'node.exe'));
  else symlinkSync(relative(FOLDER, node), join(FOLDER, 'node'));
}
