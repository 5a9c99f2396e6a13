import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkTelegram } from '../../../src/bots/telegram/check.ts';
import { type BotApi, startBotApi } from './platform/server.ts';

let api: BotApi;
beforeEach(async () => {
  api = await startBotApi();
});
afterEach(() => api[Symbol.asyncDispose]());

const check = (more: object = {}) => checkTelegram({ token: api.token, apiUrl: api.url, ...more });

describe('doctor on Telegram', () => {
  it('names the bot, gives its invitation, and reminds of the policy', async () => {
    const findings = await check({ policyUrl: 'https://example.org/privacy' });
    expect(findings.every(({ state }) => state === 'ok')).toBe(true);
    const told = JSON.stringify(findings);
    expect(told).toContain('https://t.me/finder_test_bot?startgroup=true&admin=manage_chat');
    expect(told).toContain('privacy mode is on');
    expect(told).toContain('Make it an admin of its groups');
    expect(told).toContain('https://example.org/privacy');
  });

  it('says what to do about a bot that reads everything, or may not be added', async () => {
    api.me = { can_join_groups: false, can_read_all_group_messages: true };
    const wrong = (await check()).filter(({ state }) => state !== 'ok');
    expect(wrong.map(({ todo }) => todo)).toEqual([
      expect.stringContaining('/setjoingroups'),
      expect.stringContaining('/setprivacy'),
    ]);
  });

  it('says what to do about a webhook that is missing, forgotten or failing', async () => {
    const url = 'https://localhost/telegram';
    expect((await check({ webhookUrl: url })).find(({ state }) => state !== 'ok')?.what).toContain(
      'not set to TELEGRAM_WEBHOOK_URL',
    );
    api.updates.setWebhook({ url, secret: 's' });
    expect((await check({ webhookUrl: url })).every(({ state }) => state === 'ok')).toBe(true);
    expect((await check()).find(({ state }) => state !== 'ok')?.what).toContain('a webhook is set');
    api.webhookTrouble = 'Connection refused';
    expect((await check({ webhookUrl: url })).find(({ state }) => state !== 'ok')?.what).toContain(
      'cannot deliver to the webhook',
    );
  });

  it('says what to do about a wrong token or an unreachable Telegram, without showing the token', async () => {
    for (const [access, todo] of [
      [{ token: '1:wrong' }, 'TELEGRAM_TOKEN'],
      [{ apiUrl: 'http://127.0.0.1:1' }, 'TELEGRAM_API_URL'],
    ] as const) {
      const findings = await check(access);
      expect(findings).toMatchObject([{ state: 'fail', todo: expect.stringContaining(todo) }]);
      expect(JSON.stringify(findings)).not.toMatch(/1:wrong|loopback-token/);
    }
  });
});
