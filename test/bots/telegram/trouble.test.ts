import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { telegramCourier } from '../../../src/bots/telegram/out/courier.ts';
import type { Address } from '../../../src/chat/ask.ts';
import type { Courier } from '../../../src/chat/courier.ts';
import type { Consent, Purpose } from '../../../src/consent/consent.ts';
import { Failure } from '../../../src/failure.ts';
import { errorFields } from '../../../src/log.ts';
import { en } from '../../support/words.ts';
import { showing } from '../showing.ts';
import { type Account, peopleOf } from './platform/people.ts';
import { badRequest, serverError, tooMany } from './platform/refusals.ts';
import { type BotApi, startBotApi } from './platform/server.ts';

const MB = 1024 * 1024;
const reply = [{ kind: 'info', text: 'Hello.' }] as const;
const consent = (purpose: Purpose) => ({ purpose }) as Consent;

let api: BotApi;
let courier: Courier;
let ann: Account;
let address: Address;

beforeEach(async () => {
  api = await startBotApi();
  courier = telegramCourier({ token: api.token, apiUrl: api.url });
  ann = peopleOf(api).person('Ann');
  api.world.started.add(ann.id);
  address = { platform: 'telegram', chat: ann.id, locale: 'en' };
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  expect(api.complaints).toEqual([]);
});

const calls = (method: string) => api.calls.filter((call) => call.method === method).length;

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const failure = await work.catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error('it did not fail');
  return failure;
}

describe('a flood wait', () => {
  it('that is short is obeyed, and the message comes once', async () => {
    api.fault('sendMessage', tooMany(1));
    const before = Date.now();
    await courier.answer(address, reply);
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000);
    expect(ann.inbox()).toHaveLength(1);
  });

  it('that is long is left to the queue at once, and nobody asks again before it is over', async () => {
    api.fault('sendMessage', tooMany(600));
    for (let tries = 0; tries < 3; tries += 1) {
      const failure = await failureOf(courier.answer(address, reply));
      expect(failure).toMatchObject({ code: 'unavailable', again: true });
      expect(failure.details.seconds).toBeGreaterThan(300);
    }
    expect(calls('sendMessage')).toBe(1);
  });

  it('of one chat keeps no other chat waiting', async () => {
    api.fault('sendMessage', tooMany(600));
    await failureOf(courier.answer(address, reply));
    const bob = peopleOf(api).person('Bob', { id: 2_000 });
    api.world.started.add(bob.id);
    await courier.answer({ ...address, chat: bob.id }, reply);
    expect(bob.inbox()).toHaveLength(1);
  });
});

describe('Telegram in trouble', () => {
  it('500 once is not noticed', async () => {
    api.fault('sendMessage', serverError());
    await courier.answer(address, reply);
    expect(ann.inbox()).toHaveLength(1);
  });

  it('500 again and again is unavailable', async () => {
    api.fault('sendMessage', serverError(), 10);
    expect(await failureOf(courier.answer(address, reply))).toMatchObject({ code: 'unavailable' });
  });

  it('a message whose sending got no answer is not sent again by itself: it may be there', async () => {
    api.fault('sendMessage', 'hang up');
    expect(await failureOf(courier.answer(address, reply))).toMatchObject({ code: 'unavailable' });
    expect(ann.inbox()).toEqual([]);
  });

  it('an edit that got no answer is repeated', async () => {
    const at = await courier.placeholder(address, 'Looking…');
    api.fault('editMessageText', 'hang up');
    await courier.answer(at, reply);
    expect(ann.inbox()).toMatchObject([{ text: 'Hello.' }]);
  });

  it('a server that is not there is unavailable', async () => {
    const nobody = telegramCourier({ token: api.token, apiUrl: 'http://127.0.0.1:1' });
    expect(await failureOf(nobody.answer(address, reply))).toMatchObject({ code: 'unavailable' });
  });

  it('a token that was revoked is unavailable, until the operator replaces it', async () => {
    const revoked = telegramCourier({ token: '1:revoked', apiUrl: api.url });
    const failure = await failureOf(revoked.answer(address, reply));
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(String(failure.cause)).toContain('refuses the token');
  });

  it('a body that Telegram does not understand is our bug', async () => {
    api.fault('sendMessage', badRequest('can’t parse entities'));
    expect(await failureOf(courier.answer(address, reply))).toMatchObject({ code: 'internal' });
  });

  it('no failure names the token, what was sent, or to whom', async () => {
    const nowhere = telegramCourier({ token: api.token, apiUrl: 'http://127.0.0.1:1' });
    api.fault('sendMessage', badRequest('can’t parse entities'));
    api.fault('file', serverError());
    api.world.files.set('f', { bytes: new Uint8Array(1), size: 1 });
    const photo = { platform: 'telegram', file: 'f' } as const;
    for (const work of [
      () => nowhere.answer(address, reply),
      () => courier.answer(address, reply),
      () => courier.fetchPhoto(photo, MB, consent('search')),
    ]) {
      const failure = await failureOf(work());
      const cause = failure.cause instanceof Error ? failure.cause : undefined;
      const told = JSON.stringify([failure, String(failure), cause, String(cause), cause?.stack, errorFields(failure)]);
      expect(told).not.toContain(api.token);
      expect(told).not.toContain('Hello.');
      expect(told).not.toContain(String(ann.id));
    }
  });
});

