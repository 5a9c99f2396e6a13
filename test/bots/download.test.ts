import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { download, platformHosts } from '../../src/bots/download.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function host(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const anywhere = { maxBytes: 1000, timeoutMs: 5000, allow: () => true };

describe('download', () => {
  it('gives the bytes as they are, whatever their type says', async () => {
    const url = await host((_, response) =>
      response.setHeader('content-type', 'text/html').end(Buffer.from([1, 2, 3])),
    );
    expect([...(await download(url, anywhere))]).toEqual([1, 2, 3]);
  });

  it('accepts exactly the most bytes and refuses one more, even if the length was not told', async () => {
    const url = await host((request, response) => {
      response.write(Buffer.alloc(900));
      response.end(Buffer.alloc(request.url === '/more' ? 101 : 100));
    });
    expect((await download(`${url}/fits`, anywhere)).length).toBe(1000);
    await expect(download(`${url}/more`, anywhere)).rejects.toMatchObject({ code: 'image_too_large' });
  });

  it('hangs up on a photo without end', async () => {
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const url = await host((_, response) => {
      response.on('close', () => closed?.());
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    await expect(download(url, anywhere)).rejects.toMatchObject({ code: 'image_too_large' });
    await gone;
  });

  it.each([403, 404, 410])('says that a photo is gone on %i', async (status) => {
    const url = await host((_, response) => response.writeHead(status).end());
    await expect(download(url, anywhere)).rejects.toMatchObject({ code: 'no_photo', again: false });
  });

  it.each([429, 500, 503])('may be repeated on %i', async (status) => {
    const url = await host((_, response) => response.writeHead(status).end());
    await expect(download(url, anywhere)).rejects.toMatchObject({ code: 'unavailable', again: true });
  });

  it('follows no redirect', async () => {
    let followed = false;
    const inside = await host((_, response) => {
      followed = true;
      response.end('secret');
    });
    const url = await host((_, response) => response.writeHead(302, { location: inside }).end());
    await expect(download(url, anywhere)).rejects.toMatchObject({ code: 'no_photo' });
    expect(followed).toBe(false);
  });

  it('gives up on a host that sends too slowly', async () => {
    const url = await host((_, response) => void response.write('a'));
    await expect(download(url, { ...anywhere, timeoutMs: 200 })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('asks nobody for a photo that must not be fetched, and does not quote the address', async () => {
    let asked = false;
    const url = await host((_, response) => {
      asked = true;
      response.end();
    });
    const refused = await download(`${url}/bot123:token/photo.jpg`, { ...anywhere, allow: () => false }).catch(
      (e) => e,
    );
    expect(refused).toMatchObject({ code: 'no_photo' });
    expect(JSON.stringify([refused.message, String(refused.cause)])).not.toContain('token');
    expect(asked).toBe(false);
    await expect(download('not a url', anywhere)).rejects.toMatchObject({ code: 'no_photo' });
  });

  it('calls a closed port unavailable', async () => {
    const url = await host(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(download(url, anywhere)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('the hosts a photo may come from', () => {
  const allowed = (api: string | undefined, url: string) => platformHosts(['cdn.example.com'], api)(new URL(url));

  it.each([
    ['https://cdn.example.com/a.jpg', true],
    ['http://cdn.example.com/a.jpg', false],
    ['https://cdn.example.com:8443/a.jpg', false],
    ['https://cdn.example.com.evil.test/a.jpg', false],
    ['https://evil.test/cdn.example.com', false],
    ['https://user@evil.test/', false],
    ['http://127.0.0.1/a.jpg', false],
    ['http://169.254.169.254/latest', false],
    ['file:///etc/passwd', false],
  ])('without a configured API: %s is %s', (url, expected) => {
    expect(allowed(undefined, url)).toBe(expected);
  });

  it.each([
    ['http://127.0.0.1:9000/api', 'http://127.0.0.1:9001/a.jpg', true],
    ['http://127.0.0.1:9000/api', 'http://localhost:9000/a.jpg', true],
    ['http://127.0.0.1:9000/api', 'https://cdn.example.com/a.jpg', true],
    ['http://127.0.0.1:9000/api', 'http://10.0.0.1/a.jpg', false],
    ['http://127.0.0.1:9000/api', 'http://127.0.0.1.evil.test/a.jpg', false],
    ['http://127.0.0.1:9000/api', 'file://localhost/etc/passwd', false],
    ['http://bot-api:8081', 'http://bot-api:8081/file', true],
    ['http://bot-api:8081', 'http://bot-api:9200/file', false],
    ['http://bot-api:8081', 'http://127.0.0.1:8081/file', false],
  ])('with the API at %s: %s is %s', (api, url, expected) => {
    expect(allowed(api, url)).toBe(expected);
  });
});
