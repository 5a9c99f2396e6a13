import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Person, ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { agreed, closerThan, enrolled, face, faceAt, somebody, somewhere, T0 } from '../people.ts';
import { longestRunBetweenRows, Remains } from './remains.ts';
import { newSqliteStore, type SqliteStore } from './store.ts';

const DIMS = 512;
const pack = { id: 'real-size@1', dims: DIMS };

/** Somebody whose name has a usual length, and is long enough to be recognised among bytes. */
const somebodyNamed = (): Person => ({ ...somebody(), name: `${randomUUID()} ${'x'.repeat(randomInt(60))}` });

function noteAll(remains: Remains, store: SqliteStore, scope: ScopeId, person: Person, faces: readonly Float32Array[]) {
  remains.note('id', person.id);
  remains.note('name', person.name);
  for (const one of faces) remains.noteVector(one);
  remains.noteRows(store, scope, person);
}

describe('the bytes of an erased person', () => {
  test('are what the scan sees before, and nowhere in the folder after erasing and scrubbing', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open({ pack });
    const scope = await gallery.scope(somewhere());
    const [ada, ben] = [somebodyNamed(), somebodyNamed()];
    const faces = [face(DIMS), face(DIMS), face(DIMS)];
    await enrolled(gallery, scope, ben, [face(DIMS)]);
    await enrolled(gallery, scope, ada, faces);
    await gallery.recordFinds(scope, ada, [ben], T0);
    await gallery.recordFinds(scope, ben, [ada], T0);
    const eve = await agreed(gallery, scope, somebodyNamed());
    const near = faceAt(0.1, faces[0] ?? face(DIMS));
    await expect(gallery.enrol(eve, [near], closerThan(0.3))).rejects.toMatchObject({ code: 'face_taken' });

    const remains = new Remains();
    noteAll(remains, store, scope, ada, faces);
    remains.noteVector(near);
    const before = remains.in(store.folder);
    expect(Object.keys(before).map((key) => key.split(': ')[1])).toEqual(
      expect.arrayContaining(['hash', 'sealed person', 'sealed template']),
    );
    // Even before the erasure, an attacker with the disk but without the key finds none of these,
    // because they are sealed.
    for (const open of ['id', 'name', 'vector', 'vector, base64']) {
      expect(Object.keys(before).filter((key) => key.endsWith(`: ${open}`))).toEqual([]);
    }

    expect(await gallery.erase(scope, ada, 'asked', T0)).toBeDefined();
    expect(await gallery.remaining(scope, ada)).toBe(0);
    expect(await gallery.scrub()).toBe(true);
    expect(remains.in(store.folder)).toEqual({});
  });

  test('of a past name, sealed, go with the next scrubbing: the row with the present one stays', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open({ pack });
    const scope = await gallery.scope(somewhere());
    const ada = somebodyNamed();
    await enrolled(gallery, scope, ada, [face(DIMS)]);
    const remains = new Remains();
    remains.note('past name', ada.name);
    remains.noteSealedPerson(store, scope, ada);
    await gallery.rename(scope, { ...ada, name: somebodyNamed().name });
    expect(Object.keys(remains.in(store.folder))).not.toEqual([]);
    expect(await gallery.scrub()).toBe(true);
    expect(remains.in(store.folder)).toEqual({});
  });

  test('leave also the unused middle of pages between which rows were moved, in a store that lived long', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open({ pack });
    const remains = new Remains();
    await live(gallery, store, remains, 300);
    // The reason why scrubbing is needed: SQLite overwrites deleted rows (secure_delete), but
    // leaves copies of rows that it moved.
    using raw = new DatabaseSync(store.file);
    raw.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(longestRunBetweenRows(store.file)).toBeGreaterThan(4);
    expect(await gallery.scrub()).toBe(true);
    expect(longestRunBetweenRows(store.file)).toBeLessThanOrEqual(4);
    expect(remains.in(store.folder)).toEqual({});
  });

  test('stay in no file when another process has the database open as well', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open({ pack });
    await using beside = await store.open({ pack });
    const scope = await gallery.scope(somewhere());
    const ada = somebodyNamed();
    const own = face(DIMS);
    await enrolled(gallery, scope, ada, [own]);
    await beside.search(scope, [own]);
    const remains = new Remains();
    noteAll(remains, store, scope, ada, [own]);
    await gallery.erase(scope, ada, 'asked', T0);
    expect(await beside.scrub()).toBe(true);
    expect(remains.in(store.folder)).toEqual({});
    expect(await beside.search(scope, [own])).toEqual({ templates: 0, faces: [[]] });
  });

  test('are said to be still there while somebody’s long read keeps them', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open({ pack });
    const scope = await gallery.scope(somewhere());
    const ada = somebodyNamed();
    await enrolled(gallery, scope, ada, [face(DIMS)]);
    const remains = new Remains();
    noteAll(remains, store, scope, ada, []);
    const reader = new DatabaseSync(store.file, { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM people').get();
    await gallery.erase(scope, ada, 'asked', T0);
    expect(await gallery.scrub()).toBe(false);
    expect(remains.in(store.folder)).not.toEqual({});
    reader.exec('COMMIT');
    reader.close();
    expect(await gallery.scrub()).toBe(true);
    expect(remains.in(store.folder)).toEqual({});
  });

  test('are gone after many erasures at once that share their scrubbing', async () => {
    const store = await newSqliteStore();
    await using gallery = await store.open({ pack });
    const scope = await gallery.scope(somewhere());
    const remains = new Remains();
    const people = Array.from({ length: 12 }, somebodyNamed);
    for (const person of people) {
      await enrolled(gallery, scope, person, [face(DIMS)]);
      noteAll(remains, store, scope, person, []);
    }
    const scrubbed = people.map(async (person) => {
      await gallery.erase(scope, person, 'removed', T0);
      return gallery.scrub();
    });
    expect(await Promise.all(scrubbed)).toEqual(people.map(() => true));
    expect(remains.in(store.folder)).toEqual({});
  });
});

