import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, platform } from 'node:os';
import { describe, expect, test } from 'vitest';
import { openHealth } from '../../../src/health/health.ts';
import { probes } from '../../../src/health/probes.ts';
import { openLog } from '../../../src/log.ts';
import { openPage } from './fixture.ts';

const hello = () => [{ kind: 'info', text: 'Hello' }] as const;

/**
 * Sends a plain request with exactly these headers. `fetch` would set Host and Sec-Fetch-Site
 * itself.
 */
function send(url: string, method: string, path: string, headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    headers: NodeJS.Dict<unknown>;
    body: string;
  }>();
  const body = method === 'POST' ? JSON.stringify({ user: 'u1', action: 'a:b' }) : '';
  // The path is sent as it is: a URL object would normalise it.
  const { hostname, port } = new URL(url);
  request(
    { hostname, port, path, method, headers: { 'content-type': 'application/json', ...headers } },
    async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
    },
  )
    .on('error', reject)
    .end(body);
  return promise;
}

const host = (url: string, name: string) => `${name}:${new URL(url).port}`;

describe('the page answers', () => {
  test('a program on this machine that sends neither Origin nor Sec-Fetch-Site', async () => {
    await using page = await openPage(hello);
    expect((await send(page.url, 'POST', '/api/actions', {})).status).toBe(200);
  });

  test.each(['127.0.0.1', 'localhost', '[::1]'])('its own browser page at %s', async (name) => {
    await using page = await openPage(hello);
    const headers = {
      host: host(page.url, name),
      origin: `http://${host(page.url, name)}`,
      'sec-fetch-site': 'same-origin',
    };
    expect((await send(page.url, 'POST', '/api/actions', headers)).status).toBe(200);
  });

  test('a link to it that somebody follows on another page', async () => {
    await using page = await openPage(hello);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await send(page.url, 'GET', '/', link)).status).toBe(200);
  });
});

describe('the page refuses', () => {
  test.each([
    ['a name that was rebound to this machine', (url: string) => ({ host: host(url, 'evil.example') })],
    ['another port of this machine as Host', () => ({ host: '127.0.0.1:1' })],
    ['a foreign Origin', () => ({ origin: 'https://evil.example' })],
    ['another program of this machine as Origin', () => ({ origin: 'http://127.0.0.1:1' })],
    ['https at its own address as Origin', (url: string) => ({ origin: url.replace('http:', 'https:') })],
    ['an opaque Origin', () => ({ origin: 'null' })],
    ['a request that a browser calls cross-site', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['a request that a browser calls same-site', () => ({ 'sec-fetch-site': 'same-site' })],
    [
      'a form that another page posts by navigating',
      () => ({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }),
    ],
  ])('%s, and says so', async (_, headers) => {
    await using page = await openPage(hello);
    const { status, body } = await send(page.url, 'POST', '/api/actions', headers(page.url));
    expect(status).toBe(403);
    expect(JSON.parse(body).error).toMatchObject({ code: 'not_yours', message: expect.stringMatching(/\w/) });
    expect(page.presses).toEqual([]);
  });

  test.each(['/', '/healthz', '/main.js', '/pictures/x'])('to let another page embed %s', async (path) => {
    await using page = await openPage(hello);
    const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    expect((await send(page.url, 'GET', path, embedded)).status).toBe(403);
    const framed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    expect((await send(page.url, 'GET', path, framed)).status).toBe(403);
  });
});

test('nobody reaches the page but at 127.0.0.1: at every other address of this machine nothing listens', async () => {
  await using page = await openPage(hello);
  const port = Number(new URL(page.url).port);
  const reached = async (address: string) => {
    const socket = connect(port, address);
    return await once(socket, 'connect')
      .then(() => true)
      .catch(() => false)
      .finally(() => socket.destroy());
  };
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
  // On Linux all of 127.0.0.0/8 is the machine's own.
  const others = [...own, ...(platform() === 'linux' ? ['127.0.0.2'] : [])].filter((one) => one !== '127.0.0.1');
  expect(await reached('127.0.0.1')).toBe(true);
  for (const address of others) expect(`${address}: ${await reached(address)}`).toBe(`${address}: false`);
});

describe('every answer', () => {
  test.each(['/', '/nothing', '/api/messages'])('%s tells the browser to trust nothing but this page', async (path) => {
    await using page = await openPage(hello);
    const { headers } = await send(page.url, 'GET', path, {});
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('to a preflight gives no permission', async () => {
    await using page = await openPage(hello);
    const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    const { headers } = await send(page.url, 'OPTIONS', '/api/actions', preflight);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('health', () => {
  test('is alive whatever the stores do; ready only when asks can be served', async () => {
    const health = openHealth({ log: openLog('silent') });
    health.watch('gallery', async () => {
      throw new Error('the store is down');
    });
    await using page = await openPage(hello, { probes: probes(health) });
    expect((await fetch(`${page.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${page.url}/readyz`)).status).toBe(503);
    await using healthy = await openPage(hello);
    expect((await fetch(`${healthy.url}/readyz`)).status).toBe(200);
  });
});

describe('a GET', () => {
  test.each(['/api/messages', '/api/actions', '/api/not-me'])('of %s does nothing', async (path) => {
    await using page = await openPage(hello);
    expect((await fetch(page.url + path)).status).toBe(404);
    expect([...page.asks, ...page.presses]).toEqual([]);
  });

  test('finds no file outside the page’s own', async () => {
    await using page = await openPage(hello);
    for (const path of [
      '/../listener.ts',
      '/%2e%2e/listener.ts',
      '/..%2flistener.ts',
      '//etc/passwd',
      '/listener.ts',
    ]) {
      expect((await send(page.url, 'GET', path, {})).status).not.toBe(200);
    }
  });
});
