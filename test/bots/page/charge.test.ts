import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describePack } from '../../../models/pack.ts';
import { packInUse } from '../../../src/app/pack.ts';
import { openParts } from '../../../src/app/parts.ts';
import { chargeUnder } from '../../../src/bots/page/charge.ts';
import type { WireReply } from '../../../src/bots/page/render.ts';
import { pageState } from '../../../src/bots/page/state.ts';
import { work } from '../../../src/chat/answering/work.ts';
import { openChat } from '../../../src/chat/open-chat.ts';
import { readConfig } from '../../../src/config.ts';
import { personNamed, placeTitled } from '../../../src/consent/who.ts';
import { openLog } from '../../../src/log.ts';
import { dealtFaces } from '../../chat/dealt-faces.ts';
import { buttonOf } from '../../e2e/page-app.ts';
import { embeddedGround, type Ground, productionGround } from '../../histories/grounds.ts';
import { sharedElasticsearch, sharedRedis } from '../../support/shared-services.ts';
import { message, openPage, press } from './fixture.ts';

const [elasticsearch, redis] = [await sharedElasticsearch(), await sharedRedis()];
const GROUNDS: Readonly<Record<string, () => Promise<Ground>>> = {
  SQLite: embeddedGround,
  ...(elasticsearch && redis && { 'Elasticsearch and Redis': () => productionGround(elasticsearch.url, redis.url) }),
};

const MINUTE_MS = 60_000;
/** A key as the page makes it, of a request that was made so long ago. */
const newKey = (ageMs = 0) => `${Date.now() - ageMs}-${randomUUID()}`;
const CLUB = placeTitled('page', 'club', 'club');
/** How many distances somebody who asked nothing yet is told at once about one person. */
const DISTANCES = 9;

