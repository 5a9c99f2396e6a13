import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, start } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { openLog } from '../../../src/log.ts';
import { openPlatform, type Platform, type PlatformOptions } from './platform/platform.ts';

/** A bot does not start without the operator's contact. */
const CONTACT = 'The board, board@club.example';

/** The real app on a loopback Discord. */
export interface Stage extends AsyncDisposable {
  readonly platform: Platform;
  /** What the program is started with. */
  readonly env: NodeJS.ProcessEnv;
  /** Stops the program and starts it again with the same data. */
  readonly restart: () => Promise<void>;
}

export async function realStage(env: NodeJS.ProcessEnv = {}, options: PlatformOptions = {}): Promise<Stage> {
  const platform = await openPlatform(options);
  const dataDir = await mkdtemp(join(tmpdir(), 'facefinder-discord-'));
  const { token, apiUrl } = platform;
  const set = { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl, DATA_DIR: dataDir, WORKERS: '1', CONTACT, ...env };
  const run = (): Promise<App> => start(readConfig(set, dataDir), openLog('silent'));
  let app = await run();
  return {
    platform,
    env: set,
    async restart() {
      await app.stop();
      app = await run();
    },
    async [Symbol.asyncDispose]() {
      await app.stop();
      await platform[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}
