import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { facefinder } from '../e2e/program.ts';
import { openTree, type Tree } from '../support/tree.ts';

const { modelDir } = readConfig(process.env);

let tree: Tree;
let folders = 0;
beforeAll(async () => {
  tree = await openTree();
});
afterAll(() => tree[Symbol.asyncDispose]());

/** Runs doctor and a start in a tree with something missing. */
async function bothIn(env: Record<string, string> = {}) {
  const set = {
    DATA_DIR: join(tree.root, `data-${++folders}`),
    MODEL_DIR: modelDir,
    PLAYGROUND_PORT: '0',
    WORKERS: '1',
    ...env,
  };
  return { doctor: await facefinder(['doctor'], set, tree.main), start: await facefinder(['start'], set, tree.main) };
}

async function without<T>(path: string, work: () => Promise<T>): Promise<T> {
  const putBack = await tree.take(path);
  try {
    return await work();
  } finally {
    await putBack();
  }
}

describe('a library without its part for this system', () => {
  it.each([
    ['onnxruntime-node', async () => 'node_modules/onnxruntime-node/bin'],
    ['sharp', () => tree.sharpBinary()],
  ])('%s: neither doctor nor start hides it', async (name, path) => {
    const { doctor, start } = await without(await path(), () => bothIn());
    const told = new RegExp(`made for this system is missing \\(${name}\\)`);
    expect({ doctor: doctor.code, start: start.code }).toEqual({ doctor: 1, start: 1 });
    expect(doctor.out).toMatch(told);
    expect(doctor.out).toContain('npm install');
    expect(start.err).toMatch(told);
    expect(doctor.out + start.err).not.toMatch(/Cannot find module|node_modules|at .*:\d+:\d+/);
  });

  it('nothing is missing: doctor says so of the same tree', async () => {
    const set = { DATA_DIR: join(tree.root, 'data-whole'), MODEL_DIR: modelDir, PLAYGROUND_PORT: '0' };
    const { code, out } = await facefinder(['doctor'], set, tree.main);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/ok {3}face pipeline/) });
  });
});