/** The page over these stores. The bytes of a photo are the names of the people on it. */
async function open(newGround: () => Promise<Ground>) {
  await using stack = new AsyncDisposableStack();
  const ground = stack.use(await newGround());
  const dataDir = await mkdtemp(join(tmpdir(), 'facefinder-charge-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const config = ground.withStores(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...ground.env }, dataDir));
  const pack = await describePack(await packInUse(config), config.modelDir);
  const state = pageState();
  const parts = { config, pack, couriers: { page: state.courier }, log: openLog('silent'), now: Date.now };
  const { flow, stores } = await openParts(parts, stack);
  work(stores.queue, flow, dealtFaces(pack.dims, new Map()), 2);
  const page = stack.use(await openPage(() => [], { state, chat: openChat(flow) }));

  async function post(path: string, init: RequestInit, headers = {}): Promise<WireReply[]> {
    const response = await fetch(page.url + path, { ...init, headers: { ...init.headers, ...headers } });
    return ((await response.json()) as { replies: WireReply[] }).replies;
  }
  const say = (user: string, text: string, photos: readonly string[], key?: string) => {
    const sent = message(
      { user, scope: CLUB.id, text },
      photos.map((photo) => Buffer.from(photo)),
    );
    return post('/api/messages', sent, key === undefined ? {} : { 'idempotency-key': key });
  };
  const chosen = (user: string, replies: readonly WireReply[], role: string) =>
    post('/api/actions', press({ user, scope: CLUB.id, action: buttonOf(replies, role) }));
  const standing = async (user: string) => {
    const found = await flow.gallery.dossier(await flow.gallery.scope(CLUB), personNamed('page', user, user, user));
    return { finds: found?.foundBy.length ?? 0, alerts: found?.standing.alerts ?? 0 };
  };
  const opened = {
    say,
    chosen,
    /** Sends a message, and agrees to its notice. */
    agree: async (user: string, text: string, photo: string) => chosen(user, await say(user, text, [photo]), 'agree'),
    /** How many distances to Anna this person is still told at once. Tells all of them. */
    async distancesLeft(user: string): Promise<number> {
      for (let told = 0; ; told++) if (distanceIn(await say(user, '/find', ['anna'])) === undefined) return told;
    },
    /** How often the log says that somebody was found. */
    finds: async (user: string) => (await standing(user)).finds,
    /** How often somebody else tried to enrol this person's face. */
    alerts: async (user: string) => (await standing(user)).alerts,
    revealed: () => stores.pending.list('revealed'),
    [Symbol.asyncDispose]: (() => {
      const moved = stack.move();
      return () => moved.disposeAsync();
    })(),
  };
  await opened.agree('anna', '/enroll', 'anna');
  await opened.agree('ben', '/find', 'nobody');
  return opened;
}

/** The first distance in an answer. */
function distanceIn(replies: readonly WireReply[]): number | undefined {
  return replies
    .flatMap((reply) => (reply.kind === 'result' ? reply.faces : []))
    .flatMap(({ matches }) => matches)
    .find(({ distance }) => distance !== undefined)?.distance;
}

describe.each(Object.entries(GROUNDS))(
  'over %s, a search that is sent again because its answer was lost',
  (_, ground) => {
    test('is answered again, and counts once', async () => {
      await using page = await open(ground);
      const key = newKey();
      for (const _ of [1, 2, 3]) expect(distanceIn(await page.say('ben', '/find', ['anna'], key))).toBe(0);
      expect(await page.finds('anna')).toBe(1);
      expect(await page.distancesLeft('ben')).toBe(DISTANCES - 1);
    });

    test('counts once when both are under way at the same time', async () => {
      await using page = await open(ground);
      for (const key of [newKey(), newKey(), newKey()]) {
        const twins = await Promise.all([1, 2].map(() => page.say('ben', '/find', ['anna'], key)));
        expect(twins.map(distanceIn)).toEqual([0, 0]);
      }
      expect(await page.finds('anna')).toBe(3);
      expect(await page.distancesLeft('ben')).toBe(DISTANCES - 3);
    });

    test('counts as another one with another photo, and gets the answer for that photo', async () => {
      await using page = await open(ground);
      const key = newKey();
      await page.say('ben', '/find', ['anna'], key);
      expect(await page.say('ben', '/find', ['carl'], key)).toMatchObject([{ faces: [{ verdict: 'unknown' }] }]);
      // These are other bytes, and they show the same person.
      expect(distanceIn(await page.say('ben', '/find', ['anna,'], key))).toBe(0);
      expect(distanceIn(await page.say('ben', '/find', ['anna', 'carl'], key))).toBe(0);
      expect(await page.finds('anna')).toBe(3);
      expect(await page.distancesLeft('ben')).toBe(DISTANCES - 3);
    });

    test('counts as another one after some minutes, or with another key', async () => {
      await using page = await open(ground);
      const tooOld = newKey(7 * MINUTE_MS);
      for (const key of [tooOld, tooOld, newKey()]) await page.say('ben', '/find', ['anna'], key);
      expect(await page.finds('anna')).toBe(3);
      expect(await page.distancesLeft('ben')).toBe(DISTANCES - 3);
    });

    test('leaves nothing after /forget of the person that it found', async () => {
      await using page = await open(ground);
      await page.say('ben', '/find', ['anna'], newKey());
      expect(await page.revealed()).toHaveLength(1);
      await page.chosen('anna', await page.say('anna', '/forget', []), 'confirm');
      expect(await page.revealed()).toEqual([]);
    });
  },
);

describe('what else counts once when it is sent again:', () => {
  test('a selfie of somebody who looks for themselves and is not enrolled', async () => {
    await using page = await open(embeddedGround);
    const photos = ['dora', 'dora~'];
    // This is the first of five asks that a day has.
    await page.chosen('dora', await page.say('dora', '/me', photos), 'agree');
    const key = newKey();
    const asks = [key, key, key, newKey(), newKey(), newKey()];
    for (const one of asks) {
      expect(await page.say('dora', '/me', photos, one)).toMatchObject([{ kind: 'presence', found: 1 }]);
    }
    expect(await page.say('dora', '/me', photos, newKey())).toMatchObject([{ code: 'rate_limited' }]);
  });

  test('the alert that somebody tried to enrol a face', async () => {
    await using page = await open(embeddedGround);
    const [refused] = await page.agree('carl', '/enroll', 'anna');
    expect(refused).toMatchObject({ code: 'face_taken' });
    const key = newKey();
    for (const _ of [1, 2]) {
      expect(await page.say('carl', '/enroll', ['anna'], key)).toMatchObject([{ code: 'face_taken' }]);
    }
    expect(await page.alerts('anna')).toBe(2);
  });
});

describe('the charge of a message', () => {
  const NOW = 1_800_000_000_000;
  const KEY = `${NOW}-0123456789abcdefghijkl`;
  const FIELDS = ['ben', 'club', '/find'];
  const chargeOf = (photos: readonly string[], fields = FIELDS, key = KEY) => {
    const charging = chargeUnder(key, NOW);
    for (const [at, photo] of photos.entries())
      for (const chunk of photo) charging?.append(`${at}`, Buffer.from(chunk));
    return charging?.of(fields, [...photos.keys()].map(String));
  };

  test('is the same however the photos arrive', () => {
    const charging = chargeUnder(KEY, NOW);
    for (const [photo, chunk] of [
      ['1', 'ca'],
      ['0', 'anna'],
      ['1', 'rl'],
    ] as const)
      charging?.append(photo, Buffer.from(chunk));
    expect(charging?.of(FIELDS, ['0', '1'])).toBe(chargeOf(['anna', 'carl']));
  });

  test('is another one for another key, person, group, text, photo, or order of photos', () => {
    const charges = [
      chargeOf(['anna', 'carl']),
      chargeOf(['anna', 'carl'], FIELDS, `${NOW}-0123456789abcdefghijkm`),
      chargeOf(['anna', 'carl'], ['bob', 'club', '/find']),
      chargeOf(['anna', 'carl'], ['ben', 'team', '/find']),
      chargeOf(['anna', 'carl'], ['ben', 'club', '/enroll']),
      chargeOf(['anna', 'carl'], ['ben', 'club/find', '']),
      chargeOf(['carl', 'anna']),
      chargeOf(['annac', 'arl']),
      chargeOf(['annacarl', '']),
      chargeOf(['annacarl']),
    ];
    expect(new Set(charges).size).toBe(charges.length);
    for (const charge of charges) expect(charge).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['a second ago', 1_000, true],
    ['five minutes ago', 5 * MINUTE_MS, true],
    ['six minutes ago', 6 * MINUTE_MS, false],
    ['a minute from now', -MINUTE_MS, false],
  ])('exists for a key of %s: %s', (_, ageMs, exists) => {
    expect(chargeUnder(KEY, NOW + ageMs) !== undefined).toBe(exists);
  });
});

test.each(['x', randomUUID(), `${Date.now()}-short`, `${Date.now()}-${'long'.repeat(20)}`])(
  'a message under the key %j is malformed, and is not done',
  async (key) => {
    await using page = await openPage(() => []);
    const sent = message({ user: 'ben', text: '/find' }, [Buffer.from('jpeg')]);
    const response = await fetch(`${page.url}/api/messages`, { ...sent, headers: { 'idempotency-key': key } });
    expect(response.status).toBe(400);
    expect(page.asks).toEqual([]);
  },
);
