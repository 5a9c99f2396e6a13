import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlatform, type PlatformOptions } from '../bots/discord/platform/platform.ts';
import { startBotApi } from '../bots/telegram/platform/server.ts';
import { facefinder } from '../e2e/program.ts';
import { expectForetold } from './fault.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-faults-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const WITHOUT_PAGE = { PLAYGROUND_PORT: 'off' };
const NOBODY = 'http://127.0.0.1:1';
const WEBHOOK = { TELEGRAM_WEBHOOK_SECRET: 'a-long-secret', TELEGRAM_WEBHOOK_PORT: '0' };

type Changed = Record<string, string> | (() => Promise<Record<string, string>>);
const settings = async (changed: Changed = {}) => (typeof changed === 'function' ? await changed() : changed);

/** The address of a server that knows no bots, and answers with JSON, as an API does. */
async function elsewhere(): Promise<string> {
  const server = createServer((_, response) =>
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"no such page"}'),
  ).listen(0, '127.0.0.1');
  server.unref();
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let folders = 0;
const dataDir = () => ({ ...WITHOUT_PAGE, DATA_DIR: join(root, String(++folders)) });

describe('doctor foretells what a start meets on Discord', () => {
  const MEMBERS_INTENT_ALLOWED = { application: { flags: 1 << 15 } };
  interface DiscordFault {
    readonly name: string;
    readonly options?: PlatformOptions;
    readonly changed?: Changed;
    readonly told?: RegExp;
  }
  const FAULTS: readonly DiscordFault[] = [
    { name: 'nothing' },
    { name: 'nothing, with the members intent', options: { ...MEMBERS_INTENT_ALLOWED, allowsPrivileged: true } },
    { name: 'a token that Discord refuses', changed: { DISCORD_TOKEN: 'wrong' }, told: /Discord refuses the token/ },
    {
      name: 'an intent that the gateway refuses after all',
      options: { ...MEMBERS_INTENT_ALLOWED, allowsPrivileged: false },
      told: /Discord refuses the Server Members Intent/,
    },
    { name: 'a bot that nobody runs', changed: { CONTACT: '' }, told: /CONTACT is required with DISCORD_TOKEN/ },
    { name: 'a Discord that is away', changed: { DISCORD_API_URL: NOBODY }, told: /Discord does not answer/ },
    {
      name: 'an address of Discord at which something else answers',
      changed: async () => ({ DISCORD_API_URL: await elsewhere() }),
      told: /Discord does not answer/,
    },
  ];

  it.each(FAULTS)('$name', async ({ options, changed, told }) => {
    await using platform = await openPlatform(options);
    const { token, apiUrl } = platform;
    const set = { ...dataDir(), DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl, ...(await settings(changed)) };
    await expectForetold(told ? { env: () => set, told } : { env: () => set }, 'only the start');
  });
});

describe('doctor foretells what a start meets on Telegram', () => {
  interface TelegramFault {
    readonly name: string;
    readonly harm?: (api: Awaited<ReturnType<typeof startBotApi>>) => void;
    readonly changed?: Changed;
    readonly told?: RegExp;
  }
  const FAULTS: readonly TelegramFault[] = [
    { name: 'nothing' },
    {
      name: 'a webhook that is left over, which the start removes',
      harm: (api) => api.updates.setWebhook({ url: 'https://example.org/old', secret: 's' }),
    },
    {
      name: 'a token that Telegram refuses',
      changed: { TELEGRAM_TOKEN: '1:wrong' },
      told: /Telegram refuses the token/,
    },
    { name: 'a bot that nobody runs', changed: { CONTACT: '' }, told: /CONTACT is required with TELEGRAM_TOKEN/ },
    { name: 'a Telegram that is away', changed: { TELEGRAM_API_URL: NOBODY }, told: /Telegram does not answer/ },
    {
      name: 'an address of Telegram at which something else answers',
      changed: async () => ({ TELEGRAM_API_URL: await elsewhere() }),
      told: /Telegram does not answer/,
    },
    { name: 'nothing, with a webhook', changed: { ...WEBHOOK, TELEGRAM_WEBHOOK_URL: 'https://localhost/telegram' } },
    {
      name: 'a webhook at a host that nobody knows',
      changed: { ...WEBHOOK, TELEGRAM_WEBHOOK_URL: 'https://nobody.invalid/telegram' },
      told: /Telegram refuses the address of the webhook .*nobody\.invalid/,
    },
    {
      name: 'a webhook without encryption',
      changed: { ...WEBHOOK, TELEGRAM_API_URL: '', TELEGRAM_WEBHOOK_URL: 'http://bot.example.org/telegram' },
      told: /TELEGRAM_WEBHOOK_URL .*https/,
    },
    {
      name: 'a webhook on a port to which Telegram delivers nothing',
      changed: { ...WEBHOOK, TELEGRAM_API_URL: '', TELEGRAM_WEBHOOK_URL: 'https://bot.example.org:9000/telegram' },
      told: /TELEGRAM_WEBHOOK_URL .*8443/,
    },
  ];

  it.each(FAULTS)('$name', async ({ harm, changed, told }) => {
    await using api = await startBotApi();
    harm?.(api);
    const set = { ...dataDir(), TELEGRAM_TOKEN: api.token, TELEGRAM_API_URL: api.url, ...(await settings(changed)) };
    await expectForetold(told ? { env: () => set, told } : { env: () => set }, 'only the start');
  });
});

it('doctor foretells that a bot cannot make its key, and makes none', async () => {
  await using api = await startBotApi();
  const file = join(root, 'file');
  await writeFile(file, '');
  const set = { ...dataDir(), TELEGRAM_TOKEN: api.token, TELEGRAM_API_URL: api.url, CONTACT: 'faces@example.org' };
  const run = (verb: string) => facefinder([verb], { ...set, XDG_CONFIG_HOME: join(file, 'config') });
  const [doctor, started] = [await run('doctor'), await run('start')];
  expect({ doctor: doctor.code, start: started.code }).toEqual({ doctor: 1, start: 1 });
  for (const said of [doctor.out, started.err])
    expect(said).toMatch(/file\S* is no folder, or lies in something that is none/);
  expect(doctor.out).toMatch(/^FAIL master key: /m);
});
