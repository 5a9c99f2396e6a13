import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person, Place, ScopeId } from '../../../src/consent/who.ts';
import { importIntoElasticsearch } from '../../../src/gallery/elasticsearch/import.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { exportSqliteGallery } from '../../../src/gallery/sqlite/export.ts';
import type { Contents } from '../../../src/gallery/transfer.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { PACK } from '../gallery-store.ts';
import { agreed, closerThan, enrolled, face, faceAt, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { newSqliteStore, type SqliteStore } from '../sqlite/store.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

const server = await sharedElasticsearch();

describe.skipIf(!server)('a gallery that moves from SQLite to Elasticsearch', () => {
  let from: SqliteStore;
  let to: ElasticsearchStore;
  let before: Gallery;
  let club: ScopeId;
  let dropped: ScopeId;
  const clubs: Place = somewhere();
  const [ada, ben, eve, old] = [somebody('Ada'), somebody('Ben'), somebody('Eve'), somebody('Old')];
  const people: readonly Person[] = [ada, ben, eve];
  const [adas, bens] = [face(), face()];
  const wide = face(48);

  const options = () => ({ url: to.url, prefix: to.prefix, keys: from.keys, pack: PACK });
  const openNew = () => to.open({ keys: from.keys });
  async function move() {
    await using source = await exportSqliteGallery(from.file, from.keys);
    return await importIntoElasticsearch(options(), source);
  }

  beforeAll(async () => {
    from = await newSqliteStore();
    to = await newElasticsearchStore(server?.url ?? '');
    before = await from.open();
    club = await before.scope({ ...clubs, id: 'first' });
    await before.movePlace({ ...clubs, id: 'first' }, clubs);
    await before.configure(club, { findsPerHour: 3, showing: false, channels: ['7'] });
    await enrolled(before, club, old, [face()]);
    await before.erase(club, old, 'asked', T0);
    await enrolled(before, club, ada, [adas, faceAt(0.3, adas)], { shown: true });
    await enrolled(before, club, ben, [bens], { retentionDays: 100 });
    const consent = await agreed(before, club, eve);
    await before.enrol(consent, [faceAt(0.1, bens)], { ...closerThan(0.5), claim: 'mine' });
    await before.recordFinds(club, ada, [ben, eve], T0 + 1);
    await before.recordFinds(club, old, [ada], T0 + 2);
    await using wider = await from.open({ pack: { id: 'wide@1', dims: 48 } });
    await wider.enrol(await agreed(wider, club, ada), [wide], { isSame: () => false, now: T0 + 3 });
    dropped = await before.scope(somewhere());
    await enrolled(before, dropped, ada, [face()]);
    await before.erase(dropped, ada, 'left', T0);
    await before.dropScope(dropped);
  });
  afterAll(() => before?.[Symbol.asyncDispose]());

  test('is refused where another gallery is in use', async () => {
    const used = await newElasticsearchStore(to.url);
    await using gallery = await used.open({ keys: from.keys });
    await gallery.scope(somewhere());
    await using source = await exportSqliteGallery(from.file, from.keys);
    const moving = importIntoElasticsearch({ ...options(), prefix: used.prefix }, source);
    await expect(moving).rejects.toThrow(/in use/);
  });

  test('can be interrupted, and goes on where it was', async () => {
    await using source = await exportSqliteGallery(from.file, from.keys);
    const interrupted = {
      ...source,
      async *scopes() {
        for await (const scope of source.scopes()) {
          yield { ...scope, people: scope.people.slice(0, 1) };
          throw new Error('pulled the plug');
        }
      },
    };
    await expect(importIntoElasticsearch(options(), interrupted)).rejects.toThrow();
    const beforeDone = async () => {
      throw new Error('Redis went away');
    };
    await expect(importIntoElasticsearch(options(), source, { beforeDone })).rejects.toThrow('Redis went away');
    expect(await move()).toEqual({ scopes: 1, people: 3, templates: 5, entries: 16 });
  });

  test('arrives with everything that was held', async () => {
    await using after = await openNew();
    expect(await after.scope(clubs)).toBe(club);
    expect(await after.scopes()).toEqual(await before.scopes());
    expect(await after.settings(club)).toEqual({ findsPerHour: 3, showing: false, channels: ['7'] });
    expect(await after.noticeSince()).toBe(await before.noticeSince());
    expect(await after.ledger(club)).toEqual(await before.ledger(club));
    expect(await after.ledger(dropped)).toEqual(await before.ledger(dropped));
    expect((await after.standing(club, ben)).agreed.enrol).toMatchObject({ retentionDays: 100 });
    for (const person of [...people, old]) {
      expect(await after.standing(club, person)).toEqual(await before.standing(club, person));
      const [moved, source] = [await after.dossier(club, person), await before.dossier(club, person)];
      expect({ ...moved, templates: [] }).toEqual({ ...source, templates: [] });
      // Each store gives a template another id.
      for (const [i, { embedding, id: _, ...rest }] of (source?.templates ?? []).entries()) {
        expect(moved?.templates[i]).toMatchObject(rest);
        expect(distance(moved?.templates[i]?.embedding, embedding)).toBeLessThan(1e-5);
      }
    }
    expect((await after.standing(club, old)).epoch).toBe(1);
    expect((await after.standing(dropped, ada)).epoch).toBe(1);
  });

  test('finds the same people, keeps disputes, and goes on as if nothing had happened', async () => {
    await using after = await openNew();
    expect(await after.search(club, [adas])).toMatchObject({
      templates: 3,
      faces: [[{ person: ada, shown: false }, { person: ben }]],
    });
    expect(await namesFound(after, club, bens)).toEqual(['Ben', 'Ada']);
    expect(await after.disputes(club)).toMatchObject([{ holder: ben, challenger: eve }]);
    await using wider = await to.open({ keys: from.keys, pack: { id: 'wide@1', dims: 48 } });
    expect(await namesFound(wider, club, wide)).toEqual(['Ada']);
    const erasure = await after.erase(club, eve, 'asked', T0 + 9);
    expect(erasure?.removed).toEqual({ templates: 1, people: 1, finds: 1, findsByThem: 1 });
    expect(await after.disputes(club)).toEqual([]);
    expect((await after.ledger(club)).at(-1)).toMatchObject({ kind: 'erased', seq: 16 });
    await expect(after.agree(club, eve, 'search', somethingAgreed, 0)).rejects.toMatchObject({ code: 'expired' });
  });

  test('is refused a second time: nobody who was erased since comes back', async () => {
    await expect(move()).rejects.toThrow(/moved into this Elasticsearch before/);
    await using after = await openNew();
    expect((await after.standing(club, eve)).epoch).toBe(1);
  });

  const somethingAgreed = { version: 1, noticeHash: 'n', at: T0, shown: false };

  function distance(a: Float32Array | undefined, b: Float32Array): number {
    return Math.hypot(...b.map((value, i) => value - (a?.[i] ?? Number.NaN)));
  }

  test('of many groups says how far it is, and everybody is found and listed in the end', async () => {
    const many = await newSqliteStore();
    const target = await newElasticsearchStore(server?.url ?? '');
    const member = somebody('Member of many');
    const groups = 40;
    {
      await using embedded = await many.open();
      for (let number = 0; number < groups; number++) {
        await enrolled(embedded, await embedded.scope(somewhere()), member, [face()]);
      }
    }
    const heard: number[] = [];
    await using source = await exportSqliteGallery(many.file, many.keys);
    const { url, prefix } = target;
    const onProgress = ({ scopes }: Contents) => void heard.push(scopes);
    const moved = await importIntoElasticsearch({ url, prefix, keys: many.keys, pack: PACK }, source, { onProgress });
    expect(moved).toMatchObject({ scopes: groups, people: groups, templates: groups });
    expect(heard.length).toBeGreaterThan(1);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect(heard.at(-1)).toBe(groups);
    await using gallery = await target.open({ keys: many.keys });
    expect(await gallery.scopesOf(member)).toHaveLength(groups);
  });
});
