#!/usr/bin/env node
// The first file that runs, in JavaScript that old Nodes can read. When the Node is too old for the
// program, it starts the Node that `npm install` brought, and ends with its exit code.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagedNode } from './packaged-node.js';

/**
 * The oldest Node with all features that the program uses. src/main.ts tests for the newest of
 * them.
 */
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

/**
 * Starts the program with another Node, as a child. When this process ends, in any way, the channel
 * between the two closes, and the program ends too.
 */
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
