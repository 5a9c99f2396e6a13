import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPlatform, type Platform } from '../bots/discord/platform/platform.ts';
import { type BotApi, startBotApi } from '../bots/telegram/platform/server.ts';
import { type Program as Running, runProgram } from '../e2e/program.ts';

/** Longer than anything takes on a busy machine. */
const PATIENCE_MS = 600_000;

/** How often a start is tried. */
const TRIES = 3;

/** A program's process, with loopbacks of Telegram and Discord, and with its page. */
export interface Program extends AsyncDisposable {
  readonly telegram: BotApi;
  readonly discord: Platform;
  /** The address of its page. */
  readonly url: string;
  /** Resolves once the program is idle and all its answers are complete. */
  readonly idle: () => Promise<void>;
  /** What the program logged as an error. */
  readonly errors: () => string[];
  readonly restart: () => Promise<void>;
  readonly ended: () => Promise<unknown>;
  /** Arranges that the program is killed (SIGKILL) at this moment. */
  readonly killAt: (moment: Moment) => Promise<void>;
  /**
   * Cancels a kill that has not come. Gives whether the program was killed; then it has started
   * again.
   */
  readonly survive: () => Promise<boolean>;
}

/** A number of milliseconds from now, or the moment right before the n-th durable step from now. */
export type Moment = { readonly ms: number } | { readonly step: number };

export interface ProgramOptions {
  /** Whether the default pack looks at the photos. */
  readonly hasNets: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export async function startProgram({ hasNets, env }: ProgramOptions): Promise<Program> {
  const [telegram, discord] = [
    await startBotApi(),
    await openPlatform({ allowsPrivileged: true, ackMs: Number.POSITIVE_INFINITY }),
  ];
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-crawler-'));
  const settings = {
    TELEGRAM_TOKEN: telegram.token,
    TELEGRAM_API_URL: telegram.url,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    STATE_DIR: join(folder, 'state'),
    LOG_LEVEL: 'error',
    FINDS_PER_HOUR: '10000',
    NODE_COMPILE_CACHE: join(tmpdir(), 'facefinder-crawler-compiled'),
    ...(hasNets && { CRAWL_NETS: 'real' }),
    ...env,
  };
  const preload = join(import.meta.dirname, 'crawled-process.ts');
  const run = async (tries = TRIES): Promise<Running> => {
    try {
      return await runProgram({ dataDir: join(folder, 'data'), env: settings, preload });
    } catch (error) {
      // On a busy machine a loopback may seem not to answer. An operator would start the program
      // again.
      if (tries > 1 && String(error).includes('does not answer')) return await run(tries - 1);
      throw error;
    }
  };
  const errors: string[] = [];
  let running = await run();
  let killing: Promise<unknown> = Promise.resolve();

  const next = async () => {
    await running.ended;
    errors.push(...errorsIn(running.output()));
    running = await run();
  };
  return {
    telegram,
    discord,
    errors: () => [...errors, ...errorsIn(running.output())],
    get url() {
      return running.url;
    },
    idle: () => until('idle', async () => (await left(running)) === 0),
    async restart() {
      await running.kill('SIGTERM');
      await next();
    },
    ended: () => running.ended,
    async killAt(moment) {
      const victim = running;
      if ('step' in moment) await setSteps(victim, moment.step);
      else killing = sleep(moment.ms).then(() => victim.kill('SIGKILL'));
    },
    async survive() {
      await killing;
      await setSteps(running, 0);
      const isDead = running.process.signalCode !== null || running.process.exitCode !== null;
      if (isDead) await next();
      return isDead;
    },
    async [Symbol.asyncDispose]() {
      telegram.updates.stop();
      await running.kill('SIGTERM');
      await telegram[Symbol.asyncDispose]();
      await discord[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Checks a condition every few milliseconds. Rejects when it does not hold within 10 minutes. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const giveUp = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > giveUp) throw new Error(`never came: ${what}`);
    await sleep(5);
  }
}

/** How many jobs the program still has. */
async function left({ process, ended }: Running): Promise<number> {
  process.send('left?');
  const told = once(process, 'message');
  const [message] = (await Promise.race([told, ended.then(() => [{ left: 0 }])])) as [{ readonly left: number }];
  return message.left;
}

async function setSteps({ process, ended }: Running, steps: number): Promise<void> {
  if (!process.connected) return void (await ended);
  const taken = once(process, 'message');
  process.send(steps, () => {});
  await Promise.race([taken, ended]);
}

/**
 * The errors in the program's log. It leaves out `does not work`, which only says that a part took
 * long, because that is the machine's doing.
 */
function errorsIn(output: string): string[] {
  return output.split('\n').filter((line) => line !== '' && !/^facefinder is ready|"does not work"/.test(line));
}
