import { describe, expect, test } from 'vitest';
import { freePort } from '../../infra/services/port.ts';
import { readConfig } from '../../src/config.ts';
import { checkProxy } from '../../src/doctor/proxy.ts';
import { hasOpenssl } from '../support/openssl.ts';
import { openCompanyProxy } from '../support/proxy.ts';

const configured = (url: string) =>
  readConfig(
    { HTTPS_PROXY: url, DISCORD_TOKEN: 'token', CONTACT: 'The board, board@club.example' },
    import.meta.dirname,
  );

test('a proxy that is down is named, without its password', async () => {
  const port = await freePort();
  const [finding] = await checkProxy(configured(`http://ann:secret@127.0.0.1:${port}`));
  expect(finding).toMatchObject({ state: 'fail', what: `The proxy does not answer (127.0.0.1:${port})` });
  expect(JSON.stringify(finding)).not.toContain('secret');
});

test('a proxy that is down disturbs nothing when there is no bot', async () => {
  const config = readConfig({ HTTPS_PROXY: 'http://127.0.0.1:1' }, import.meta.dirname);
  expect(await checkProxy(config)).toMatchObject([{ state: 'warn' }]);
});

describe.skipIf(!hasOpenssl('a proxy and its certificate'))('a proxy that is there', () => {
  test('a proxy that hangs up is named', async () => {
    await using proxy = await openCompanyProxy('http://127.0.0.1:1', ['discord.com']);
    proxy.hangUp();
    expect(await checkProxy(configured(proxy.url))).toMatchObject([
      { state: 'fail', what: expect.stringMatching(/^The proxy does not answer \(127/) },
    ]);
  });

  test('a proxy that runs is well, and no proxy is nothing to tell of', async () => {
    // Both proxies run, though the second one refuses the host. What a proxy lets through is not
    // looked at here.
    for (const hosts of [['discord.com'], ['example.org']]) {
      await using proxy = await openCompanyProxy('http://127.0.0.1:1', hosts);
      expect(await checkProxy(configured(proxy.url))).toMatchObject([{ state: 'ok' }]);
      expect([...proxy.asked]).toEqual(['discord.com:443']);
    }
    expect(await checkProxy(readConfig({}, import.meta.dirname))).toEqual([]);
  });

  test('a proxy that no bot uses is tested with an address that does not exist', async () => {
    await using proxy = await openCompanyProxy('http://127.0.0.1:1', ['example.org']);
    const config = readConfig({ HTTPS_PROXY: proxy.url }, import.meta.dirname);
    expect(await checkProxy(config)).toMatchObject([{ state: 'ok' }]);
    expect([...proxy.asked]).toEqual(['nobody.invalid:443']);
  });
});