// This timeout is shorter than the one after which the client itself gives up.
describe('an answer that takes too long', { timeout: 12_000 }, () => {
  const answerWithin = (ms: number) => telegramCourier({ token: api.token, apiUrl: api.url }, ms).answer;
  const picture = { jpeg: new Uint8Array([0xff, 0xd8, 1]), alt: 'Ann' };
  const result = { kind: 'result', text: 'Face 1: Ann', picture, faces: [] } as const;
  /** This is longer than the client waits between any two tries. */
  const later = () => sleep(2_000);

  it.each([
    ['a text', 'editMessageText', reply],
    ['a picture', 'editMessageMedia', [result]],
    ['the album below a text', 'sendMediaGroup', [result, result]],
  ])('because Telegram takes %s and never answers is given up for good', async (_, method, replies) => {
    const at = await courier.placeholder(address, 'Looking…');
    api.fault(method, 'no answer');
    const failure = await failureOf(answerWithin(1_000)(at, replies));
    expect(failure).toMatchObject({ code: 'unavailable', again: true });
    await api.until('the end of the call', () => api.givenUp.length > 0);
    await later();
    expect(api.givenUp).toEqual([method]);
    expect(calls(method)).toBe(1);
  });

  it('because of one flood wait after the other does not come late', async () => {
    api.fault('sendMessage', tooMany(1), 2);
    expect(await failureOf(answerWithin(1_500)(address, reply))).toMatchObject({ code: 'unavailable' });
    await later();
    expect(ann.inbox()).toEqual([]);
  });

  it('to a group ends in an unknown way, which is said, and it is not posted again', async () => {
    const club = peopleOf(api).group('Chess club', [ann]);
    const place = { platform: 'telegram', id: String(club.chat.id) };
    const options = { showing: showing(), place };
    const at = await courier.placeholder(address, 'Looking…');
    api.fault('sendPhoto', 'no answer');
    // On a busy machine the first try may have no time left to answer. Then the second try answers.
    await answerWithin(2_000)(at, [result], options).catch(() => undefined);
    await courier.answer(at, [result], options);
    expect(ann.inbox()).toMatchObject([{ text: en.shown.unknown }]);
    expect(calls('sendPhoto')).toBe(1);
  });
});

describe('a photo', () => {
  const photo = { platform: 'telegram', file: 'f' } as const;
  const put = (bytes: Uint8Array, size = bytes.length) => api.world.files.set('f', { bytes, size });

  it('is fetched by its id', async () => {
    put(new Uint8Array([1, 2, 3]));
    expect(Buffer.from(await courier.fetchPhoto(photo, MB, consent('search')))).toEqual(Buffer.from([1, 2, 3]));
  });

  it('over 20 MB, which Telegram does not serve, is too large', async () => {
    put(new Uint8Array(1), 21 * MB);
    expect(await failureOf(courier.fetchPhoto(photo, 30 * MB, consent('search')))).toMatchObject({
      code: 'image_too_large',
    });
    expect(calls('file')).toBe(0);
  });

  it('whose message states too many bytes is not even asked for', async () => {
    const stated = { ...photo, bytes: 21 * MB };
    expect(await failureOf(courier.fetchPhoto(stated, 20 * MB, consent('search')))).toMatchObject({
      code: 'image_too_large',
    });
    expect(api.calls).toEqual([]);
  });

  it('that is larger than stated is aborted in the middle', async () => {
    put(new Uint8Array(2 * MB), 10);
    expect(await failureOf(courier.fetchPhoto(photo, MB, consent('search')))).toMatchObject({
      code: 'image_too_large',
    });
  });

  it('that is gone is no photo', async () => {
    expect(await failureOf(courier.fetchPhoto(photo, MB, consent('search')))).toMatchObject({ code: 'no_photo' });
    put(new Uint8Array(1));
    api.fault('file', badRequest('gone'));
    expect(await failureOf(courier.fetchPhoto(photo, MB, consent('search')))).toMatchObject({ code: 'no_photo' });
  });

  it('of somebody else serves a search, but never an enrolment', async () => {
    put(new Uint8Array(1));
    const borrowed = { ...photo, borrowed: true as const };
    expect(await courier.fetchPhoto(borrowed, MB, consent('search'))).toHaveLength(1);
    const failure = await failureOf(courier.fetchPhoto(borrowed, MB, consent('enrol')));
    expect(failure).toMatchObject({ code: 'no_photo', details: { borrowed: 1 } });
    expect(calls('getFile')).toBe(1);
  });
});

describe('a Bot API server of one’s own with --local', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bot-api-'));
    api.world.files.set('f', { bytes: new Uint8Array(1), size: 1 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const photo = { platform: 'telegram', file: 'f' } as const;
  const fetchAt = (path: string) => {
    api.pathOf = () => path;
    return courier.fetchPhoto(photo, MB, consent('search'));
  };

  it('has its files read from its disk', async () => {
    const path = join(folder, 'file_1.jpg');
    await writeFile(path, 'bytes');
    expect(Buffer.from(await fetchAt(path)).toString()).toBe('bytes');
    expect(calls('file')).toBe(0);
  });

  it('cannot lead elsewhere by a link, or by a path with steps back', async () => {
    const secret = join(folder, 'secret');
    await writeFile(secret, 'secret');
    await symlink(secret, join(folder, 'link.jpg'));
    expect(await failureOf(fetchAt(join(folder, 'link.jpg')))).toMatchObject({ code: 'unavailable' });
    expect(await failureOf(fetchAt(`${folder}/x/../secret`))).toMatchObject({ code: 'no_photo' });
    expect(await failureOf(fetchAt(folder))).toMatchObject({ code: 'unavailable' });
  });

  it('with files that are too large, or on another machine’s disk, is handled as its own case', async () => {
    const path = join(folder, 'file_1.jpg');
    await writeFile(path, new Uint8Array(2 * MB));
    expect(await failureOf(fetchAt(path))).toMatchObject({ code: 'image_too_large' });
    const failure = await failureOf(fetchAt(`/nowhere/${api.token}/photos/file_2.jpg`));
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(String(failure.cause)).not.toContain(api.token);
  });
});
