import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { facefinder } from '../e2e/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const { modelDir } = readConfig(process.env);

/** Copied, so that they look for their binaries in the copy; all other packages are links. */
const COPIED = ['onnxruntime-node', 'sharp', '@img'];

let tree: string;
let folders = 0;
beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'facefinder-tree-'));
  for (const name of ['src', 'commands', 'models', 'package.json']) {
    await cp(join(ROOT, name), join(tree, name), { recursive: true });
  }
  await cp(join(ROOT, 'infra/elasticsearch'), join(tree, 'infra/elasticsearch'), { recursive: true });
  const modules = join(tree, 'node_modules');
  await mkdir(modules);
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    const [from, to] = [join(ROOT, 'node_modules', name), join(modules, name)];
    if (COPIED.includes(name)) await cp(from, to, { recursive: true, dereference: true });
    else await symlink(from, to);
  }
}, 120_000);
afterAll(() => rm(tree, { recursive: true, force: true }));

/** Asks doctor, and starts, as an operator does in a tree where something is missing. */
async function bothIn(env: Record<string, string> = {}) {
  const set = {
    DATA_DIR: join(tree, `data-${++folders}`),
    MODEL_DIR: modelDir,
    PLAYGROUND_PORT: '0',
    WORKERS: '1',
    ...env,
  };
  const main = join(tree, 'src/main.ts');
  return { doctor: await facefinder(['doctor'], set, main), start: await facefinder(['start'], set, main) };
}

async function without<T>(path: string, work: () => Promise<T>): Promise<T> {
  const [there, away] = [join(tree, 'node_modules', path), join(tree, 'away')];
  await mkdir(dirname(away), { recursive: true });
  await cp(there, away, { recursive: true });
  await rm(there, { recursive: true });
  try {
    return await work();
  } finally {
    await cp(away, there, { recursive: true });
    await rm(away, { recursive: true });
  }
}

/** The package of sharp with the binary for this system. */
async function sharpBinary(): Promise<string> {
  const names = await readdir(join(tree, 'node_modules/@img'));
  return join('@img', names.find((name) => name.startsWith('sharp-') && !name.includes('libvips')) ?? '');
}

describe('a library without its part for this system', () => {
  it.each([
    ['onnxruntime-node', async () => 'onnxruntime-node/bin'],
    ['sharp', sharpBinary],
  ])('%s: neither doctor nor start hides it', { timeout: 120_000 }, async (name, path) => {
    const { doctor, start } = await without(await path(), () => bothIn());
    const told = new RegExp(`made for this system is missing \\(${name}\\)`);
    expect({ doctor: doctor.code, start: start.code }).toEqual({ doctor: 1, start: 1 });
    expect(doctor.out).toMatch(told);
    expect(doctor.out).toContain('npm install');
    expect(start.err).toMatch(told);
    expect(doctor.out + start.err).not.toMatch(/Cannot find module|node_modules|at .*:\d+:\d+/);
  });

  it('nothing is missing: doctor says so of the same tree', { timeout: 60_000 }, async () => {
    const set = { DATA_DIR: join(tree, 'data-whole'), MODEL_DIR: modelDir, PLAYGROUND_PORT: '0' };
    const { code, out } = await facefinder(['doctor'], set, join(tree, 'src/main.ts'));
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/ok {3}face pipeline/) });
  });
});
