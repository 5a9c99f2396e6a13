import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { samples } from '../telegram/photos.ts';
import type { Exchange } from './platform/exchange.ts';
import { openPlatform, type Platform } from './platform/platform.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { Shown } from './platform/shown.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

let platform: Platform;
let dataDir: string;
let bot: ChildProcess;

beforeEach(async () => {
  platform = await openPlatform();
  dataDir = await mkdtemp(join(tmpdir(), 'facefinder-killed-'));
  bot = await startBot();
});
afterEach(async () => {
  await killBot();
  await platform[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true });
  expect(platform.violations).toEqual([]);
});

/**
 * Starts the program as an operator does, configured only by its environment. Resolves once it is
 * connected.
 */
async function startBot(): Promise<ChildProcess> {
  const { counts } = platform.gateway;
  const before = counts.identified;
  const discord = {
    DISCORD_TOKEN: platform.token,
    DISCORD_API_URL: platform.apiUrl,
    CONTACT: 'The board, board@club.example',
  };
  const env = { ...process.env, ...discord, DATA_DIR: dataDir, WORKERS: '1' };
  const started = spawn(process.execPath, [MAIN, 'start'], { env, stdio: 'ignore' });
  await expect.poll(() => counts.identified).toBe(before + 1);
  return started;
}

async function killBot(): Promise<void> {
  if (bot.exitCode !== null || bot.signalCode !== null) return;
  const exit = once(bot, 'exit');
  bot.kill('SIGKILL');
  await exit;
}

/** Ann in her club, who has agreed to search. */
async function annSearches() {
  const photo = platform.attach((await samples()).group);
  const person = platform.person('Ann');
  const ann = { person, guild: platform.guild('Chess club', person) };
  const notice = await platform.slash(ann, 'find', [photo]).answer();
  await platform.press(ann, notice, buttonNamed(notice, 'agree')).answer();
  return { ann, photo };
}

function buttonNamed(shown: Shown, choice: string) {
  const button = buttonsOf(shown).find(({ custom_id }) => custom_id.endsWith(`:${choice}`));
  if (!button) throw new Error(`no button to ${choice}`);
  return button;
}

/**
 * Kills the bot right after Discord got its acknowledgement of what `act` sends. Then starts
 * another bot.
 */
async function killedAtItsWord(act: () => Exchange): Promise<Exchange> {
  platform.fault({
    method: 'post',
    template: '/interactions/{interaction_id}/{interaction_token}/callback',
    status: 'done, no answer',
    times: 1,
  });
  const exchange = act();
  await exchange.acknowledged();
  await killBot();
  expect(exchange.edits).toBe(0);
  bot = await startBot();
  return exchange;
}

it('a bot that is killed right after it acknowledged a request does it at the next start, an erasure too', async () => {
  const { ann, photo } = await annSearches();
  const search = await killedAtItsWord(() => platform.slash(ann, 'find', [photo]));
  expect(textOf(await search.answer())).toContain('Nobody is enrolled in');

  const question = await platform.slash(ann, 'forget').answer();
  const erasure = await killedAtItsWord(() => platform.press(ann, question, buttonNamed(question, 'here')));
  expect((await erasure.answer()).attachments).toMatchObject([{ filename: expect.stringMatching(/\.jws$/) }]);
  expect(textOf(await platform.slash(ann, 'mydata').answer())).toContain('Nothing is held about you');
  expect(erasure.edits).toBe(1);
}, 240_000);

it('a bot that is killed between its first word and the answer gives one clear answer at the next start', async () => {
  const { ann, photo } = await annSearches();
  const fetches = () => platform.requests.filter(({ template }) => template === '/attachments').length;
  const before = fetches();
  const unreachable = { method: 'get', template: '/attachments', status: 503, times: 100 };
  platform.fault(unreachable);
  const search = platform.slash(ann, 'find', [photo]);
  await expect.poll(fetches).toBeGreaterThan(before);
  await killBot();
  expect(search).toMatchObject({ edits: 0, ack: { type: 5 } });

  unreachable.times = 0;
  bot = await startBot();
  expect(textOf(await search.answer())).toBe(failureText(en, 'expired', { restarted: 1 }));
  expect((await platform.slash(ann, 'find', [photo]).answer()).attachments).toHaveLength(1);
  expect(search.edits).toBe(1);
});
