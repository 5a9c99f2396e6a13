import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Person, ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { agreed, anyFace, enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { newSqlitePlace } from './place.ts';

/** Ada, who is in two groups, and Eve, each with a face of her own; a connection with which bits rot. */
async function group() {
  const place = await newSqlitePlace();
  const where = somewhere();
  const [ada, eve] = [somebody('Ada'), somebody('Eve')];
  const faces = { ada: face(), eve: face() };
  await using gallery = await place.open();
  const scope = await gallery.scope(where);
  const elsewhere = await gallery.scope(somewhere());
  await enrolled(gallery, scope, ada, [faces.ada]);
  await enrolled(gallery, scope, eve, [faces.eve]);
  await enrolled(gallery, elsewhere, ada, [faces.ada]);
  const raw = new DatabaseSync(place.file);
  return { place, scope, elsewhere, where, ada, eve, faces, raw };
}

type Group = Awaited<ReturnType<typeof group>>;

/** Flips bits of the first row's value: of text the lowest of a character, so that it stays text. */
function flip(raw: DatabaseSync, table: string, column: string, ...bytes: readonly number[]): void {
  const { id, value } = raw.prepare(`SELECT rowid AS id, ${column} AS value FROM ${table} LIMIT 1`).get() as {
    id: number;
    value: Uint8Array | string;
  };
  const changed = Buffer.from(value as Uint8Array);
  for (const at of bytes) changed[at] = (changed[at] as number) ^ 1;
  raw
    .prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`)
    .run(typeof value === 'string' ? changed.toString() : changed, id);
}

async function leaves(gallery: Gallery, scope: ScopeId, person: Person): Promise<void> {
  expect((await gallery.erase(scope, person, 'asked', T0))?.removed.people).toBe(1);
  expect(await gallery.remaining(scope, person)).toBe(0);
}

const SEALED = [
  ['templates', 'sealed'],
  ['people', 'sealed'],
  ['places', 'sealed'],
  ['memberships', 'sealed'],
  ['scopes', 'key'],
  ['scopes', 'head'],
  ['meta', 'value'],
] as const;

describe('one flipped bit', () => {
  test.each(SEALED)('in %s.%s is put right as it is read: everybody is found, and leaves', async (table, column) => {
    const { place, scope, elsewhere, ada, eve, faces, where, raw } = await group();
    flip(raw, table, column, 20);
    await using gallery = await place.open();
    expect(await namesFound(gallery, scope, faces.ada)).toEqual(['Ada', 'Eve']);
    expect(await namesFound(gallery, scope, faces.eve)).toEqual(['Eve', 'Ada']);
    expect((await gallery.scopesOf(ada)).map((one) => one.scope)).toEqual([scope, elsewhere]);
    expect((await gallery.placesOf(where)).length).toBe(1);
    await leaves(gallery, scope, ada);
    await leaves(gallery, scope, eve);
    await leaves(gallery, elsewhere, ada);
  });
});

/** Flips so many bits that nothing puts them right. */
const rot = (raw: DatabaseSync, table: string, column: string) => flip(raw, table, column, 14, 18, 30);

describe('a value that nothing can read any more', () => {
  async function everybodyLeaves(gallery: Gallery, { scope, elsewhere, ada, eve }: Group): Promise<void> {
    expect((await gallery.scopesOf(ada)).map((one) => one.scope)).toEqual([scope, elsewhere]);
    await leaves(gallery, scope, ada);
    await leaves(gallery, elsewhere, ada);
    await leaves(gallery, scope, eve);
  }

  test('a template’s: nobody is found by it, everybody else is, and everybody leaves', async () => {
    const all = await group();
    rot(all.raw, 'templates', 'sealed');
    await using gallery = await all.place.open();
    expect(await namesFound(gallery, all.scope, all.faces.ada)).toEqual(['Eve']);
    expect(await namesFound(gallery, all.scope, all.faces.eve)).toEqual(['Eve']);
    expect((await gallery.search(all.scope, [all.faces.eve])).templates).toBe(1);
    const consent = await agreed(gallery, all.scope, all.ada);
    await gallery.enrol(consent, [all.faces.ada], anyFace);
    expect(await namesFound(gallery, all.scope, all.faces.ada)).toEqual(['Ada', 'Eve']);
    await everybodyLeaves(gallery, all);
  });

  test('a person’s record: they are found by nobody, everybody else is, and everybody leaves', async () => {
    const all = await group();
    rot(all.raw, 'people', 'sealed');
    await using gallery = await all.place.open();
    expect(await namesFound(gallery, all.scope, all.faces.eve)).toEqual(['Eve']);
    expect((await gallery.people(all.scope)).map(({ person }) => person.name)).toEqual(['Eve']);
    await everybodyLeaves(gallery, all);
  });

  test('a person’s record: they may begin anew', async () => {
    const { place, scope, ada, faces, raw } = await group();
    rot(raw, 'people', 'sealed');
    await using gallery = await place.open();
    await enrolled(gallery, scope, ada, [faces.ada]);
    expect(await namesFound(gallery, scope, faces.ada)).toEqual(['Ada', 'Eve']);
    expect((await gallery.dossier(scope, ada))?.templates).toHaveLength(1);
    await leaves(gallery, scope, ada);
  });

  test.each([
    ['a place’s', 'places', 'sealed'],
    ['the list of somebody’s groups', 'memberships', 'sealed'],
    ['a ledger’s end', 'scopes', 'head'],
    ['the proof of the key', 'meta', 'value'],
  ])('%s: everybody is found, and leaves', async (_, table, column) => {
    const all = await group();
    rot(all.raw, table, column);
    await using gallery = await all.place.open();
    expect(await namesFound(gallery, all.scope, all.faces.ada)).toEqual(['Ada', 'Eve']);
    await everybodyLeaves(gallery, all);
  });

  test('an entry of the ledger: nobody agreed to what it says, everybody else is found, and everybody leaves', async () => {
    for (const event of ['{', '{"kind":"agreed","purpose":"enrol","version":1,"noticeHash":"forged","shown":true}']) {
      const all = await group();
      all.raw.exec('DROP TRIGGER ledger_is_not_changed');
      all.raw.prepare('UPDATE ledger SET event = ? WHERE scope = ? AND seq = 1').run(event, all.scope);
      await using gallery = await all.place.open();
      expect((await gallery.standing(all.scope, all.ada)).agreed.enrol).toBeUndefined();
      expect(await namesFound(gallery, all.scope, all.faces.eve)).toEqual(['Eve']);
      await everybodyLeaves(gallery, all);
    }
  });
});
