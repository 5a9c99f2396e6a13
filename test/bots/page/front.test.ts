import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { openPage } from './fixture.ts';

test.each(['en-$&', 'de-"><script>', 'en-x', 'de--AT'])('an invalid language tag (%s) is ignored', async (tag) => {
  await using page = await openPage(() => []);
  const html = await (await fetch(page.url, { headers: { 'accept-language': `${tag}, de-AT` } })).text();
  expect(html).toContain('<html lang="de-AT">');
});

test('the page closes although somebody is still sending a photo', async () => {
  const page = await openPage(() => []);
  const { host, port } = new URL(page.url);
  const head = `POST /api/messages HTTP/1.1\r\nHost: ${host}\r\nContent-Type: multipart/form-data; boundary=x\r\n`;
  const part = '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nhalf';
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
  const begin = vi.spyOn(page.state.uploads, 'begin');
  socket.write(`${head}Content-Length: 9999\r\n\r\n${part}`);
  await expect.poll(() => begin.mock.calls).toHaveLength(1);
  await page[Symbol.asyncDispose]();
  socket.destroy();
});
