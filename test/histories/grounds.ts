import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config.ts';
import { cutWrites } from '../support/durable-steps.ts';

/** Where a history is played: stores that nobody else uses. */
export interface Ground extends AsyncDisposable {
  readonly env: { readonly STATE_DIR: string; readonly MASTER_KEY: string };
  /** A configuration with these stores. */
  readonly withStores: (config: Config) => Config;
  /** From the n-th write from now on every write fails, until that is lifted. */
  readonly cut: (nth: number, onCut: () => void) => () => void;
}

/** SQLite in a folder of the stage's own. */
export async function embeddedGround(): Promise<Ground> {
  return {
    env: await ownEnv(),
    withStores: (config) => config,
    cut: cutWrites,
    async [Symbol.asyncDispose]() {},
  };
}

async function ownEnv() {
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-history-'));
  return { STATE_DIR: folder, MASTER_KEY: randomBytes(32).toString('base64') };
}
