import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPlatform } from '../bots/discord/platform/platform.ts';
import { peopleOf } from '../bots/telegram/platform/people.ts';
import { Refusal } from '../bots/telegram/platform/refusals.ts';
import { startBotApi } from '../bots/telegram/platform/server.ts';
import { facefinder, type Program, runProgram } from './program.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'facefinder-shut-out-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const MANY = 1_000;
const unauthorized = () => new Refusal(401, 'Unauthorized');
const readyz = (program: Program) =>
  fetch(`${program.url}/readyz`).then(async (answer) => [answer.status, await answer.text()]);

/**
 * Waits until a program ends because its bot is shut out. Gives the lines of its output that are no
 * log lines.
 */
async function ending(program: Program): Promise<string[]> {
  expect(await program.ended).toBe(1);
  return program
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'));
}

describe('a bot that its platform shuts out for good', () => {
  it('of Discord ends with the reason', async () => {
    await using discord = await openPlatform();
    await using program = await runProgram({
      dataDir,
      env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl, CONTACT: 'The board, board@club.example' },
    });
    await vi.waitFor(async () => expect(await readyz(program)).toEqual([200, 'ready\n']), 240_000);
    discord.gateway.drop(4004);
    expect((await ending(program)).at(-1)).toMatch(
      /^facefinder start: Discord refuses the token .*4004.* DISCORD_TOKEN/,
    );
    expect(program.output()).toContain('"cause":"discord_token"');
  });

  it('of Telegram ends with the reason', async () => {
    await using telegram = await startBotApi();
    const env = {
      TELEGRAM_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.url,
      CONTACT: 'The board, board@club.example',
    };
    await using program = await runProgram({ dataDir, env });
    await vi.waitFor(async () => expect(await readyz(program)).toEqual([200, 'ready\n']), 240_000);
    telegram.fault('getUpdates', unauthorized(), MANY);
    telegram.updates.add({});
    expect((await ending(program)).at(-1)).toMatch(/^facefinder start: Telegram refuses the token .* TELEGRAM_TOKEN/);
    expect(program.output()).toContain('"cause":"telegram_token"');
  });

  it('by one of two platforms goes on for the other, not ready, and ends once both refuse it', async () => {
    await using discord = await openPlatform();
    await using telegram = await startBotApi();
    const tokens = { DISCORD_TOKEN: discord.token, TELEGRAM_TOKEN: telegram.token };
    const env = { ...tokens, DISCORD_API_URL: discord.apiUrl, TELEGRAM_API_URL: telegram.url };
    await using program = await runProgram({ dataDir, env });
    await vi.waitFor(async () => expect(await readyz(program)).toEqual([200, 'ready\n']), 240_000);
    discord.gateway.drop(4004);
    const told = [503, expect.stringMatching(/^not ready\ndiscord: discord_token: Discord refuses the token/)];
    await vi.waitFor(async () => expect(await readyz(program)).toEqual(told), 240_000);
    const ann = peopleOf(telegram).person('Ann');
    ann.says('/start');
    await telegram.until('an answer', () => ann.inbox()[0]);
    expect(await readyz(program)).toEqual(told);
    telegram.fault('getUpdates', unauthorized(), MANY);
    telegram.updates.add({});
    expect((await ending(program)).at(-1)).toMatch(/^facefinder start: Telegram refuses the token/);
    for (const cause of ['discord_token', 'telegram_token']) expect(program.output()).toContain(`"cause":"${cause}"`);
  });

  it('before it starts, is refused in the same words', async () => {
    await using telegram = await startBotApi();
    telegram.fault('getMe', unauthorized(), MANY);
    const env = {
      TELEGRAM_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.url,
      CONTACT: 'The board, board@club.example',
      DATA_DIR: dataDir,
      WORKERS: '1',
    };
    const { code, err } = await facefinder(['start'], env);
    expect(code).toBe(1);
    expect(err).toContain('Telegram refuses the token of the bot');
  });
});

it('a gateway that stands and says nothing is named within a minute', async () => {
  await using discord = await openPlatform({ heartbeatMs: 1_000 });
  const env = { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl };
  await using program = await runProgram({ dataDir, env });
  await vi.waitFor(async () => expect(await readyz(program)).toEqual([200, 'ready\n']), 240_000);
  discord.gateway.fallSilent();
  const named = async () => {
    const [, text] = await readyz(program);
    expect(text).toMatch(/^not ready\ndiscord: discord_unreachable: /);
  };
  await vi.waitFor(named, { timeout: 240_000, interval: 500 });
  expect(program.output()).toContain('"cause":"discord_unreachable"');
});

it('a token that another program uses too is named in the log, and the bot goes on trying', async () => {
  await using telegram = await startBotApi();
  const env = {
    TELEGRAM_TOKEN: telegram.token,
    TELEGRAM_API_URL: telegram.url,
    CONTACT: 'The board, board@club.example',
  };
  await using program = await runProgram({ dataDir, env });
  telegram.fault('getUpdates', new Refusal(409, 'Conflict: terminated by other getUpdates request'), MANY);
  telegram.updates.add({});
  await vi.waitFor(() => expect(program.output()).toContain('"cause":"telegram_conflict"'), 240_000);
  const polls = () => telegram.calls.filter(({ method }) => method === 'getUpdates').length;
  const before = polls();
  await vi.waitFor(() => expect(polls()).toBeGreaterThan(before), 240_000);
  expect(program.process.exitCode).toBeNull();
});
