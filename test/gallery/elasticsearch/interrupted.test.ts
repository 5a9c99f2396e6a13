import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstBreak } from '../../../src/consent/ledger.ts';
import type { Person, ScopeId } from '../../../src/consent/who.ts';
import type { Erasure } from '../../../src/gallery/erasure.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { agreed, anyFace, enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { type Fate, type FaultyProxy, openProxy } from './proxy.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

const server = await sharedElasticsearch();

/** More requests than any call makes. */
const MANY = 60;

/** The process dies at request `at` (from 0) of the call: nothing more reaches Elasticsearch. */
const dies =
  (at: number) =>
  (_: unknown, n: number): Fate =>
    n < at ? 'pass' : 'cut';
/** Elasticsearch carries out request `at` (from 0), but its answer is lost. */
const mishears =
  (at: number) =>
  (_: unknown, n: number): Fate =>
    n === at ? 'lose' : 'pass';

describe.skipIf(!server)('work that is cut short', () => {
  let store: ElasticsearchStore;
  let proxy: FaultyProxy;
  /** A gallery that reaches Elasticsearch only through the proxy. */
  let troubled: Gallery;
  /** Another process, with a working connection. */
  let sound: Gallery;

  beforeAll(async () => {
    store = await newElasticsearchStore(server?.url ?? '');
    proxy = await openProxy(store.url);
    sound = await store.open();
    troubled = await store.open({ url: proxy.url, retries: 0 });
  });
  afterAll(async () => {
    await troubled?.[Symbol.asyncDispose]();
    await sound?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  /**
   * Runs `work` again and again, with trouble at each request in turn, until no request is left for
   * trouble. Each time, `check` looks at what is stored. Gives the number of requests of `work`.
   */
  async function atEveryRequest(
    trouble: (at: number) => (request: unknown, n: number) => Fate,
    prepare: () => Promise<{ work: () => Promise<unknown>; check: (succeeded: boolean) => Promise<void> }>,
  ): Promise<number> {
    for (let at = 0; at < MANY; at++) {
      const { work, check } = await prepare();
      proxy.decide(trouble(at));
      const before = proxy.seen.length;
      const outcome = await work().then(
        () => 'done',
        (error) => error,
      );
      const requests = proxy.seen.length - before;
      proxy.decide(() => 'pass');
      if (outcome !== 'done') expect(outcome, `trouble at request ${at}`).toMatchObject({ code: 'unavailable' });
      await check(outcome === 'done');
      if (outcome === 'done' && requests <= at) return at;
    }
    throw new Error('it never got through');
  }

  async function isWhole(scope: ScopeId, person: Person, probe: Float32Array): Promise<boolean> {
    const { templates } = await sound.standing(scope, person);
    const ledger = await sound.ledger(scope);
    expect(firstBreak(ledger)).toBeUndefined();
    expect(ledger.filter(({ kind }) => kind === 'enrolled')).toHaveLength(templates / 2);
    expect(await namesFound(sound, scope, probe)).toEqual(templates > 0 ? [person.name] : []);
    return templates > 0;
  }

  /** How many rows of vectors the index has of the scope. */
  async function rowsIn(scope: ScopeId): Promise<number> {
    const index = `${store.prefix}-faces-*`;
    await store.client.indices.refresh({ index });
    return (await store.client.count({ index, query: { term: { scope } } })).count;
  }

  test.each([
    ['when the process dies at any request', dies],
    ['when the answer to any request is lost', mishears],
  ])(
    'an enrolment is all there or not at all, and can be repeated, %s',
    async (_, trouble) => {
      const requests = await atEveryRequest(trouble, async () => {
        const scope = await sound.scope(somewhere());
        const person = somebody('Ada');
        const consent = await agreed(sound, scope, person);
        const faces = [face(), face()] as const;
        return {
          work: () => troubled.enrol(consent, faces, anyFace),
          check: async (succeeded) => {
            const isThere = await isWhole(scope, person, faces[0]);
            if (succeeded) expect(isThere).toBe(true);
            if (!isThere) expect(await sound.enrol(consent, faces, anyFace)).toBe(2);
            expect(await namesFound(sound, scope, faces[1])).toEqual(['Ada']);
            expect((await sound.erase(scope, person, 'asked', T0))?.removed.templates).toBe(2);
            expect(await sound.remaining(scope, person)).toBe(0);
            expect(await rowsIn(scope)).toBe(0);
          },
        };
      });
      expect(requests).toBeGreaterThan(5);
    },
    300_000,
  );

  test.each([
    ['when the process dies at any request', dies],
    ['when the answer to any request is lost', mishears],
  ])(
    'an erasure is decided or not, never names again whom it hides, and is finished by the next, %s',
    async (_, trouble) => {
      const requests = await atEveryRequest(trouble, async () => {
        const scope = await sound.scope(somewhere());
        const [ada, ben] = [somebody('Ada'), somebody('Ben')];
        const probe = face();
        await enrolled(sound, scope, ada, [probe, face()]);
        await agreed(sound, scope, ben);
        await sound.recordFinds(scope, ben, [ada], T0);
        await sound.recordFinds(scope, ada, [ben], T0);
        const heard: Erasure[] = [];
        const told = async (erasure: Erasure) => void heard.push(erasure);
        return {
          work: () => troubled.erase(scope, ada, 'asked', T0, { epoch: 0, onErased: told }),
          check: async (succeeded) => {
            const { epoch } = await sound.standing(scope, ada);
            if (succeeded) expect(epoch).toBe(1);
            expect(await namesFound(sound, scope, probe)).toEqual(epoch === 0 ? ['Ada'] : []);
            const again = await sound.erase(scope, ada, 'asked', T0, { epoch: 0, onErased: told });
            if (!again) expect(epoch).toBe(1);
            // By now the caller has got the report for a receipt, once or twice. The report may
            // count fewer finds than there were: a process that writes a row of finds looks again
            // whether its people were erased, and may have removed the row itself.
            const [finds, findsByThem] = [expect.toBeOneOf([0, 1]), expect.toBeOneOf([0, 1])];
            const removed = { templates: 2, people: 1, finds, findsByThem };
            expect(heard.at(-1), JSON.stringify(heard)).toMatchObject({ subject: heard[0]?.subject, removed });
            expect(await sound.remaining(scope, ada)).toBe(0);
            expect((await sound.dossier(scope, ben))?.foundBy).toEqual([{ at: T0, kind: 'find' }]);
            const ledger = await sound.ledger(scope);
            expect(firstBreak(ledger)).toBeUndefined();
            expect(ledger.filter(({ kind }) => kind === 'erased')).toHaveLength(1);
          },
        };
      });
      expect(requests).toBeGreaterThan(5);
    },
    300_000,
  );

  test('an agreement that was cut short is in the ledger once anybody sees it', async () => {
    await atEveryRequest(dies, async () => {
      const scope = await sound.scope(somewhere());
      const person = somebody();
      const agreement = { version: 1, noticeHash: 'n', at: T0, shown: false };
      return {
        work: () => troubled.agree(scope, person, 'search', agreement, 0),
        check: async (succeeded) => {
          const { agreed: purposes } = await sound.standing(scope, person);
          if (succeeded) expect(purposes.search).toEqual(agreement);
          expect(await sound.ledger(scope)).toHaveLength(purposes.search ? 1 : 0);
          expect((await sound.agree(scope, person, 'search', agreement, 0)).agreed.search).toEqual(agreement);
          expect(await sound.ledger(scope)).toHaveLength(1);
        },
      };
    });
  });

  test('vectors that no record holds are named by nobody, and go with the person', async () => {
    const scope = await sound.scope(somewhere());
    const [ada, ben] = [somebody('Ada'), somebody('Ben')];
    const [own, lost] = [face(), face()];
    await enrolled(sound, scope, ada, [own]);
    const consent = await agreed(sound, scope, ben);
    // The process dies right after its vectors are written.
    let isWritten = false;
    proxy.decide(({ path, body }) => {
      if (isWritten) return 'cut';
      isWritten = path.startsWith('/_bulk') && body.includes('-faces-');
      return 'pass';
    });
    await expect(troubled.enrol(consent, [lost], anyFace)).rejects.toMatchObject({ code: 'unavailable' });
    proxy.decide(() => 'pass');
    expect(await rowsIn(scope)).toBe(2);
    expect(await namesFound(sound, scope, lost)).toEqual(['Ada']);
    await sound.erase(scope, ben, 'asked', T0);
    expect(await rowsIn(scope)).toBe(1);
  });

  test('a scope that was made and never pointed to is not another one the next time', async () => {
    for (let at = 0; at < 6; at++) {
      const where = somewhere();
      proxy.decide(dies(at));
      await troubled.scope(where).catch(() => undefined);
      proxy.decide(() => 'pass');
      const [one, other] = await Promise.all([sound.scope(where), troubled.scope(where)]);
      expect(one).toBe(other);
    }
  });
});
