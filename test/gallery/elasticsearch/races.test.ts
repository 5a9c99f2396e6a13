import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstBreak } from '../../../src/consent/ledger.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { agreed, anyFace, closerThan, face, faceAt, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

const server = await sharedElasticsearch();

describe.skipIf(!server)('at the same moment', () => {
  let store: ElasticsearchStore;
  let gallery: Gallery;
  let beside: Gallery;

  beforeAll(async () => {
    store = await newElasticsearchStore(server?.url ?? '');
    gallery = await store.open();
    beside = await store.open();
  });
  afterAll(async () => {
    await gallery?.[Symbol.asyncDispose]();
    await beside?.[Symbol.asyncDispose]();
  });

  test('two processes that write one ledger leave one chain', async () => {
    const scope = await gallery.scope(somewhere());
    const { url, prefix } = store;
    const WRITER = JSON.stringify({ url, prefix, scope, master: store.master.toString('base64'), people: 12 });
    const script = new URL('writer.ts', import.meta.url).pathname;
    const children = [1, 2].map(() =>
      spawn(process.execPath, [script], { env: { ...process.env, WRITER }, stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    expect(codes).toEqual([0, 0]);
    const ledger = await gallery.ledger(scope);
    expect(ledger).toHaveLength(2 * 12 * 2);
    expect(firstBreak(ledger)).toBeUndefined();
    expect(await gallery.people(scope)).toHaveLength(24);
  });

  test('fifty people who enrol and are forgotten end forgotten, with nothing left of any', async () => {
    const scope = await gallery.scope(somewhere());
    const people = Array.from({ length: 50 }, () => ({ person: somebody(), own: face() }));
    let enrolments = 0;
    for (let at = 0; at < people.length; at += 10) {
      await Promise.all(
        people.slice(at, at + 10).map(async ({ person, own }) => {
          const consent = await agreed(gallery, scope, person);
          const enrolling = gallery.enrol(consent, [own, faceAt(0.3, own)], anyFace).then(
            () => enrolments++,
            (error) => expect(error).toMatchObject({ code: 'expired' }),
          );
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
          const erased = beside.erase(scope, person, 'asked', T0);
          await Promise.all([enrolling, erased]);
        }),
      );
    }
    for (const { person, own } of people) {
      expect(await gallery.remaining(scope, person)).toBe(0);
      expect((await gallery.standing(scope, person)).epoch).toBe(1);
      expect(await namesFound(gallery, scope, own)).toEqual([]);
    }
    const { count } = await store.client.count({ index: `${store.prefix}-faces-*`, query: { term: { scope } } });
    expect(count).toBe(0);
    const ledger = await gallery.ledger(scope);
    expect(firstBreak(ledger)).toBeUndefined();
    expect(ledger.filter(({ kind }) => kind === 'enrolled')).toHaveLength(enrolments);
    expect(ledger.filter(({ kind }) => kind === 'erased')).toHaveLength(50);
  });

  test('five people who enrol one face get it once: the others are told it is taken, its owner of each', async () => {
    const scope = await gallery.scope(somewhere());
    const own = face();
    const people = Array.from({ length: 5 }, (_, i) => somebody(`Person ${i}`));
    const outcomes = await Promise.all(
      people.map(async (person, i) => {
        const through = i % 2 ? gallery : beside;
        const consent = await agreed(through, scope, person);
        return through.enrol(consent, [faceAt(0.1, own)], closerThan(0.6)).then(
          () => 'enrolled',
          ({ code }) => code,
        );
      }),
    );
    expect(outcomes.toSorted()).toEqual(['enrolled', ...Array(4).fill('face_taken')]);
    const winner = people[outcomes.indexOf('enrolled')];
    expect(await namesFound(gallery, scope, own)).toEqual([winner?.name]);
    expect((await gallery.search(scope, [own])).templates).toBe(1);
    if (winner) expect((await gallery.standing(scope, winner)).alerts).toBe(4);
  });
});
