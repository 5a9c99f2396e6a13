import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseText } from '../../../src/bots/page/messages.ts';
import type { WireReply } from '../../../src/bots/page/render.ts';
import { waitingRequests } from '../../../src/bots/page/requests.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import { Failure } from '../../../src/failure.ts';
import { en } from '../../support/words.ts';
import { consent, message, openPage, post, press, uploadsOf } from './fixture.ts';

const MB = 2 ** 20;
const hello: Reply = { kind: 'info', text: 'Hello' };
const notice: Reply = {
  kind: 'consent',
  text: 'May I?',
  notice: { version: 1, hash: 'ab' },
  actions: [
    { id: 'parked1:agree', label: 'I agree', role: 'agree' },
    { id: 'parked1:decline', label: 'No', role: 'decline' },
  ],
};

function pictureOf(reply: WireReply | undefined): string {
  return (reply?.kind === 'result' ? reply.picture : undefined) ?? '';
}

describe('a message', () => {
  test('is answered while 200 uploads that never end are under way', async () => {
    await using page = await openPage(() => [hello]);
    const { host, port } = new URL(page.url);
    const form = '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nbegun';
    const head = `POST /api/messages HTTP/1.1\r\nHost: ${host}\r\nContent-Type: multipart/form-data; boundary=x\r\n`;
    await using slow = new AsyncDisposableStack();
    for (let count = 0; count < 200; count++) {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
      slow.defer(() => void socket.destroy());
      await new Promise<void>((written) =>
        socket.write(`${head}Content-Length: 99999\r\n\r\n${form}`, () => written()),
      );
    }
    await sleep(1_500);
    const { body } = await post(`${page.url}/api/messages`, message({ user: 'u1' }, [Buffer.from('jpeg')]));
    expect(body.replies).toEqual([hello]);
  });

  test('becomes an ask of that person in that group, and its answer the response', async () => {
    await using page = await openPage(() => [hello]);
    const fields = { user: 'u1', name: 'Ann', scope: 'club', text: ' /Find  the tall one ' };
    const { status, body } = await post(`${page.url}/api/messages`, message(fields, [Buffer.from('jpeg')]), {
      'accept-language': 'fr, de-AT;q=0.8',
    });
    expect(status).toBe(200);
    expect(body).toEqual({ id: page.asks[0]?.id, replies: [hello] });
    expect(page.asks[0]).toMatchObject({
      command: 'find',
      args: 'the tall one',
      person: { platform: 'page', id: 'u1', name: 'Ann' },
      place: { platform: 'page', id: 'club' },
      locale: 'de-AT',
      photos: [{ platform: 'page' }],
    });
  });

  test('without a group is for the group "local", which has a title in the sender’s language', async () => {
    await using page = await openPage(() => [hello]);
    await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/help' }), { 'accept-language': 'de' });
    await post(`${page.url}/api/actions`, press({ user: 'u1', scope: 'local', action: 'a:b' }));
    expect(page.asks[0]?.place).toEqual({ platform: 'page', id: 'local', title: 'Test' });
    expect(page.presses[0]?.place).toEqual({ platform: 'page', id: 'local', title: 'Test' });
  });

  test('needs no name and no group: the id is the name, and "local" the group', async () => {
    await using page = await openPage(() => [hello]);
    await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/help' }));
    expect(page.asks[0]).toMatchObject({ person: { id: 'u1', name: 'u1' }, place: { id: 'local' }, locale: 'en' });
  });

  test('without a user is malformed', async () => {
    await using page = await openPage(() => [hello]);
    const { status, body } = await post(`${page.url}/api/messages`, message({ text: '/help' }));
    expect(status).toBe(400);
    expect(body.error.code).toBe('bad_command');
    expect(page.asks).toEqual([]);
  });

  test('that is not multipart, or is cut short, is malformed', async () => {
    await using page = await openPage(() => [hello]);
    const asJson = await post(`${page.url}/api/messages`, press({ user: 'u1', text: '/help' }));
    expect(asJson.status).toBe(415);
    const cut = await post(`${page.url}/api/messages`, {
      method: 'POST',
      body: '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nhalf',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect(cut.status).toBe(400);
    const noBoundary = await post(`${page.url}/api/messages`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'multipart/form-data; charset=utf-8' },
    });
    expect(noBoundary.status).toBe(400);
    expect(page.asks).toEqual([]);
  });

  test('that the chat refuses is answered with the sentence for it, not with an HTTP error', async () => {
    await using page = await openPage(() => {
      throw new Failure('unavailable');
    });
    const { status, body } = await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/help' }));
    expect(status).toBe(200);
    expect(body.replies).toMatchObject([{ kind: 'error', code: 'unavailable' }]);
  });

  test('that meets a bug is answered with a number, and never with what went wrong inside', async () => {
    await using page = await openPage(() => {
      throw new Error('secret insides');
    });
    const { body } = await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/help' }));
    expect(body.replies).toMatchObject([{ kind: 'error', code: 'internal' }]);
    expect(JSON.stringify(body)).not.toContain('secret insides');
  });

  test('still waiting when the page closes is not told that nothing was done, because it may be done', async () => {
    const page = await openPage(() => new Promise(() => {}));
    const answer = post(`${page.url}/api/messages`, message({ user: 'u1', text: '/help' }));
    await expect.poll(() => page.asks.length).toBe(1);
    await page[Symbol.asyncDispose]();
    const text = en.failures.expired({ why: 'late' });
    expect((await answer).body.replies).toEqual([{ kind: 'error', code: 'expired', text }]);
  });

  test('that gets no answer in time is told to send it again, and not that nothing was done', async () => {
    await expect(waitingRequests().wait('1', Date.now() + 5)).rejects.toMatchObject({
      code: 'expired',
      details: { late: 1 },
    });
  });

  test.each([
    ['/enroll', 'enroll', ''],
    ['/FIND me\nplease', 'find', 'me\nplease'],
    ['hello there', '', 'hello there'],
    ['', '', ''],
  ])('typed as %j is the command %j with %j', (text, command, args) => {
    expect(parseText(text)).toEqual({ command, args });
  });
});

