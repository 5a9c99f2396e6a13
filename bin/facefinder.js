#!/usr/bin/env node
// The first file that runs, on whatever Node is there: in JavaScript that old ones can read. On a Node too old for the program
// it hands over to the one that `npm install` brought, and ends as that one ends.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagedNode } from './packaged-node.js';

/** The first with all that the program uses; src/main.ts looks for the newest of it. */
const OLDEST_NODE = [24, 14];
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

if (isNewEnough()) runHere();
else {
  const node = packagedNode();
  if (node === undefined) refuse();
  else handOver(node);
}

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

function runHere() {
  import('../src/main.ts').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/^Cannot find package/.test(error.message)) throw error;
    fail(`facefinder's packages are not installed. Run "npm install" in ${ROOT}.`);
  });
}

/** Starts the program there. Its channel closes when this process ends, however that happens, and then it ends as well. */
function handOver(node) {
  const args = [...process.execArgv, join(ROOT, 'src', 'main.ts'), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function refuse() {
  fail(
    `facefinder runs on Node ${OLDEST_NODE.join('.')} or newer, and this is ${process.versions.node}. ` +
      `Run "npm install --include=optional" in ${ROOT}, which brings one, or install it from https://nodejs.org.`,
  );
}

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
