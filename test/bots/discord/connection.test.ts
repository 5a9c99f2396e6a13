import { afterEach, expect, it, vi } from 'vitest';
import { type Bot, openBot } from './bot.ts';

let bot: Bot;
afterEach(() => bot[Symbol.asyncDispose]());

const impatient = { everyMs: 50, silentMs: 60_000 };
/** After this long without a word, the connection is taken for dead. */
const SILENT_MS = 1_000;
const state = () => bot.hearing.state();
const becomes = (is: string) => vi.waitFor(() => expect(state().is).toBe(is), 240_000);

it('is listening once Discord is ready', async () => {
  bot = await openBot();
  expect(state()).toEqual({ is: 'listening' });
});

it('is lost while the gateway is away, and back after that', async () => {
  bot = await openBot({ listener: { gatewayPatience: impatient } });
  bot.platform.gateway.drop();
  await becomes('lost');
  expect(state()).toMatchObject({ cause: { code: 'discord_unreachable' } });
  await becomes('listening');
});

it('is lost when the connection is open but silent, from the time of its last word', async () => {
  bot = await openBot({ listener: { gatewayPatience: { everyMs: 50, silentMs: SILENT_MS } } });
  await becomes('listening');
  bot.platform.gateway.fallSilent();
  await becomes('lost');
  expect(state()).toMatchObject({ cause: { code: 'discord_unreachable' } });
  const now = state();
  expect(now.is === 'lost' && Date.now() - now.since).toBeGreaterThanOrEqual(SILENT_MS);
});

it.each([
  [4004, 'discord_token'],
  [4010, 'discord_shards'],
  [4012, 'discord_version'],
  [4013, 'discord_intents'],
  [4014, 'discord_intents'],
])('is refused for good by close code %i: %s', async (code, cause) => {
  bot = await openBot();
  bot.platform.gateway.drop(code);
  await becomes('refused');
  expect(state()).toMatchObject({ cause: { code: cause, where: `close code ${code}` } });
});
