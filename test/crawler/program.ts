import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, start } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Log } from '../../src/log.ts';
import { openPlatform, type Platform } from '../bots/discord/platform/platform.ts';
import { type BotApi, startBotApi } from '../bots/telegram/platform/server.ts';

/** The real program on loopbacks of Telegram and Discord, and with its page. */
export interface Program extends AsyncDisposable {
  readonly telegram: BotApi;
  readonly discord: Platform;
  /** Of the page. */
  readonly url: string;
  /** How many answers were delivered so far, each whole. */
  readonly answered: number;
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
  let answered = 0;
  const errors: string[] = [];
  const log: Log = {
    debug: () => {},
    info(event) {
      if (event === 'answered') answered += 1;
    },
    warn: () => {},
    error: (event, fields) => void errors.push(`${event} ${JSON.stringify(fields)}`),
  };
  const run = (): Promise<App> => start(readConfig(env, dataDir), log);
  let app = await run();
  return {
    telegram,
    discord,
    errors,
    get url() {
      return app.url ?? '';
    },
    get answered() {
      return answered;
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
