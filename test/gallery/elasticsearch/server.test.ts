import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { giveToService } from '../../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../../infra/services/elasticsearch.ts';
import { firstBreak } from '../../../src/consent/ledger.ts';
import type { Person, ScopeId } from '../../../src/consent/who.ts';
import { openElasticsearchGallery } from '../../../src/gallery/elasticsearch/elasticsearch.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { openSqliteGallery } from '../../../src/gallery/sqlite/sqlite.ts';
import { deriveKeys } from '../../../src/secrets/keys.ts';
import { emptyDisk, fillDisk } from '../../support/full-disk.ts';
import { agreed, anyFace, enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

/**
 * These tests have a server of their own, because they stop it and read its disk. It uses TLS and a
 * password.
 */
const dir = await mkdtemp(join(tmpdir(), 'facefinder-elasticsearch-'));
await giveToService(dir);
const start = () => startElasticsearch({ dir, isBrief: true, tls: true });
let server: RunningElasticsearch | undefined = await start().catch((cause: Error) => {
  if (process.env.CI === 'true') throw cause;
  console.error(`\n*** NOT TESTED: Elasticsearch's outages and its disk, because ${cause.message}\n`);
  return undefined;
});
afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

const PACK = { id: 'wide@1', dims: 128 };

describe.skipIf(!server)('an Elasticsearch of one’s own', () => {
  let store: ElasticsearchStore;
  let gallery: Gallery;
  let scope: ScopeId;

  const caFile = server?.ca ?? '';
  const open = (options: object = {}) => store.open({ pack: PACK, caFile, retries: 0, ...options });

  beforeAll(async () => {
    store = await newElasticsearchStore(server?.url ?? '', caFile);
    gallery = await open();
    scope = await gallery.scope(somewhere());
  });
  afterAll(() => gallery?.[Symbol.asyncDispose]());

  test('is believed only with the authority that signed its certificate, and believes only its password', async () => {
    await expect(gallery.check()).resolves.toBeUndefined();
    const { caFile: _, ...untrusting } = { caFile, retries: 0 };
    await expect(store.open(untrusting)).rejects.toMatchObject({
      code: 'unavailable',
      cause: { code: 'elasticsearch_untrusted' },
    });
    const stranger = new URL(store.url);
    stranger.password = 'guess';
    await expect(open({ url: stranger.href })).rejects.toMatchObject({
      code: 'unavailable',
      cause: { code: 'elasticsearch_password' },
    });
  });

  test('that is away makes everything `unavailable`; back again it has all that was told, and work can be repeated', async () => {
    const [ada, ben, eve] = [somebody('Ada'), somebody('Ben'), somebody('Eve')];
    const [adas, bens, eves] = [face(128), face(128), face(128)];
    await enrolled(gallery, scope, ada, [adas]);
    await enrolled(gallery, scope, ben, [bens]);
    const consent = await agreed(gallery, scope, eve);
    await server?.stop();
    const works = {
      enrol: () => gallery.enrol(consent, [eves], anyFace),
      search: () => gallery.search(scope, [adas]),
      erase: () => gallery.erase(scope, ben, 'asked', T0),
      standing: () => gallery.standing(scope, ada),
      scope: () => gallery.scope(somewhere()),
      scrub: () => gallery.scrub(),
      tidy: () => gallery.tidy(T0),
      check: () => gallery.check(),
    };
    for (const [name, work] of Object.entries(works)) {
      await expect(work(), name).rejects.toMatchObject({ code: 'unavailable', again: true });
    }
    server = await start();
    await expect(gallery.check()).resolves.toBeUndefined();
    expect(await namesFound(gallery, scope, adas)).toEqual(['Ada', 'Ben']);
    expect((await gallery.erase(scope, ben, 'asked', T0))?.removed.templates).toBe(1);
    expect(await gallery.enrol(consent, [eves], anyFace)).toBe(1);
    expect(await namesFound(gallery, scope, eves)).toEqual(['Eve', 'Ada']);
    expect(firstBreak(await gallery.ledger(scope))).toBeUndefined();
  });

  test('whose disk is full takes no writes: nothing is half-done, and it goes on by itself', async () => {
    const [ada, ben] = [somebody('Ada'), somebody('Ben')];
    const consent = await agreed(gallery, scope, ada);
    const own = face(128);
    await fillDisk(store.client, `${store.prefix}-*`);
    const agreement = { version: 1, noticeHash: 'n', at: T0, shown: false };
    const works = {
      agree: () => gallery.agree(scope, ben, 'search', agreement, 0),
      enrol: () => gallery.enrol(consent, [own], anyFace),
      erase: () => gallery.erase(scope, ada, 'asked', T0),
      check: () => gallery.check(),
    };
    for (const [name, work] of Object.entries(works)) {
      await expect(work(), name).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(await gallery.standing(scope, ben)).toEqual({ epoch: 0, agreed: {}, templates: 0, alerts: 0 });
    expect(await gallery.standing(scope, ada)).toMatchObject({ epoch: 0, templates: 0 });
    await emptyDisk(store.client, `${store.prefix}-*`);
    await expect(gallery.check()).resolves.toBeUndefined();
    expect(await gallery.enrol(consent, [own], anyFace)).toBe(1);
    expect((await gallery.erase(scope, ada, 'asked', T0))?.removed.templates).toBe(1);
  });

  test('that is killed in the middle of enrolments and erasures keeps every promise that was made', async () => {
    const inside = await gallery.scope(somewhere());
    const people = Array.from({ length: 24 }, (_, i) => ({ person: somebody(`Person ${i}`), own: face(128) }));
    const told = new Map<Person, 'enrolled' | 'erased'>();
    for (const { person, own } of people.slice(0, 8)) await enrolled(gallery, inside, person, [own]);
    const consents = new Map<Person, Awaited<ReturnType<typeof agreed>>>();
    for (const { person } of people.slice(8)) consents.set(person, await agreed(gallery, inside, person));
    const work = people.map(async ({ person, own }, i) => {
      await new Promise((resolve) => setTimeout(resolve, i * 10));
      const consent = consents.get(person);
      const done = consent ? gallery.enrol(consent, [own], anyFace) : gallery.erase(inside, person, 'asked', T0);
      await done.then(
        () => told.set(person, consent ? 'enrolled' : 'erased'),
        (error) => expect(error).toMatchObject({ code: 'unavailable' }),
      );
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await server?.kill();
    await Promise.all(work);
    server = await start();
    for (const { person, own } of people) {
      const names = await namesFound(gallery, inside, own);
      const { templates } = await gallery.standing(inside, person);
      if (told.get(person) === 'enrolled') expect(names[0]).toBe(person.name);
      if (told.get(person) === 'erased') expect(templates).toBe(0);
      expect(names.includes(person.name)).toBe(templates > 0);
      await gallery.erase(inside, person, 'asked', T0);
      expect(await gallery.remaining(inside, person)).toBe(0);
    }
    const ledger = await gallery.ledger(inside);
    expect(firstBreak(ledger)).toBeUndefined();
    expect(ledger.filter(({ kind }) => kind === 'erased')).toHaveLength(24);
  });

  test('takes over an embedded gallery by `facefinder migrate`', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'facefinder-migrate-'));
    afterAll(() => rm(dataDir, { recursive: true, force: true }));
    const master = randomBytes(32);
    const keys = deriveKeys(master);
    const [where, ada, own] = [somewhere(), somebody('Ada'), face(128)];
    await using embedded = await openSqliteGallery({ file: join(dataDir, 'gallery.db'), keys, pack: PACK, notice: 1 });
    const club = await embedded.scope(where);
    await enrolled(embedded, club, ada, [own]);
    const env = {
      ...process.env,
      DATA_DIR: dataDir,
      MASTER_KEY: master.toString('base64'),
      REDIS_URL: 'redis://127.0.0.1:1',
      ELASTICSEARCH_URL: store.url,
      ELASTICSEARCH_CA: caFile,
    };
    const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [main, 'migrate'], { env });
    expect(stdout).toBe('moved and read back: groups 1, people 1, faces 1, ledger entries 3\n');
    const { url } = store;
    await using moved = await openElasticsearchGallery({ url, caFile, keys, pack: PACK, notice: 1 });
    expect(await namesFound(moved, await moved.scope(where), own)).toEqual(['Ada']);
    expect(await moved.ledger(club)).toEqual(await embedded.ledger(club));
  });

  test('has none of an erased person’s vectors, rows, id or name on its disk once scrubbed', async () => {
    const inside = await gallery.scope(somewhere());
    const people = Array.from({ length: 20 }, (_, i) => somebody(`Surname-${i}-Unmistakable`));
    const gone = people.slice(0, 5);
    for (const person of people) await enrolled(gallery, inside, person, [face(128), face(128)]);
    await gallery.recordFinds(inside, people[0] ?? somebody(), people, T0);
    const rows = await rowsOf(inside);
    for (const person of gone) await gallery.erase(inside, person, 'asked', T0);
    const kept = new Set((await rowsOf(inside)).map(({ id }) => id));
    const erased = rows.filter(({ id }) => !kept.has(id));
    expect(erased).toHaveLength(10);
    expect(await found(erased.flatMap(traces))).not.toEqual([]);

    // Others go on writing meanwhile, as in a busy server.
    let isDone = false;
    const busy = (async () => {
      while (!isDone) {
        await agreed(gallery, inside, somebody());
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    // A scrub may answer that the bytes are not gone yet. Then the program asks again, and so does
    // this test.
    await vi.waitFor(async () => expect(await gallery.scrub()).toBe(true), { timeout: 800_000 });
    isDone = true;
    await busy;
    const secrets = people.flatMap(({ id, name }) => [Buffer.from(id), Buffer.from(name)]);
    expect(await found([...erased.flatMap(traces), ...secrets])).toEqual([]);
    const left = rows.filter(({ id }) => kept.has(id)).map(({ vector }) => littleEndian(vector).subarray(40, 56));
    expect(await found(left)).toHaveLength(left.length);
  }, 360_000);

  interface Row {
    readonly id: string;
    readonly vector: Float32Array;
  }

  async function rowsOf(inside: ScopeId): Promise<Row[]> {
    const index = `${store.prefix}-faces-*`;
    await store.client.indices.refresh({ index });
    const query = { term: { scope: inside } };
    const answer = await store.client.search<{ vector: number[] }>({
      index,
      query,
      size: 1000,
      _source_exclude_vectors: false,
    });
    return answer.hits.hits.map(({ _id, _source }) => ({
      id: _id ?? '',
      vector: Float32Array.from(_source?.vector ?? []),
    }));
  }

  /** Traces of a row: its id, and windows of its vector in each encoding. */
  function traces({ id, vector }: Row): Buffer[] {
    const little = littleEndian(vector);
    const big = Buffer.from(little).swap32();
    return [
      Buffer.from(id),
      little.subarray(40, 56),
      big.subarray(40, 56),
      Buffer.from(big.toString('base64').slice(40, 60)),
    ];
  }

  function littleEndian(vector: Float32Array): Buffer {
    return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  }

  /** Those of `needles` that are in any file of the server's data directory. */
  async function found(needles: readonly Buffer[]): Promise<Buffer[]> {
    const data = join(dir, 'data');
    const seen = new Set<Buffer>();
    for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      // Elasticsearch may remove this file during the search, because it merges segments.
      const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
      for (const needle of needles) if (bytes.includes(needle)) seen.add(needle);
    }
    return [...seen];
  }
});
