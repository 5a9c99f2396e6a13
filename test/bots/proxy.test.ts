import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasOpenssl } from '../support/openssl.ts';
import { type CompanyProxy, openCompanyProxy } from '../support/proxy.ts';
import { openPlatform } from './discord/platform/platform.ts';
import { buttonsOf, textOf } from './discord/platform/reading.ts';
import { answerTo } from './telegram/driver.ts';
import { samples } from './telegram/photos.ts';
import { peopleOf } from './telegram/platform/people.ts';
import { startBotApi } from './telegram/platform/server.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/**
 * Uses the platforms' real addresses. Only the proxy leads to the loopback platforms, so a call
 * that does not go through the proxy fails.
 */
describe.skipIf(!hasOpenssl('bots behind a proxy'))('behind a company’s proxy', () => {
  let dataDir: string;
  let bot: ChildProcess | undefined;
  let proxy: CompanyProxy | undefined;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'facefinder-proxy-'));
  });
  afterEach(async () => {
    if (bot && bot.exitCode === null) {
      bot.kill('SIGKILL');
      await once(bot, 'exit');
    }
    await proxy?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  function start(env: NodeJS.ProcessEnv): void {
    const { PATH, HOME, XDG_STATE_HOME, XDG_CONFIG_HOME, MODEL_DIR } = process.env;
    const here = { PATH, HOME, XDG_STATE_HOME, XDG_CONFIG_HOME, MODEL_DIR };
    const own = { ...here, DATA_DIR: dataDir, WORKERS: '1', NODE_EXTRA_CA_CERTS: proxy?.ca };
    const settings = { ...own, HTTPS_PROXY: proxy?.url, ...env };
    bot = spawn(process.execPath, [MAIN, 'start'], { env: settings, stdio: 'ignore' });
  }

  test('Telegram’s updates, answers and photos go through it', async () => {
    await using telegram = await startBotApi();
    const people = peopleOf(telegram);
    proxy = await openCompanyProxy(telegram.url, ['api.telegram.org']);
    start({ TELEGRAM_TOKEN: telegram.token, CONTACT: 'The board, board@club.example' });
    const ann = people.person('Ann');
    const group = people.group('Chess club', [ann]);
    await answerTo(telegram, ann, () => ann.says('/start'));
    await answerTo(telegram, ann, () => ann.saysIn(group, '/enroll'));
    const selfie = (await samples()).ann;
    const [notice] = await answerTo(telegram, ann, () => ann.says('', { photos: [selfie] }));
    if (!notice) throw new Error('no notice');
    const [enrolled] = await answerTo(telegram, ann, () => ann.presses(notice, 'agree'));
    expect(enrolled?.text).toContain('You are enrolled in');
    expect([...proxy.asked]).toEqual(['api.telegram.org:443']);
    telegram.updates.stop();
  });

  test('Discord’s gateway, answers and photos go through it', async () => {
    await using platform = await openPlatform({ gatewayUrl: 'wss://gateway.discord.gg/gateway' });
    const hosts = ['cdn.discordapp.com', 'discord.com', 'gateway.discord.gg'];
    proxy = await openCompanyProxy(platform.apiUrl, hosts);
    start({ DISCORD_TOKEN: platform.token, CONTACT: 'The board, board@club.example' });
    await expect.poll(() => platform.gateway.counts.identified).toBe(1);
    const sent = platform.attach((await samples()).ann);
    const photo = { ...sent, url: sent.url.replace(new URL(sent.url).origin, 'https://cdn.discordapp.com') };
    const person = platform.person('Ann');
    const ann = { person, guild: platform.guild('Chess club', person) };
    const notice = await platform.slash(ann, 'enroll', [photo]).answer();
    const agree = buttonsOf(notice).find(({ custom_id }) => custom_id.endsWith(':agree'));
    if (!agree) throw new Error('no notice');
    expect(textOf(await platform.press(ann, notice, agree).answer())).toContain('You are enrolled in');
    expect([...proxy.asked].sort()).toEqual(hosts.map((host) => `${host}:443`));
    expect(platform.violations).toEqual([]);
  });
});
