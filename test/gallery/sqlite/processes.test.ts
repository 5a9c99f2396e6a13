import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { agreed, anyFace, face, T0 } from '../people.ts';
import { CRASH_PACK, CRASH_PLACE, crashPerson, expectSound, FRAME_HEADER, PAGE } from './crash.ts';
import { newSqliteStore, type SqliteStore } from './store.ts';

const NEIGHBOUR = fileURLToPath(new URL('neighbour-process.ts', import.meta.url));
const run = promisify(execFile);

function argumentsOf(store: SqliteStore, ...what: string[]): string[] {
  return [
    '--disable-warning=ExperimentalWarning',
    NEIGHBOUR,
    store.file,
    Buffer.from(store.master).toString('hex'),
    ...what,
  ];
}

async function neighbour(store: SqliteStore, ...what: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, argumentsOf(store, ...what));
  return JSON.parse(stdout);
}

describe('processes on one file', () => {
  test('see at once what another did: enrolled is found, erased is not, and an old consent is void', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open({ pack: CRASH_PACK });
    const scope = await gallery.scope(CRASH_PLACE);
    const probe = face(CRASH_PACK.dims);
    expect((await gallery.search(scope, [probe])).templates).toBe(0);
    expect(await neighbour(store, 'enrol', '1')).toBe('done');
    expect((await gallery.search(scope, [probe])).templates).toBe(2);
    const consent = await agreed(gallery, scope, crashPerson(1), { at: T0 + 1 });
    expect(await neighbour(store, 'erase', '1')).toBe('done');
    expect(await gallery.search(scope, [probe])).toEqual({ templates: 0, faces: [[]] });
    await expect(gallery.enrol(consent, [probe], anyFace)).rejects.toMatchObject({ code: 'expired' });
    expect(await gallery.remaining(scope, crashPerson(1))).toBe(0);
  });

  test('write, erase and scrub at the same time, and all that each was told is so', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open({ pack: CRASH_PACK });
    const scope = await gallery.scope(CRASH_PLACE);
    const others = Promise.all([1, 2, 3].map(() => neighbour(store, 'churn', '16')));
    let isDone = false;
    const watching = (async () => {
      while (!isDone) {
        const { templates, faces } = await gallery.search(scope, [face(CRASH_PACK.dims)]);
        expect(faces[0]?.length ?? 0).toBeLessThanOrEqual(templates);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const stays = (await others.finally(() => {
      isDone = true;
    })) as number[][];
    await watching;
    await gallery.erase(scope, crashPerson(-1), 'asked', T0);
    await expectSound(gallery, scope, store.file);
    const ids = (await gallery.people(scope)).map(({ person }) => person.id);
    expect(ids.sort()).toEqual(
      stays
        .flat()
        .map((number) => crashPerson(number).id)
        .sort(),
    );
  });
});

describe('a disk that is full', () => {
  test('at whichever write: all or nothing, told as `unavailable`, and well again with more room', {
    timeout: 240_000,
  }, async () => {
    const store = await newSqliteStore();
    const gallery = await store.open({ pack: CRASH_PACK });
    const scope = await gallery.scope(CRASH_PLACE);
    await gallery.enrol(await agreed(gallery, scope, crashPerson(0)), [face(CRASH_PACK.dims)], anyFace);
    await gallery.scrub();
    const seen = new Set<unknown>();
    // Each process may write a few pages more than the one before it. The limit is the same for
    // every file, and the WAL reaches it first.
    for (let number = 1, pages = 1; pages < 60; number++, pages += 4) {
      const limit = Math.ceil((pages * (FRAME_HEADER + PAGE)) / 512);
      const { stdout } = await run('sh', [
        '-c',
        `ulimit -f ${limit}; exec "$@"`,
        'sh',
        process.execPath,
        ...argumentsOf(store, 'enrol', String(number)),
      ]);
      const told: unknown = JSON.parse(stdout);
      seen.add(told);
      const { templates } = await gallery.standing(scope, crashPerson(number));
      expect(told === 'done' ? [2] : [0], `${told} with room for ${pages} pages`).toContain(templates);
      if (told !== 'done') expect(told).toBe('unavailable');
      await expectSound(gallery, scope, store.file);
      expect(await gallery.scrub()).toBe(true);
    }
    expect(statSync(`${store.file}-wal`).size).toBe(0);
    expect(seen).toEqual(new Set(['unavailable', 'done']));
    expect(await neighbour(store, 'enrol', '1000')).toBe('done');
    await gallery[Symbol.asyncDispose]();
  });
});
