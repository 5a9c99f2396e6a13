import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { freePort } from '../../../infra/services/port.ts';
import { listenTelegram } from '../../../src/bots/telegram/listener.ts';
import { telegramCourier } from '../../../src/bots/telegram/out/courier.ts';
import { causeOf } from '../../../src/cause.ts';
import { Failure } from '../../../src/failure.ts';
import { quiet, type Stage, said, stage } from './fixture.ts';
import { badRequest, serverError, tooMany } from './platform/refusals.ts';

const photo = new Uint8Array([1, 2, 3]);
let on: Stage;

afterEach(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.api.complaints).toEqual([]);
});

const pendingIds = () => on.api.updates.pending().map(({ update_id }) => update_id);
const confirmed = (id: number) => on.api.until('the confirmation', () => !pendingIds().includes(id));
const commands = () => on.chat.asks.map(({ command }) => command);

/** Delays the chat's answer to this command until the returned function is called. */
function hold(command: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  on.chat.answer = async (request) => {
    if ('command' in request && request.command === command) await promise;
    return said(`Answer to ${'command' in request ? request.command : 'a press'}`);
  };
  return resolve;
}

describe('long polling', () => {
  it('confirms an update only when the chat has taken it in', async () => {
    on = await stage();
    const letGo = hold('find');
    const id = on.people.person('Ann').says('/find');
    await on.api.until('the ask', () => on.chat.asks[0]);
    await on.api.until('further polls', () => on.api.calls.filter(({ method }) => method === 'getUpdates').length > 3);
    expect(pendingIds()).toContain(id);
    letGo();
    await confirmed(id);
    expect(on.chat.asks).toHaveLength(1);
  });

  it('makes nobody wait for somebody else’s slow update', async () => {
    on = await stage();
    const letGo = hold('find');
    on.people.person('Ann').says('/find');
    await on.api.until('the ask', () => on.chat.asks[0]);
    const bob = on.people.person('Bob');
    bob.says('/help');
    await on.api.until('the answer', () => bob.inbox()[0]);
    letGo();
  });

  it('handles one person’s updates in a chat in order', async () => {
    on = await stage();
    const letGo = hold('enroll');
    const ann = on.people.person('Ann');
    ann.says('/enroll');
    const last = ann.says('/forget');
    await on.api.until('the first ask', () => on.chat.asks[0]);
    await on.api.until('further polls', () => on.api.calls.filter(({ method }) => method === 'getUpdates').length > 3);
    expect(commands()).toEqual(['enroll']);
    const waitedUntil = Date.now();
    letGo();
    await confirmed(last);
    // The second ask counts from before its wait for the first one, because the person waits then.
    expect(on.chat.asks[1]?.askedAt).toBeLessThanOrEqual(waitedUntil);
    expect(ann.inbox().map(({ text }) => text)).toEqual(['Answer to enroll', 'Answer to forget']);
  });

  it('handles an update once that Telegram delivers again', async () => {
    on = await stage();
    const ann = on.people.person('Ann');
    const id = ann.says('/find');
    await confirmed(id);
    on.api.updates.repeat(id);
    await confirmed(id);
    expect(on.chat.asks).toHaveLength(1);
    expect(ann.inbox()).toHaveLength(1);
  });

  it('tries an update again that could be neither answered nor queued', async () => {
    on = await stage();
    let tries = 0;
    on.chat.answer = () => {
      tries += 1;
      if (tries < 3) throw new Failure('unavailable');
      return said('At last.');
    };
    const ann = on.people.person('Ann');
    const id = ann.says('/find');
    await on.api.until('the second try', () => tries === 2);
    expect(pendingIds()).toContain(id);
    await confirmed(id);
    expect(ann.inbox()).toMatchObject([{ text: 'At last.' }]);
  });

  it('goes on after an update that breaks it', async () => {
    on = await stage();
    on.chat.answer = (request) => {
      if ('command' in request && request.command === 'find') throw new TypeError('a bug');
      return said('Fine.');
    };
    const id = on.people.person('Ann').says('/find');
    await confirmed(id);
    expect(on.onUnheard, 'Ann, who hears nothing, is counted').toHaveBeenCalledOnce();
    const bob = on.people.person('Bob');
    bob.says('/help');
    await on.api.until('the answer', () => bob.inbox()[0]);
  });

  it('goes on after Telegram was away, busy or in conflict', async () => {
    on = await stage();
    on.api.fault('getUpdates', 'hang up');
    on.api.fault('getUpdates', serverError());
    on.api.fault('getUpdates', tooMany(1));
    const ann = on.people.person('Ann');
    ann.says('/help');
    ann.says('/privacy');
    await on.api.until('both answers', () => ann.inbox()[1]);
  });

  it('leaves updates that it did not take in to the next start, which repeats no others', async () => {
    on = await stage();
    const ann = on.people.person('Ann');
    await confirmed(ann.says('/help'));
    on.chat.answer = () => {
      throw new Failure('unavailable');
    };
    const id = ann.says('/find');
    await on.api.until('a try', () => commands().includes('find'));
    on.chat.answer = () => said('After the restart.');
    await on.restart();
    await confirmed(id);
    expect(ann.inbox().map(({ text }) => text)).toEqual(['An answer.', 'After the restart.']);
    expect(commands().filter((command) => command === 'help')).toHaveLength(1);
  });
});