describe('photos', () => {
  test('are given whole and in order, at the first moment they are asked for', async () => {
    const sent = [Buffer.alloc(3 * MB, 1), Buffer.alloc(20 * MB, 2)];
    const got: Uint8Array[] = [];
    await using page = await openPage(async (update, state) => {
      if ('photos' in update) {
        for (const photo of update.photos) got.push(await state.courier.fetchPhoto(photo, 20 * MB, consent));
      }
      return [hello];
    });
    await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/find' }, sent));
    expect(got.map((photo) => Buffer.from(photo).equals(sent[got.indexOf(photo)] ?? Buffer.alloc(0)))).toEqual([
      true,
      true,
    ]);
  });

  test('are gone once their command is answered', async () => {
    await using page = await openPage(() => [hello]);
    await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/find' }, [Buffer.from('jpeg')]));
    const [photo = { platform: 'page' }] = page.asks[0]?.photos ?? [];
    await expect(page.state.courier.fetchPhoto(photo, MB, consent)).rejects.toThrow('no_photo');
  });

  test('wait for the button that the answer offers, and keep their sender’s name for it', async () => {
    await using page = await openPage((update) => ('photos' in update ? [notice] : [hello]));
    await post(`${page.url}/api/messages`, message({ user: 'u1', name: 'Ann', text: '/find' }, [Buffer.from('jpeg')]));
    const [photo = { platform: 'page' }] = page.asks[0]?.photos ?? [];
    expect(Buffer.from(await page.state.courier.fetchPhoto(photo, MB, consent)).toString()).toBe('jpeg');

    const { body } = await post(`${page.url}/api/actions`, press({ user: 'u1', action: 'parked1:agree' }));
    expect(body.replies).toEqual([hello]);
    expect(page.presses[0]).toMatchObject({ action: 'parked1:agree', person: { id: 'u1', name: 'Ann' } });
    await expect(page.state.courier.fetchPhoto(photo, MB, consent)).rejects.toThrow('no_photo');
  });

  test('of one person are not dropped by another who presses their button', async () => {
    await using page = await openPage((update) => ('photos' in update ? [notice] : [hello]));
    await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/find' }, [Buffer.from('jpeg')]));
    await post(`${page.url}/api/actions`, press({ user: 'u2', action: 'parked1:agree' }));
    const [photo = { platform: 'page' }] = page.asks[0]?.photos ?? [];
    await expect(page.state.courier.fetchPhoto(photo, MB, consent)).resolves.toBeDefined();
  });

  test('and pictures of a person are gone when that person is forgotten', async () => {
    const result: Reply = {
      kind: 'result',
      text: '',
      picture: { jpeg: Buffer.from('boxes'), alt: 'a face' },
      faces: [],
    };
    await using page = await openPage((update) => ('photos' in update ? [notice, result] : [hello]));
    const { body } = await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/find' }, [Buffer.from('x')]));
    expect((await fetch(pictureOf(body.replies[1]))).status).toBe(200);
    page.state.courier.forget?.('u1');
    expect((await fetch(pictureOf(body.replies[1]))).status).toBe(404);
    await expect(
      page.state.courier.fetchPhoto({ platform: 'page', upload: uploadsOf(page.asks[0])[0] }, MB, consent),
    ).rejects.toThrow('no_photo');
  });

  test('beyond ten are counted, so that the command can say so, but not kept', async () => {
    await using page = await openPage((update) => ('photos' in update ? [notice] : [hello]));
    const fourteen = Array.from({ length: 14 }, () => Buffer.from('jpeg'));
    const { status } = await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/find' }, fourteen));
    expect(status).toBe(200);
    expect(page.asks[0]?.photos).toHaveLength(14);
    const last = page.asks[0]?.photos[13] ?? { platform: 'page' };
    await expect(page.state.courier.fetchPhoto(last, MB, consent)).rejects.toThrow('no_photo');
  });

  test.each([25, 120])('of %i MB are refused in words that the client gets to read', async (size) => {
    await using page = await openPage(() => [hello]);
    const { status, body } = await post(
      `${page.url}/api/messages`,
      message({ user: 'u1', text: '/find' }, [Buffer.alloc(size * MB)]),
    );
    expect(status).toBe(413);
    expect(body.error.code).toBe('image_too_large');
    expect(body.error.message).toContain('20 MB');
    expect(page.asks).toEqual([]);
  });

  test('named by an empty file chooser are no photos', async () => {
    await using page = await openPage(() => [hello]);
    const part =
      '--x\r\nContent-Disposition: form-data; name="photo"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n';
    await post(`${page.url}/api/messages`, {
      method: 'POST',
      body: `--x\r\nContent-Disposition: form-data; name="user"\r\n\r\nu1\r\n${part}--x--\r\n`,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect(page.asks[0]?.photos).toEqual([]);
  });
});

describe('a result', () => {
  const picture = { jpeg: Buffer.from('boxes'), alt: 'The photo with 1 numbered face' };
  const result: Reply = {
    kind: 'result',
    text: '1 face',
    picture,
    faces: [{ number: 1, box: [1, 2, 3, 4], verdict: 'unknown', matches: [] }],
    compared: { templates: 3, faces: 1, power: 0.86, chancesRestOn: 'worst' },
    show: { id: 'a:show', label: 'Show', role: 'confirm' },
  };

  test('has its picture under an unguessable address of this page, not to be cached, and says it in words', async () => {
    await using page = await openPage(() => [result]);
    const { body } = await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/find' }));
    const [reply] = body.replies;
    const address = pictureOf(reply);
    expect(reply).toMatchObject({ kind: 'result', faces: result.faces, alt: picture.alt });
    expect(reply).not.toHaveProperty('show');
    expect(address.startsWith(`${page.url}/pictures/`)).toBe(true);
    // 22 base64url characters carry 128 bits.
    expect(address.slice(`${page.url}/pictures/`.length)).toMatch(/^[\w-]{22}$/);
    const response = await fetch(address);
    expect(await response.text()).toBe('boxes');
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('says up to which distance a face is a match for what was compared', async () => {
    const scale = { limits: () => ({ match: 0.9, possible: 1 }), strangers: [], dims: 512 };
    await using page = await openPage(() => [result], { scale });
    const { body } = await post(`${page.url}/api/messages`, message({ user: 'u1', text: '/find' }));
    expect(body.replies[0]).toMatchObject({ limits: { match: 0.9, possible: 1 }, compared: { templates: 3 } });
  });
});
