import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { estypes } from '@elastic/elasticsearch';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { giveToService } from '../../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../../infra/services/elasticsearch.ts';
import { type CauseCode, causeOf } from '../../../src/cause.ts';
import type { ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { emptyDisk, fillDisk } from '../../support/full-disk.ts';
import { nativeElasticsearchWorks } from '../../support/shared-services.ts';
import { enrolled, face, somebody, somewhere, T0 } from '../people.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

const works = await nativeElasticsearchWorks();

/** The cause of the failure with which `work` must end. */
async function toldBy(
  work: () => Promise<unknown>,
): Promise<{ code: CauseCode | undefined; where: string | undefined }> {
  const error: unknown = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'Failure', code: 'unavailable', again: true });
  const cause = causeOf(error);
  return { code: cause?.code, where: cause?.where };
}

describe.skipIf(!works)('an operator is told what is wrong with Elasticsearch', () => {
  let dir: string;
  let server: RunningElasticsearch;
  let store: ElasticsearchStore;
  let gallery: Gallery;
  let scope: ScopeId;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'facefinder-causes-'));
    await giveToService(dir);
    server = await startElasticsearch({ dir, isBrief: true });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** Each test has a gallery of its own. */
  beforeEach(async () => {
    store = await newElasticsearchStore(server.url);
    gallery = await store.open({ retries: 0 });
    scope = await gallery.scope(somewhere());
    await enrolled(gallery, scope, somebody(), [face()]);
    await expect(gallery.check()).resolves.toBeUndefined();
  });
  afterEach(() => gallery?.[Symbol.asyncDispose]());

  const index = (kind: string) => `${store.prefix}-${kind}-1`;
  const settings = (persistent: Record<string, unknown>) => store.client.cluster.putSettings({ persistent });

  async function facesIndex(): Promise<string> {
    const [name = ''] = Object.keys(await store.client.indices.get({ index: `${store.prefix}-faces-*` }));
    return name;
  }

  async function replace(name: string, change: estypes.IndicesCreateRequest): Promise<void> {
    const { [name]: before } = await store.client.indices.get({ index: name });
    await store.client.indices.delete({ index: name });
    await store.client.indices.create({
      aliases: before?.aliases ?? {},
      mappings: before?.mappings ?? {},
      wait_for_active_shards: 0,
      ...change,
    });
  }

  const search = () => gallery.search(scope, [face()]);
  const check = () => gallery.check();

  test('an index that is closed', async () => {
    const faces = await facesIndex();
    await store.client.indices.close({ index: faces });
    const told = { code: 'elasticsearch_closed', where: faces };
    for (const work of [check, search]) expect(await toldBy(work)).toEqual(told);
    await store.client.indices.open({ index: faces });
    await expect(check()).resolves.toBeUndefined();
  });

  test('a closed index of older models, whose faces nobody could erase', async () => {
    await using older = await store.open({ pack: { id: 'old@1', dims: 8 } });
    const ada = somebody();
    await enrolled(older, scope, ada, [face(8)]);
    const [old = ''] = Object.keys(await store.client.indices.get({ index: `${store.prefix}-faces-old*` }));
    await store.client.indices.close({ index: old });
    const told = { code: 'elasticsearch_closed', where: old };
    const works = [
      check,
      () => gallery.erase(scope, ada, 'asked', T0),
      () => gallery.remaining(scope, ada),
      gallery.scrub,
    ];
    for (const work of works) expect(await toldBy(work)).toEqual(told);
    await store.client.indices.open({ index: old });
    expect((await gallery.erase(scope, ada, 'asked', T0))?.removed.templates).toBe(1);
    expect(await gallery.remaining(scope, ada)).toBe(0);
  });

  test('an index that is gone', async () => {
    for (const gone of [index('people'), await facesIndex()]) {
      await store.client.indices.delete({ index: gone });
      expect((await toldBy(check)).code).toBe('elasticsearch_missing');
    }
    expect((await toldBy(search)).code).toBe('elasticsearch_missing');
    expect((await toldBy(() => gallery.standing(scope, somebody()))).code).toBe('elasticsearch_missing');
  });

  test('an index that is red: nothing is found, written or taken for scrubbed', async () => {
    const nowhere = { settings: { 'index.routing.allocation.require._name': 'nobody', number_of_replicas: 0 } };
    for (const name of [index('people'), await facesIndex()]) {
      await replace(name, { index: name, ...nowhere });
    }
    const works = [
      check,
      search,
      gallery.scrub,
      () => gallery.standing(scope, somebody()),
      () => gallery.people(scope),
      () => enrolled(gallery, scope, somebody(), [face()]),
    ];
    for (const work of works) expect((await toldBy(work)).code).toBe('elasticsearch_red');
  });

  test('a full disk, and a block that somebody set', async () => {
    await fillDisk(store.client, `${store.prefix}-*`);
    const write = () => enrolled(gallery, scope, somebody(), [face()]);
    for (const work of [check, write]) expect((await toldBy(work)).code).toBe('elasticsearch_disk');
    await emptyDisk(store.client, `${store.prefix}-*`);
    for (const block of ['index.blocks.write', 'index.blocks.read_only']) {
      const set = (on: true | null) => {
        return store.client.indices.putSettings({ index: index('people'), settings: { [block]: on } });
      };
      await set(true);
      expect(await toldBy(check)).toEqual({ code: 'elasticsearch_blocked', where: index('people') });
      expect((await toldBy(write)).code).toBe('elasticsearch_blocked');
      await set(null);
    }
    await expect(check()).resolves.toBeUndefined();
  });

  test('too little memory', async () => {
    await settings({ 'indices.breaker.total.limit': '1kb' });
    for (const work of [check, search]) expect((await toldBy(work)).code).toBe('elasticsearch_breaker');
    await settings({ 'indices.breaker.total.limit': null });
  });

  test('no room for another shard', async () => {
    await settings({ 'cluster.max_shards_per_node': 1 });
    const told = await toldBy(() => store.open({ pack: { id: 'more@1', dims: 8 } }));
    await settings({ 'cluster.max_shards_per_node': null });
    expect(told.code).toBe('elasticsearch_shard_limit');
  });

  test('a template of somebody else for the same indices', async () => {
    const fresh = await newElasticsearchStore(server.url);
    const name = `${fresh.prefix}-other`;
    await store.client.indices.putIndexTemplate({ name, index_patterns: [`${fresh.prefix}-people*`], priority: 200 });
    expect(await toldBy(fresh.open)).toEqual({ code: 'elasticsearch_template', where: `${fresh.prefix}-people-*` });
    await store.client.indices.deleteIndexTemplate({ name });
    await using opened = await fresh.open();
    await expect(opened.check()).resolves.toBeUndefined();
  });

  test('a template of somebody else that goes before ours changes no field', async () => {
    const fresh = await newElasticsearchStore(server.url);
    const name = `${fresh.prefix}-other`;
    const template = { mappings: { dynamic: true, properties: { epoch: { type: 'keyword' } } } } as const;
    await store.client.indices.putIndexTemplate({
      name,
      index_patterns: [`${fresh.prefix}-*`],
      priority: 900,
      template,
    });
    await using opened = await fresh.open();
    await enrolled(opened, await opened.scope(somewhere()), somebody(), [face()]);
    const people = await store.client.indices.getMapping({ index: `${fresh.prefix}-people-1` });
    expect(people[`${fresh.prefix}-people-1`]?.mappings).toMatchObject({
      dynamic: 'strict',
      properties: { epoch: { type: 'integer' } },
    });
    await store.client.indices.deleteIndexTemplate({ name });
  });

  test('a field that an index does not have', async () => {
    const { [index('people')]: before } = await store.client.indices.getMapping({ index: index('people') });
    const { sealed: _, ...properties } = before?.mappings.properties ?? {};
    const mappings = { dynamic: 'strict', properties } as const;
    await store.client.indices.deleteIndexTemplate({ name: `${store.prefix}-people` });
    await replace(index('people'), { index: index('people'), mappings, wait_for_active_shards: 1 });
    expect((await toldBy(() => enrolled(gallery, scope, somebody(), [face()]))).code).toBe('elasticsearch_mapping');
  });

  test('a wrong password', async () => {
    const url = new URL(server.url);
    url.password = 'guess';
    expect((await toldBy(() => store.open({ url: url.href }))).code).toBe('elasticsearch_password');
  });

  test('nobody at that address, no such host, or no answer in time', async () => {
    const unreachable = ['http://127.0.0.1:1', 'http://elasticsearch.invalid:9200'];
    for (const url of unreachable) {
      expect(await toldBy(() => store.open({ url, retries: 0 }))).toEqual({
        code: 'elasticsearch_unreachable',
        where: new URL(url).host,
      });
    }
    process.kill(-server.pid, 'SIGSTOP');
    const told = await toldBy(() => store.open({ retries: 0, timeoutMs: 300 }));
    process.kill(-server.pid, 'SIGCONT');
    expect(told.code).toBe('elasticsearch_unreachable');
  });

  test('something else that answers at that address', async () => {
    const other = createServer((_, response) => response.end('{"tagline":"The OpenSearch Project"}'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const told = await toldBy(() => store.open({ url: `http://${host}`, retries: 0 }));
    other.closeAllConnections();
    other.close();
    expect(told).toEqual({ code: 'elasticsearch_other', where: host });
  });
});