test('the scan itself finds what is there, wherever it stands', async () => {
  const store = await newSqliteStore();
  const secret = randomBytes(64);
  writeFileSync(
    join(store.folder, 'anywhere'),
    Buffer.concat([randomBytes(777), secret.subarray(21, 40), randomBytes(9)]),
  );
  const remains = new Remains();
  remains.note('secret', secret);
  expect(remains.in(store.folder)).toEqual({ 'anywhere: secret': 1 });
});

/**
 * People come, change their names, find each other and leave, until pages were split and merged.
 * Notes everybody who left.
 */
async function live(gallery: Gallery, store: SqliteStore, remains: Remains, steps: number): Promise<void> {
  const scopes = await Promise.all([1, 2, 3, 4].map(() => gallery.scope(somewhere())));
  const present: { scope: ScopeId; person: Person }[] = [];
  for (let step = 0; step < steps; step++) {
    const chance = Math.random();
    if (present.length < 40 || chance < 0.4) {
      const scope = scopes[randomInt(scopes.length)] as ScopeId;
      const person = somebodyNamed();
      await enrolled(
        gallery,
        scope,
        person,
        Array.from({ length: randomInt(1, 4) }, () => face(DIMS)),
      );
      await gallery.recordFinds(
        scope,
        person,
        present.slice(-3).map((one) => one.person),
        T0,
      );
      present.push({ scope, person });
    } else if (chance < 0.6) {
      const { scope, person } = present[randomInt(present.length)] as (typeof present)[0];
      remains.noteRows(store, scope, person);
      await agreed(gallery, scope, { ...person, name: 'y'.repeat(randomInt(200)) }, { at: T0 + step });
      // What was noted includes the row with the past name. The erasure must also remove the noted
      // hash and templates.
      await gallery.erase(scope, person, 'asked', T0);
      present.splice(
        present.findIndex((one) => one.person === person),
        1,
      );
    } else {
      const [{ scope, person }] = present.splice(randomInt(present.length), 1) as [(typeof present)[0]];
      remains.noteRows(store, scope, person);
      await gallery.erase(scope, person, 'left', T0);
    }
  }
}
