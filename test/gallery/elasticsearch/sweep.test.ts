import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { placeHash, tombstoneHash } from '../../../src/gallery/rules/identity.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { agreed, anyFace, enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { type Fate, type FaultyProxy, openProxy, type Seen } from './proxy.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

const server = await sharedElasticsearch();
const HOUR = 60 * 60_000;

describe.skipIf(!server)('tidying up after crashes', () => {
  let store: ElasticsearchStore;
  let proxy: FaultyProxy;
  let troubled: Gallery;
  let sound: Gallery;

  beforeAll(async () => {
    store = await newElasticsearchStore(server?.url ?? '');
    proxy = await openProxy(store.url);
    sound = await store.open();
    troubled = await store.open({ url: proxy.url, retries: 0 });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    proxy.decide(() => 'pass');
  });
  afterAll(async () => {
    await troubled?.[Symbol.asyncDispose]();
    await sound?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  /** The process dies right after the first request for which `isLast` is true. */
  function diesAfter(isLast: (request: Seen) => boolean): void {
    let isDead = false;
    proxy.decide((request) => {
      if (isDead) return 'cut';
      isDead = isLast(request);
      return 'pass';
    });
  }

  /**
   * Does `work` once, when a sweep by `troubled` comes to the vectors. The sweep waits for it.
   * Gives a function for the result of `work`.
   */
  function whileItRuns<T>(work: () => Promise<T>): () => Promise<T> {
    let done: Promise<T> | undefined;
    proxy.decide(async ({ path }): Promise<Fate> => {
      if (path.includes(`${store.prefix}-faces-`) && path.includes('_refresh')) done ??= work();
      await done;
      return 'pass';
    });
    return () => done ?? expect.fail('the sweep looked at no vectors');
  }

  const writesTo = (index: string) => (request: Seen) =>
    request.path.startsWith('/_bulk') && request.body.includes(`"_index":"${store.prefix}-${index}`);

  async function count(index: string, query: object): Promise<number> {
    await store.client.indices.refresh({ index: `${store.prefix}-${index}` });
    return (await store.client.count({ index: `${store.prefix}-${index}`, query })).count;
  }

  const rowsOf = (scope: ScopeId) => count('faces-*', { term: { scope } });

  const minutesLater = (minutes: number) => {
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + minutes * 60_000);
  };

  test('removes the vectors of an enrolment that died, once nobody can be at it any more', async () => {
    const scope = await sound.scope(somewhere());
    const [ada, ben] = [somebody('Ada'), somebody('Ben')];
    const own = face();
    await enrolled(sound, scope, ada, [own]);
    const consent = await agreed(sound, scope, ben);
    diesAfter(writesTo('faces-'));
    await expect(troubled.enrol(consent, [face(), face()], anyFace)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await rowsOf(scope)).toBe(3);
    await sound.tidy(Date.now());
    expect(await rowsOf(scope)).toBe(3);
    minutesLater(11);
    await sound.tidy(Date.now());
    expect(await rowsOf(scope)).toBe(1);
    expect(await namesFound(sound, scope, own)).toEqual(['Ada']);
    expect(await count('people', { bool: { filter: [{ term: { scope } }, { term: { unsettled: true } }] } })).toBe(0);
    expect(await sound.enrol(consent, [face()], anyFace)).toBe(1);
  });

  test('removes vectors, finds and finders of whom no record knows', async () => {
    const scope = await sound.scope(somewhere());
    const ada = somebody('Ada');
    await enrolled(sound, scope, ada, [face()]);
    const stray = { scope, owner: 'nobody', notice: 1, vector: [...face()] };
    const [faces = ''] = Object.keys(await store.client.indices.get({ index: `${store.prefix}-faces-*` }));
    await store.client.index({ index: faces, routing: scope, document: stray });
    await sound.recordFinds(scope, ada, [ada], T0);
    const find = { scope, found: 'nobody', finder: null, kind: 'find', at: Date.now() };
    await store.client.index({ index: `${store.prefix}-finds`, document: find });
    expect(await rowsOf(scope)).toBe(2);
    await sound.tidy(T0);
    expect(await rowsOf(scope)).toBe(1);
    expect(await count('finds', { term: { scope } })).toBe(1);
    expect((await sound.dossier(scope, ada))?.foundBy).toHaveLength(1);
  });

  test.each(['a group that was made', 'a new person in a known group'])(
    'keeps the vectors of %s while it ran',
    async (which) => {
      const where = somewhere();
      await enrolled(sound, await sound.scope(where), somebody('Ada'), [face()]);
      const own = face();
      const newcomer = async () => {
        const scope = await sound.scope(which.startsWith('a group') ? somewhere() : where);
        await enrolled(sound, scope, somebody('Ben'), [own]);
        return scope;
      };
      const made = whileItRuns(newcomer);
      await troubled.tidy(Date.now());
      expect(await namesFound(sound, await made(), own)).toContain('Ben');
    },
  );

  test.each([
    ['group', 'scopes', 'key'],
    ['record', 'people', 'sealed'],
  ])('keeps the vectors of a %s that it cannot read', async (_, index, field) => {
    const scope = await sound.scope(somewhere());
    const [ada, own] = [somebody('Ada'), face()];
    await enrolled(sound, scope, ada, [own]);
    await sound.recordFinds(scope, ada, [ada], T0);
    const id = index === 'scopes' ? scope : tombstoneHash(store.keys, scope, ada);
    const at = { index: `${store.prefix}-${index}`, id, refresh: true };
    const { _source: whole } = await store.client.get<Record<string, string>>(at);
    await store.client.update({ ...at, doc: { [field]: 'rotten' } });
    await sound.tidy(T0);
    await store.client.update({ ...at, doc: { [field]: whole?.[field] } });
    expect(await namesFound(sound, scope, own)).toEqual(['Ada']);
    expect((await sound.dossier(scope, ada))?.foundBy).toHaveLength(1);
  });

  test('finishes an erasure for whose outcome nobody came back within a day', async () => {
    const scope = await sound.scope(somewhere());
    const ada = somebody('Ada');
    await enrolled(sound, scope, ada, [face(), face()]);
    await sound.recordFinds(scope, ada, [ada], T0);
    diesAfter(writesTo('people'));
    await expect(troubled.erase(scope, ada, 'asked', T0)).rejects.toMatchObject({ code: 'unavailable' });
    expect((await sound.standing(scope, ada)).epoch).toBe(1);
    await sound.tidy(T0 + 23 * HOUR);
    expect((await sound.ledger(scope)).at(-1)?.kind).toBe('enrolled');
    expect(await sound.remaining(scope, ada)).toBeGreaterThan(0);
    await sound.tidy(T0 + 25 * HOUR);
    expect(await sound.remaining(scope, ada)).toBe(0);
    expect((await sound.ledger(scope)).at(-1)).toMatchObject({ kind: 'erased', reason: 'asked' });
    expect(await sound.erase(scope, ada, 'asked', T0)).toBeUndefined();
  });

  test('finishes an erasure that was begun by a clock that was ahead', async () => {
    const scope = await sound.scope(somewhere());
    const ada = somebody('Ada');
    await enrolled(sound, scope, ada, [face()]);
    diesAfter(writesTo('people'));
    await expect(troubled.erase(scope, ada, 'asked', T0)).rejects.toMatchObject({ code: 'unavailable' });
    await sound.tidy(T0 - 25 * HOUR);
    expect(await sound.remaining(scope, ada)).toBe(0);
  });

  test('takes the last group from a person’s list with the person, whoever finishes the erasure', async () => {
    const lists = () => count('memberships', { match_all: {} });
    const before = await lists();
    const ada = somebody('Ada');
    const [here, there] = [await sound.scope(somewhere()), await sound.scope(somewhere())];
    for (const scope of [here, there]) await enrolled(sound, scope, ada, [face()]);
    expect(await lists()).toBe(before + 1);
    await sound.erase(here, ada, 'asked', T0);
    expect((await sound.scopesOf(ada)).map(({ scope }) => scope)).toEqual([there]);
    diesAfter(writesTo('people'));
    await expect(troubled.erase(there, ada, 'asked', T0)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await sound.scopesOf(ada)).toEqual([]);
    await sound.tidy(T0 + 25 * HOUR);
    expect(await lists()).toBe(before);
    expect(await sound.remaining(there, ada)).toBe(0);
  });

  test('removes a scope that no place ever pointed to, and no other', async () => {
    const where = somewhere();
    const kept = await sound.scope(where);
    diesAfter(writesTo('scopes'));
    await expect(troubled.scope(somewhere())).rejects.toMatchObject({ code: 'unavailable' });
    const lost = (await sound.scopes()).filter(({ places }) => places.length === 0);
    expect(lost).toHaveLength(1);
    await sound.tidy(T0);
    expect((await sound.scopes()).filter(({ places }) => places.length === 0)).toHaveLength(1);
    minutesLater(11);
    await sound.tidy(T0);
    expect((await sound.scopes()).filter(({ places }) => places.length === 0)).toHaveLength(0);
    expect(await sound.scope(where)).toBe(kept);
  });

  test('keeps a scope whose place was written while it ran', async () => {
    const where = somewhere();
    const scope = await sound.scope(where);
    const at = { index: `${store.prefix}-places`, id: placeHash(store.keys, where), refresh: true };
    const { _source: document = {} } = await store.client.get<object>(at);
    await store.client.delete(at);
    minutesLater(11);
    const written = whileItRuns(() => store.client.index({ ...at, document }));
    await troubled.tidy(T0);
    await written();
    expect(await sound.scope(where)).toBe(scope);
  });

  test('a place whose scope was dropped under it gets a new one', async () => {
    const where = somewhere();
    const scope = await sound.scope(where);
    await store.client.delete({ index: `${store.prefix}-scopes`, id: scope });
    const fresh = await sound.scope(where);
    expect(fresh).not.toBe(scope);
    await enrolled(sound, fresh, somebody('Ada'), [face()]);
    expect(await sound.scope(where)).toBe(fresh);
  });
});
