import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type App, start } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Log } from '../../src/log.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { openPlatform, type Platform } from '../bots/discord/platform/platform.ts';
import { type BotApi, startBotApi } from '../bots/telegram/platform/server.ts';

/** Receives the queues that a starting program opens. */
export const openedIn = new AsyncLocalStorage<Queue[]>();

/** Longer than anything takes on a busy machine. */
const PATIENCE_MS = 60_000;

/** The real program with loopbacks of Telegram and Discord, and with its page. */
export interface Program extends AsyncDisposable {
  readonly telegram: BotApi;
  readonly discord: Platform;
  /** Of the page. */
  readonly url: string;
  /** Resolves once it is idle, with all its answers complete. */
  readonly idle: () => Promise<void>;
  /** What was logged as an error. */
  readonly errors: readonly string[];
  readonly restart: () => Promise<void>;
}

export async function startProgram(): Promise<Program> {
  const [telegram, discord] = [
    await startBotApi(),
    await openPlatform({ allowsPrivileged: true, ackMs: Number.POSITIVE_INFINITY }),
  ];
  const dataDir = await mkdtemp(join(tmpdir(), 'facefinder-crawler-'));
  const env = {
    TELEGRAM_TOKEN: telegram.token,
    TELEGRAM_API_URL: telegram.url,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    PLAYGROUND_PORT: '0',
    DATA_DIR: dataDir,
    WORKERS: '1',
    FINDS_PER_HOUR: '10000',
    CONTACT: 'The board, board@club.example',
  };
  const errors: string[] = [];
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error(event, fields) {
      // That a part took long is the machine's doing.
      if (event !== 'does not work') errors.push(`${event} ${JSON.stringify(fields)}`);
    },
  };
  let queues: Queue[] = [];
  const run = (): Promise<App> => {
    queues = [];
    return openedIn.run(queues, () => start(readConfig(env, dataDir), log));
  };
  let app = await run();
  return {
    telegram,
    discord,
    errors,
    get url() {
      return app.url ?? '';
    },
    async idle() {
      const left = async () => {
        const states = await Promise.all(queues.map((queue) => queue.state()));
        return states.reduce((sum, { waiting, running }) => sum + waiting + running, 0);
      };
      await expect.poll(left, { interval: 2, timeout: PATIENCE_MS }).toBe(0);
    },
    async restart() {
      await app.stop();
      app = await run();
    },
    async [Symbol.asyncDispose]() {
      telegram.updates.stop();
      await app.stop();
      await telegram[Symbol.asyncDispose]();
      await discord[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}