describe('a webhook', () => {
  async function webhookStage(): Promise<string> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/telegram`;
    on = await stage({ webhook: { url, secret: 'a-long-secret', port } });
    return url;
  }

  const post = (url: string, body: string, secret?: string) =>
    fetch(url, {
      method: 'POST',
      body,
      headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret },
    }).then(({ status }) => status);

  it('delivers messages, buttons and albums', async () => {
    await webhookStage();
    expect(on.api.updates.webhook()).toMatchObject({ secret: 'a-long-secret' });
    const ann = on.people.person('Ann');
    ann.says('/find', { photos: [photo, photo, photo] });
    await on.api.until('the answer', () => ann.inbox()[0]);
    expect(on.chat.asks).toMatchObject([{ command: 'find', photos: [{ file: 'photo0' }, {}, {}] }]);
    ann.says('/help');
    await on.api.until('the other answer', () => ann.inbox()[1]);
    await on.api.until('all confirmed', () => pendingIds().length === 0);
  });

  it('is answered only when the update is taken in, so that Telegram repeats it otherwise', async () => {
    await webhookStage();
    let tries = 0;
    on.chat.answer = () => {
      tries += 1;
      if (tries < 3) throw new Failure('unavailable');
      return said('At last.');
    };
    const ann = on.people.person('Ann');
    const id = ann.says('/find');
    await confirmed(id);
    expect(tries).toBe(3);
    expect(ann.inbox()).toMatchObject([{ text: 'At last.' }]);
  });

  it('also answers an update that breaks the bot, so that later updates come', async () => {
    await webhookStage();
    on.chat.answer = () => {
      throw new TypeError('a bug');
    };
    await confirmed(on.people.person('Ann').says('/find'));
  });

  it('handles an update once that is posted twice at once', async () => {
    const url = await webhookStage();
    const ann = on.people.person('Ann');
    on.api.world.started.add(ann.id);
    const chat = { id: ann.id, type: 'private', first_name: 'Ann' };
    const update = { update_id: 77, message: { message_id: 1, date: 1, chat, from: ann.user, text: '/find' } };
    const body = JSON.stringify(update);
    expect(await Promise.all([post(url, body, 'a-long-secret'), post(url, body, 'a-long-secret')])).toEqual([200, 200]);
    expect(on.chat.asks).toHaveLength(1);
    expect(ann.inbox()).toHaveLength(1);
  });

  it('refuses posts without the secret, and posts that are no update', async () => {
    const url = await webhookStage();
    const update = JSON.stringify({ update_id: 1, message: {} });
    expect(await post(url, update)).toBe(401);
    expect(await post(url, update, 'another')).toBe(401);
    expect(await post(url, 'not json', 'a-long-secret')).toBe(400);
    expect(await post(url, '{"no":"update"}', 'a-long-secret')).toBe(400);
    expect(await post(url, 'x'.repeat(2_000_000), 'a-long-secret')).toBe(400);
    expect(await fetch(url).then(({ status }) => status)).toBe(405);
    expect(on.chat.asks).toEqual([]);
  });

  it('stays set when the bot stops: Telegram keeps updates meanwhile', async () => {
    await webhookStage();
    const ann = on.people.person('Ann');
    await on.restart();
    ann.says('/help');
    await on.api.until('the answer', () => ann.inbox()[0]);
    expect(on.api.calls.some(({ method }) => method === 'deleteWebhook')).toBe(false);
  });
});

it('does not start with a token that Telegram does not know, and says where to get one', async () => {
  on = await stage();
  const { api, chat, hearing } = on;
  const options = {
    token: '1:wrong',
    apiUrl: api.url,
    chat,
    commands: COMMANDS,
    courier: telegramCourier({ token: '1:wrong' }),
    log: quiet,
    hearing,
    onUnheard: () => {},
  };
  const refused = await listenTelegram(options).catch((error) => error);
  expect(causeOf(refused)?.message).toMatch(/BotFather.*TELEGRAM_TOKEN/);
});

it('polling takes an old webhook away', async () => {
  on = await stage();
  expect(on.api.calls.map(({ method }) => method)).toContain('deleteWebhook');
});

describe('the menus', () => {
  it('are set for private chats and groups, in every language, and only once', async () => {
    on = await stage();
    const sets = () => on.api.calls.filter(({ method }) => method === 'setMyCommands');
    const first = sets().length;
    expect(sets().map(({ params }) => params)).toContainEqual({
      scope: { type: 'all_group_chats' },
      language_code: 'de',
      commands: expect.arrayContaining([{ command: 'find', description: expect.stringContaining('Findet') }]),
    });
    await on.restart();
    expect(sets()).toHaveLength(first);
  });

  it('do not stop a start when they cannot be set', async () => {
    on = await stage();
    on.api.world.commands.clear();
    on.api.fault('setMyCommands', badRequest('BOT_COMMAND_INVALID'));
    await on.restart();
    const ann = on.people.person('Ann');
    ann.says('/help');
    await on.api.until('the answer', () => ann.inbox()[0]);
  });
});
