import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { disclosureOn, type Subject } from '../../src/chat/limits/disclosure.ts';
import type { Person, ScopeId } from '../../src/consent/who.ts';
import { Failure } from '../../src/failure.ts';
import { tombstoneHash } from '../../src/gallery/rules/identity.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import type { Pending } from '../../src/queue/pending.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { sharedRedis } from '../support/shared-services.ts';

const keys = deriveKeys(new Uint8Array(32).fill(9));
const DAY = 86_400_000;
const SCOPE = 'scope-of-the-club' as ScopeId;
const person = (name: string): Person => ({ platform: 'telegram', id: `id-of-${name}`, name });
const [ALICE, BOB, CARL] = [person('Alice'), person('Bob'), person('Carl')];
/** A subject whom the answer names, with one face that could hardly show anybody else. */
const named = (who: Person): Subject => ({ person: who, isNamed: true, clear: 1, unclear: 0 });
const collage = (who: Person, faces: number): Subject => ({ ...named(who), clear: 0, unclear: faces });

const root = mkdtempSync(join(tmpdir(), 'facefinder-disclosure-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const redis = await sharedRedis();

/** Stores by name. Each can be opened again and again, as by several processes. */
const PLACES: Readonly<Record<string, () => () => Pending | Promise<Pending>>> = {
  SQLite: () => {
    const file = join(mkdtempSync(join(root, 'place-')), 'pending.db');
    return () => openSqlitePending({ file });
  },
  ...(redis && {
    Redis: () => {
      const prefix = `{test-${randomUUID()}}`;
      return () => redisPending({ url: redis.url, prefix });
    },
  }),
};

describe.each(Object.entries(PLACES))('what is revealed of somebody, kept in %s', (_, newStore) => {
  async function setUp() {
    const open = newStore();
    const stores = [await open()];
    const clock = { ms: Date.now() };
    let asks = 0;
    const process = (pending: Pending) => {
      const disclosure = disclosureOn(pending, keys, () => clock.ms);
      return {
        disclosure,
        /**
         * Says for each subject whether the answer may tell the distance or only the verdict. Gives
         * the error if the answer is refused.
         */
        async pay(asker: Person, subjects: readonly Subject[], ask = `ask ${asks++}`): Promise<unknown> {
          try {
            const { distances, noted } = await disclosure.account({ scope: SCOPE, asker, ask }).pay(subjects);
            await noted;
            return subjects.map(({ person }) => (distances.has(person.id) ? 'distance' : 'verdict')).join();
          } catch (error) {
            // The queue repeats such an ask, so the test does too.
            if (error instanceof Failure && error.again) return await this.pay(asker, subjects, ask);
            return error;
          }
        },
      };
    };
    return {
      clock,
      ...process(stores[0] as Pending),
      /** Another process on the same store. */
      async another() {
        const store = await open();
        stores.push(store);
        return { store, ...process(store) };
      },
      async [Symbol.asyncDispose]() {
        for (const store of stores) await store[Symbol.asyncDispose]();
      },
    };
  }

  const refused = (days: number) => ({
    code: 'rate_limited',
    details: { seconds: expect.closeTo(days * 86_400, -3), revealed: 1 },
  });

  test('is nine distances at once to one asker, then names alone, then nothing until there is room', async () => {
    await using parts = await setUp();
    const told: unknown[] = [];
    for (let find = 0; find < 100; find++) told.push(await parts.pay(BOB, [named(ALICE)]));
    expect(told.filter((one) => one === 'distance')).toHaveLength(9);
    expect(told.filter((one) => one === 'verdict')).toHaveLength(91);
    // Nine distances and 100 names cost 14 units.
    expect(await parts.pay(BOB, [named(ALICE)])).toMatchObject(refused(0.25));
    parts.clock.ms += 0.3 * DAY;
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('verdict');
  });

  test('comes back: a distance in five days', async () => {
    await using parts = await setUp();
    for (let find = 0; find < 9; find++) expect(await parts.pay(BOB, [named(ALICE)])).toBe('distance');
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('verdict');
    parts.clock.ms += 6 * DAY;
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('distance');
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('verdict');
  });

  test('is used up by each face of a collage', async () => {
    await using parts = await setUp();
    expect(await parts.pay(BOB, [collage(ALICE, 22)])).toBe('distance');
    expect(await parts.pay(BOB, [collage(ALICE, 11)])).toMatchObject({ code: 'rate_limited' });
    expect(await parts.pay(CARL, [collage(ALICE, 64)])).toMatchObject({ code: 'rate_limited' });
  });

  test('is refused for seventy days at most, however much it would be', async () => {
    await using parts = await setUp();
    expect(await parts.pay(BOB, [collage(ALICE, 640)])).toMatchObject(refused(70));
  });

  test('is then refused for every photo, so that the refusal does not tell whom it shows', async () => {
    await using parts = await setUp();
    expect(await parts.pay(BOB, [collage(ALICE, 36)])).toMatchObject({ code: 'rate_limited' });
    expect(await parts.pay(BOB, [])).toMatchObject({ code: 'rate_limited' });
    expect(await parts.pay(BOB, [named(CARL)])).toMatchObject({ code: 'rate_limited' });
    expect(await parts.pay(CARL, [named(ALICE)])).toBe('distance');
  });

  test('costs as much if somebody was nearly named', async () => {
    await using parts = await setUp();
    const nearly = { ...collage(ALICE, 10), isNamed: false };
    for (let find = 0; find < 3; find++) expect(await parts.pay(BOB, [nearly])).toBe('verdict');
    expect(await parts.pay(BOB, [nearly])).toMatchObject({ code: 'rate_limited' });
  });

  test('is limited for all askers together', async () => {
    await using parts = await setUp();
    const told: unknown[] = [];
    for (let asker = 0; asker < 12; asker++) {
      for (let find = 0; find < 9; find++) told.push(await parts.pay(person(`asker ${asker}`), [named(ALICE)]));
    }
    expect(told.filter((one) => one === 'distance')).toHaveLength(57);
    expect(told.filter((one) => one === 'verdict')).toHaveLength(51);
    expect(await parts.pay(BOB, [named(CARL)])).toBe('distance');
  });

  test('holds for all processes at once, and after a restart', async () => {
    await using parts = await setUp();
    const other = await parts.another();
    const asks = Array.from({ length: 40 }, (_, at) => (at % 2 ? parts : other).pay(BOB, [named(ALICE)]));
    expect((await Promise.all(asks)).filter((one) => one === 'distance')).toHaveLength(9);
    await other.store[Symbol.asyncDispose]();
    const restarted = await parts.another();
    expect(await restarted.pay(BOB, [named(ALICE)])).toBe('verdict');
    expect(await restarted.pay(BOB, [collage(ALICE, 36)])).toMatchObject({ code: 'rate_limited' });
    expect(await parts.pay(BOB, [])).toMatchObject({ code: 'rate_limited' });
  });

  test('is counted as it is when it is paid, whatever was read before', async () => {
    await using parts = await setUp();
    const near = [tombstoneHash(keys, SCOPE, ALICE)];
    const accounts = Array.from({ length: 20 }, (_, at) =>
      parts.disclosure.account({ scope: SCOPE, asker: BOB, ask: `ask ahead ${at}` }),
    );
    for (const account of accounts) account.near(near);
    const { store } = await parts.another();
    // `near` began to read the store for each account. Once this list has come, these reads are
    // done.
    await store.list('revealed');
    let distances = 0;
    for (const account of accounts) {
      const paid = await account.pay([named(ALICE)]);
      // An ask fails here when what it read ahead has changed since. The queue would repeat it.
      const isNoted = await paid.noted.then(
        () => true,
        () => false,
      );
      if (isNoted && paid.distances.has(ALICE.id)) distances += 1;
    }
    expect(distances).toBe(9);
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('verdict');
  });

  test('is not paid twice by an ask that is done twice', async () => {
    await using parts = await setUp();
    for (let attempt = 0; attempt < 50; attempt++)
      expect(await parts.pay(BOB, [named(ALICE)], 'the ask')).toBe('distance');
    expect(await parts.pay(BOB, [named(ALICE)], 'another')).toBe('distance');
  });

  test('is paid once by an ask that is done many times at once, by several processes', async () => {
    await using parts = await setUp();
    const other = await parts.another();
    const twins = Array.from({ length: 20 }, (_, at) => (at % 2 ? parts : other).pay(BOB, [named(ALICE)], 'the ask'));
    expect(new Set(await Promise.all(twins))).toEqual(new Set(['distance']));
    for (let find = 0; find < 8; find++) expect(await parts.pay(BOB, [named(ALICE)])).toBe('distance');
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('verdict');
  });

  test('is not paid twice by asks that were under way together, and are both done again', async () => {
    await using parts = await setUp();
    for (let attempt = 0; attempt < 10; attempt++) {
      for (const ask of ['one', 'other']) expect(await parts.pay(BOB, [named(ALICE)], ask)).toBe('distance');
    }
    for (let find = 0; find < 7; find++) expect(await parts.pay(BOB, [named(ALICE)])).toBe('distance');
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('verdict');
  });

  test('costs nothing when people are told of themselves', async () => {
    await using parts = await setUp();
    for (let find = 0; find < 50; find++) expect(await parts.pay(ALICE, [collage(ALICE, 64)])).toBe('distance');
  });

  test('is dropped with the person, but stays the same for an asker who is erased and comes back', async () => {
    await using parts = await setUp();
    await parts.pay(BOB, [collage(ALICE, 22)]);
    await parts.disclosure.drop(SCOPE, BOB);
    expect(await parts.pay(BOB, [collage(ALICE, 11)])).toMatchObject({ code: 'rate_limited' });
    await parts.disclosure.drop(SCOPE, ALICE);
    expect(await parts.pay(CARL, [named(ALICE)])).toBe('distance');
    const { store } = await parts.another();
    expect(await store.list('revealed')).toHaveLength(1);
  });

  test('keeps nobody from searching if it cannot be read any more', async () => {
    await using parts = await setUp();
    await parts.pay(BOB, [named(ALICE)]);
    const { store } = await parts.another();
    for (const item of await store.list('revealed')) await store.put('revealed', { ...item, body: 'rotten' });
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('distance');
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('distance');
  });

  test('of two scopes adds up in one, and an asker who was refused in either stays refused', async () => {
    await using parts = await setUp();
    const [from, to] = ['scope-of-the-old-id' as ScopeId, SCOPE];
    for (let find = 0; find < 5; find++) {
      expect(await parts.pay(BOB, [named(ALICE)])).toBe('distance');
      const before = { scope: from, asker: BOB, ask: `before ${find}` };
      const { distances, noted } = await parts.disclosure.account(before).pay([named(ALICE)]);
      await noted;
      expect(distances.has(ALICE.id)).toBe(true);
    }
    const greedy = { scope: from, asker: CARL, ask: 'collages' };
    await expect(parts.disclosure.account(greedy).pay([collage(ALICE, 99)])).rejects.toMatchObject({
      code: 'rate_limited',
    });
    for (const person of [ALICE, CARL]) await parts.disclosure.follow({ from, to }, person, [ALICE, BOB, CARL]);
    expect(await parts.pay(BOB, [named(ALICE)])).toBe('verdict');
    expect(await parts.pay(CARL, [])).toMatchObject({ code: 'rate_limited' });
    const { store } = await parts.another();
    expect(await store.list('revealed')).toHaveLength(1);
  });

  test('is stored without a name, an id or the id of a scope', async () => {
    await using parts = await setUp();
    await parts.pay(BOB, [named(ALICE)]);
    await parts.pay(BOB, [collage(ALICE, 99)]);
    const { store } = await parts.another();
    const all = JSON.stringify([await store.list('revealed'), await store.list('closed')]);
    expect(all).toMatch(/expiresAt/);
    for (const secret of [ALICE.id, BOB.id, ALICE.name, SCOPE, 'askers']) expect(all).not.toContain(secret);
  });
});
