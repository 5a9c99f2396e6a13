import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../infra/services/port.ts';
import { listenTelegram } from '../../../src/bots/telegram/listener.ts';
import { watchHearing } from '../../../src/health/hearing.ts';
import { timedWork } from '../../support/patience.ts';
import { quiet, type Stage, stage } from './fixture.ts';
import { Refusal, serverError } from './platform/refusals.ts';

let on: Stage;
afterEach(() => on[Symbol.asyncDispose]());

const is = (wanted: string) => on.api.until(`to be ${wanted}`, () => on.hearing.state().is === wanted);
const causeIs = (code: string) => {
  const cause = () => {
    const state = on.hearing.state();
    return 'cause' in state && state.cause.code === code;
  };
  return on.api.until(code, cause);
};
const unauthorized = () => new Refusal(401, 'Unauthorized');

describe('a bot that polls', () => {
  it('is listening as soon as Telegram answers, even if nobody writes', async () => {
    on = await stage();
    const { ms, slowness } = await timedWork(() => is('listening'));
    expect(ms / slowness).toBeLessThan(5_000);
  });

  it('is lost while Telegram is away, and back after that', async () => {
    on = await stage();
    on.api.fault('getUpdates', serverError(), 2);
    on.people.person('Ann').says('/help');
    await causeIs('telegram_unreachable');
    await is('listening');
  });

  it('is refused when its token is refused again and again', async () => {
    on = await stage();
    on.api.fault('getUpdates', unauthorized(), 3);
    on.people.person('Ann').says('/help');
    await is('refused');
    await causeIs('telegram_token');
  });

  it('is not refused because of one error of Telegram’s', async () => {
    on = await stage();
    on.api.fault('getUpdates', unauthorized(), 2);
    const ann = on.people.person('Ann');
    ann.says('/help');
    await causeIs('telegram_token');
    await on.api.until('the answer', () => ann.inbox()[0]);
    await is('listening');
  });

  it('knows that another program uses its token, for as long as the two take turns', async () => {
    on = await stage({ patience: { conflictMs: 1_000 } });
    await is('listening');
    const { api, chat } = on;
    const hearing = watchHearing({ platform: 'telegram', log: quiet, now: Date.now, onRefused: () => {} });
    const options = {
      token: api.token,
      apiUrl: api.url,
      chat,
      hearing,
      log: quiet,
      onUnheard: () => {},
      commands: [],
      courier: {} as never,
    };
    const other = await listenTelegram(options);
    await causeIs('telegram_conflict');
    // Telegram refuses the other program's polls too, and that program then polls less often. So
    // the first program gets updates again, but must still report the conflict.
    const polls = () => api.calls.filter(({ method, status }) => method === 'getUpdates' && status === 200).length;
    const before = polls();
    await api.until('polls that are served', () => polls() > before + 1);
    expect(on.hearing.state().is).toBe('lost');
    await other[Symbol.asyncDispose]();
    await is('listening');
  });
});

describe('a bot with a webhook', () => {
  async function webhookStage(): Promise<void> {
    const port = await freePort();
    const webhook = { url: `http://127.0.0.1:${port}/telegram`, secret: 'a-long-secret', port };
    on = await stage({ webhook, patience: { webhookLookMs: 50 } });
    await is('listening');
  }

  it('is lost while Telegram cannot deliver to it', async () => {
    await webhookStage();
    on.chat.answer = () => new Promise(() => {});
    on.people.person('Ann').says('/find');
    on.api.webhookTrouble = 'Connection refused';
    await causeIs('telegram_webhook');
    on.api.webhookTrouble = undefined;
    await is('listening');
  });

  it('knows that another program took the webhook away', async () => {
    await webhookStage();
    on.api.updates.setWebhook(undefined);
    await causeIs('telegram_conflict');
  });

  it('is refused when its token is refused', async () => {
    await webhookStage();
    on.api.fault('getWebhookInfo', unauthorized(), 3);
    await is('refused');
  });
});
