import type { estypes } from '@elastic/elasticsearch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { causeOf } from '../../../src/cause.ts';
import type { ScopeId } from '../../../src/consent/who.ts';
import { openParts } from '../../../src/gallery/elasticsearch/open.ts';
import type { Parts } from '../../../src/gallery/elasticsearch/parts.ts';
import type { Step } from '../../../src/gallery/elasticsearch/steps.ts';
import { STEPS } from '../../../src/gallery/elasticsearch/steps.ts';
import { schemaAfter, upgrade } from '../../../src/gallery/elasticsearch/upgrade.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { PACK } from '../gallery-store.ts';
import { agreed, enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

const server = await sharedElasticsearch();
const today = schemaAfter(STEPS);
const next = { major: today.major, minor: today.minor + 1 };
const major = { major: today.major + 1, minor: 0 };

describe.skipIf(!server)('a gallery that another version of facefinder made', () => {
  let store: ElasticsearchStore;
  let parts: Parts;
  let gallery: Gallery;
  let scope: ScopeId;
  const [ada, ben] = [somebody('Ada'), somebody('Ben')];
  const own = face();

  beforeEach(async () => {
    store = await newElasticsearchStore(server?.url ?? '');
    gallery = await store.open();
    scope = await gallery.scope(somewhere());
    await enrolled(gallery, scope, ada, [own]);
    await gallery.recordFinds(scope, ada, [ada], T0);
    const { url, prefix, keys } = store;
    parts = await openParts({ url, prefix, keys, pack: PACK });
  });
  afterEach(async () => {
    await gallery?.[Symbol.asyncDispose]();
    await parts?.client.close();
  });

  const index = (kind: string) => `${store.prefix}-${kind}`;
  const mappingOf = async (name: string) => {
    const [found] = Object.values(await store.client.indices.getMapping({ index: name }));
    return found?.mappings;
  };

  /**
   * Makes the indices as facefinder 0.1.0 left them: without a version, and without lists of
   * groups.
   */
  async function makeOld(): Promise<void> {
    await store.client.indices.delete({ index: `${index('memberships')}-1` });
    await store.client.indices.putMapping({ index: index('meta'), _meta: {} });
    await forgetListed(ada);
  }

  /** Makes a person's record one that an older facefinder wrote: their groups are not listed. */
  async function forgetListed(person: typeof ada): Promise<void> {
    const inside = await parts.scopes.openNow(scope);
    if (!inside) throw new Error('the scope is gone');
    await parts.records.change(inside, parts.records.idOf(scope, person), (record) => {
      const { listed: _, ...life } = record.life ?? expect.fail('nobody is there');
      return { ...record, life };
    });
  }

  test('an older one is brought to today’s schema by the next start, with everybody who was there', async () => {
    await makeOld();
    await using upgraded = await store.open();
    expect((await upgraded.scopesOf(ada)).map((one) => one.scope)).toEqual([scope]);
    expect(await namesFound(upgraded, scope, own)).toEqual(['Ada']);
    await expect(upgraded.check()).resolves.toBeUndefined();
    await upgraded.erase(scope, ada, 'asked', T0);
    expect(await upgraded.scopesOf(ada)).toEqual([]);
    expect(await upgraded.remaining(scope, ada)).toBe(0);
  });

  test('an older one that many processes open at once is brought there once', async () => {
    await makeOld();
    const opened = await Promise.all([store.open(), store.open(), store.open()]);
    for (const one of opened) {
      expect(await one.scopesOf(ada)).toHaveLength(1);
      await one[Symbol.asyncDispose]();
    }
  });

  test('an older one ends up with the same fields as a new one', async () => {
    const kinds = ['meta', 'scopes', 'places', 'people', 'memberships', 'finds', 'ledger', 'faces-*'];
    const fresh = await Promise.all(kinds.map((kind) => mappingOf(index(kind))));
    await makeOld();
    await using _ = await store.open();
    expect(await Promise.all(kinds.map((kind) => mappingOf(index(kind))))).toEqual(fresh);
  });

  test('a field added in a later version is there for the indices of before it', async () => {
    const write = () => store.client.index({ index: index('people'), id: 'any', document: { note: 'new' } });
    await expect(write()).rejects.toThrow(/strict_dynamic_mapping/);
    const field: Step = { to: next, fields: { people: { note: { type: 'keyword' } } } };
    await upgrade(parts, [...STEPS, field]);
    await expect(write()).resolves.toMatchObject({ result: 'created' });
    await store.client.delete({ index: index('people'), id: 'any' });
  });

  test('a newer minor one serves an older program, which was running or starts', async () => {
    await upgrade(parts, [...STEPS, { to: next, fields: { people: { note: { type: 'keyword' } } } }]);
    await using older = await store.open();
    for (const program of [gallery, older]) {
      await expect(program.check()).resolves.toBeUndefined();
      await enrolled(program, scope, somebody(), [face()]);
      expect(await namesFound(program, scope, own)).toContain('Ada');
    }
    expect(await mappingOf(index('meta'))).toMatchObject({ _meta: { schema: `${next.major}.${next.minor}` } });
  });

  test('a newer major one refuses an older program, which was running or starts, and says so', async () => {
    await upgrade(parts, [...STEPS, { to: major }]);
    for (const refused of [() => store.open(), () => gallery.check()]) {
      const error: unknown = await refused().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'unavailable' });
      expect(causeOf(error)?.message).toMatch(/made by a newer facefinder .*Start the newer version again/);
    }
  });

  test('an index whose field changes its kind is made anew beside the old one, with all that it held', async () => {
    const rebuilt = ['finds', 'faces', 'people', 'ledger'] as const;
    await enrolled(gallery, scope, ben, [face()]);
    const before = await gallery.dossier(scope, ada);
    await upgrade(parts, [...STEPS, { to: major, rebuilt }]);
    const found = await store.client.indices.getAlias({ name: `${store.prefix}-*` });
    const names = Object.keys(found).toSorted();
    expect(names.filter((name) => name.endsWith('-2'))).toHaveLength(rebuilt.length);
    expect(names).toHaveLength(8);
    expect(await gallery.dossier(scope, ada)).toEqual(before);
    expect(await namesFound(gallery, scope, own)).toEqual(['Ada', 'Ben']);
    expect((await gallery.erase(scope, ben, 'asked', T0))?.removed.templates).toBe(1);
    expect(await gallery.remaining(scope, ben)).toBe(0);
    await enrolled(gallery, scope, somebody(), [face()]);
  });

  test('a step that failed changes nothing, and the next start takes it again', async () => {
    const step: Step = { to: major, rebuilt: ['finds'] };
    const failing: Step = {
      ...step,
      fields: { finds: { at: { type: 'keyword' } as estypes.MappingProperty } },
    };
    await expect(upgrade(parts, [...STEPS, failing])).rejects.toMatchObject({ name: 'Failure' });
    await gallery.recordFinds(scope, ada, [ada], T0 + 1);
    expect((await gallery.dossier(scope, ada))?.foundBy).toHaveLength(2);
    await upgrade(parts, [...STEPS, step]);
    expect((await gallery.dossier(scope, ada))?.foundBy).toHaveLength(2);
  });

  test('who agreed through an older program is listed at the first meeting, and at the latest by the sweep', async () => {
    await agreed(gallery, scope, ben);
    for (const person of [ada, ben]) {
      await forgetListed(person);
      await parts.memberships.remove(parts.memberships.idOf(person), {
        record: parts.records.idOf(scope, person),
        epoch: 9,
      });
      expect(await gallery.scopesOf(person)).toEqual([]);
    }
    await gallery.standing(scope, ada);
    expect(await gallery.scopesOf(ada)).toHaveLength(1);
    await gallery.tidy(T0);
    expect(await gallery.scopesOf(ben)).toHaveLength(1);
  });
});
