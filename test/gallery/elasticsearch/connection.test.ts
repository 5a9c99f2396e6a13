import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScopeId } from '../../../src/consent/who.ts';
import type { Failure } from '../../../src/failure.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { agreed, anyFace, face, somebody, somewhere, T0 } from '../people.ts';
import { type FaultyProxy, openProxy } from './proxy.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

const server = await sharedElasticsearch();

describe.skipIf(!server)('the connection', () => {
  let store: ElasticsearchStore;
  let proxy: FaultyProxy;
  let gallery: Gallery;
  let scope: ScopeId;

  beforeAll(async () => {
    store = await newElasticsearchStore(server?.url ?? '');
    proxy = await openProxy(store.url);
    gallery = await store.open({ url: proxy.url, retries: 0 });
    scope = await gallery.scope(somewhere());
  });
  afterAll(async () => {
    await gallery?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  /** The failure of `work` when every request gets this answer. */
  async function failureOf(answer: { status: number; body: unknown } | 'cut' | 'hang', work: () => Promise<unknown>) {
    proxy.decide(() => answer);
    const outcome = await work().then(
      () => undefined,
      (error: Failure) => error,
    );
    proxy.decide(() => 'pass');
    return outcome;
  }

  test.each([
    ['a full disk', 429, 'cluster_block_exception'],
    ['an overloaded node', 429, 'es_rejected_execution_exception'],
    ['an index closed to writes', 403, 'cluster_block_exception'],
    ['an expired key', 401, 'security_exception'],
    ['a starting node', 503, 'master_not_discovered_exception'],
    ['a load balancer', 502, undefined],
  ])('turns the refusal of %s into `unavailable`, to be tried again', async (_, status, type) => {
    const body = { error: { type, reason: 'because', root_cause: [] }, status };
    const failure = await failureOf({ status, body }, () => gallery.search(scope, [face()]));
    expect(failure).toMatchObject({ name: 'Failure', code: 'unavailable', again: true });
  });

  test('that is refused, cut, or not answered in time is `unavailable`', async () => {
    await using nowhere = await openProxy(store.url);
    const { url } = nowhere;
    await nowhere[Symbol.asyncDispose]();
    await expect(store.open({ url, retries: 0 })).rejects.toMatchObject({ code: 'unavailable' });
    await using hasty = await store.open({ url: proxy.url, retries: 0, timeoutMs: 5_000 });
    for (const fate of ['cut', 'hang'] as const) {
      const failure = await failureOf(fate, () => hasty.standing(scope, somebody()));
      expect(failure, fate).toMatchObject({ code: 'unavailable' });
    }
    expect((await gallery.standing(scope, somebody())).epoch).toBe(0);
  });

  test('that breaks once is tried again', async () => {
    await using patient = await store.open({ url: proxy.url });
    proxy.decide((_, n) => (n === 0 ? 'cut' : 'pass'));
    await expect(patient.standing(scope, somebody())).resolves.toMatchObject({ epoch: 0 });
  });

  test('shows nothing of what was asked in any failure, whatever the server quotes', async () => {
    const person = somebody('Ada Lovelace');
    const consent = await agreed(gallery, scope, person);
    const probe = face();
    const works = {
      search: () => gallery.search(scope, [probe]),
      enrol: () => gallery.enrol(consent, [probe], anyFace),
      standing: () => gallery.standing(scope, person),
      erase: () => gallery.erase(scope, person, 'asked', T0),
      people: () => gallery.people(scope),
    };
    for (const [name, work] of Object.entries(works)) {
      for (const status of [400, 404, 500]) {
        const quotes: string[] = [];
        proxy.decide(({ path, body }) => {
          quotes.push(...(`${path} ${body}`.match(/[\w+/=-]{20,}/g) ?? []));
          const reason = `cannot parse ${path} ${body}`;
          return { status, body: { error: { type: 'parsing_exception', reason, root_cause: [{ reason }] }, status } };
        });
        const failure = await work().then(
          () => undefined,
          (error: unknown) => error,
        );
        proxy.decide(() => 'pass');
        expect(failure, name).toMatchObject({ name: 'Failure' });
        const shown = inspect(failure, { depth: 20, showHidden: true });
        expect(quotes.length).toBeGreaterThan(0);
        for (const quote of quotes) expect(shown.includes(quote), `${name} ${status}`).toBe(false);
        expect(shown).not.toMatch(/cannot parse|Lovelace|authorization|password/i);
      }
    }
  });

  test('is made with the user and password of the URL, percent signs decoded', async () => {
    const url = new URL(proxy.url);
    url.username = 'a%40b';
    url.password = 'p%2Fw%3A';
    proxy.decide(() => ({ status: 401, body: { error: { type: 'security_exception' } } }));
    await expect(store.open({ url: url.href, retries: 0 })).rejects.toMatchObject({ code: 'unavailable' });
    proxy.decide(() => 'pass');
    const sent = proxy.seen.at(-1)?.authorization;
    expect(sent).toBe(`Basic ${Buffer.from('a@b:p/w:').toString('base64')}`);
  });

  test('is made with an API key when there is one, instead of the password', async () => {
    proxy.decide(() => ({ status: 401, body: { error: { type: 'security_exception' } } }));
    const opening = store.open({ url: proxy.url, retries: 0, apiKey: 'aWQ6a2V5' });
    await expect(opening).rejects.toMatchObject({ code: 'unavailable' });
    proxy.decide(() => 'pass');
    expect(proxy.seen.at(-1)?.authorization).toBe('ApiKey aWQ6a2V5');
  });

  test('with another MASTER_KEY says what is wrong before anything is read', async () => {
    const { deriveKeys } = await import('../../../src/secrets/keys.ts');
    const keys = deriveKeys(new Uint8Array(32).fill(7));
    await expect(store.open({ keys })).rejects.toThrow(/MASTER_KEY is not the key/);
  });
});
