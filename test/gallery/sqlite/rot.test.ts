import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { membershipsHash, personHash, placeHash } from '../../../src/gallery/rules/identity.ts';
import { type RottingStore, rotContract } from '../contract/rot.ts';
import { enrolled, face, namesFound, somebody, somewhere, T0 } from '../people.ts';
import { newSqliteStore } from './store.ts';

describe('gallery: sqlite', () => {
  rotContract(newRottingStore, ['person', 'place', 'settings', 'list', 'key', 'proof', 'template', 'head']);
});

async function newRottingStore(): Promise<RottingStore> {
  const store = await newSqliteStore();
  return {
    ...store,
    async spoil(what, { scope, person, place: where }, bytes) {
      const hash = personHash(store.keys, scope, person);
      const [table, column, key, value] = {
        person: ['people', 'sealed', 'person', hash],
        place: ['places', 'sealed', 'place', placeHash(store.keys, where)],
        settings: ['scopes', 'settings', 'id', scope],
        list: ['memberships', 'sealed', 'person', membershipsHash(store.keys, person)],
        key: ['scopes', 'key', 'id', scope],
        proof: ['meta', 'value', 'name', 'key'],
        template: ['templates', 'sealed', '(SELECT p.person FROM people p WHERE p.n = templates.person)', hash],
        head: ['scopes', 'head', 'id', scope],
      }[what] as [string, string, string, string];
      using raw = new DatabaseSync(store.file);
      const row = raw.prepare(`SELECT ${column} AS sealed FROM ${table} WHERE ${key} = ?`).get(value);
      const before = row?.sealed as Uint8Array | string;
      const after = Buffer.from(before as Uint8Array);
      for (const at of bytes) after[at] = (after[at] as number) ^ 1;
      const text = typeof before === 'string' ? after.toString() : after;
      raw.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`).run(text, value);
    },
  };
}

test('nobody agreed to what a changed entry of the ledger says; everybody else is found, and all leave', async () => {
  for (const event of ['{', '{"kind":"agreed","purpose":"enrol","version":1,"noticeHash":"forged","shown":true}']) {
    const store = await newSqliteStore();
    await using gallery = await store.open();
    const scope = await gallery.scope(somewhere());
    const [ada, eve, own] = [somebody('Ada'), somebody('Eve'), face()];
    await enrolled(gallery, scope, ada, [face()]);
    await enrolled(gallery, scope, eve, [own]);
    using raw = new DatabaseSync(store.file);
    raw.exec('DROP TRIGGER ledger_is_not_changed');
    raw.prepare('UPDATE ledger SET event = ? WHERE scope = ? AND seq = 1').run(event, scope);
    expect((await gallery.standing(scope, ada)).agreed.enrol).toBeUndefined();
    expect(await namesFound(gallery, scope, own)).toEqual(['Eve']);
    for (const person of [ada, eve]) expect((await gallery.erase(scope, person, 'asked', T0))?.removed.people).toBe(1);
  }
});

/** Changes a text in the file itself, once. */
function rewrite(file: string, from: string, to: string): void {
  const bytes = readFileSync(file);
  bytes.write(to, bytes.indexOf(from));
  writeFileSync(file, bytes);
}

test('people who are missing from the lists of groups are listed again once the file was repaired', async () => {
  const store = await newSqliteStore();
  const [ada, own] = [somebody('Ada'), face()];
  const scope = await (async () => {
    await using gallery = await store.open();
    const made = await gallery.scope(somewhere());
    await enrolled(gallery, made, ada, [own]);
    return made;
  })();
  {
    using raw = new DatabaseSync(store.file);
    raw.prepare('DELETE FROM memberships').run();
  }
  const hash = personHash(store.keys, scope, ada);
  rewrite(store.file, hash, String.fromCharCode(hash.charCodeAt(0) ^ 1));
  await using gallery = await store.open();
  expect((await gallery.scopesOf(ada)).map((group) => group.scope)).toEqual([scope]);
  expect((await gallery.erase(scope, ada, 'asked', T0))?.removed.people).toBe(1);
});

test('a file whose trigger names no table is refused when it is opened, and not at the first write', async () => {
  const store = await newSqliteStore();
  await (await store.open())[Symbol.asyncDispose]();
  rewrite(store.file, 'SELECT 1 FROM ledger', 'SELECT 1 FROM lelger');
  await expect(store.open()).rejects.toMatchObject({ cause: { code: 'database_unreadable' } });
});

test('somebody can leave with a receipt after a damaged page lost their row, and rows left over keep nobody else from leaving', async () => {
  const store = await newSqliteStore();
  const [ada, eve] = [somebody('Ada'), somebody('Eve')];
  await using gallery = await store.open();
  const scope = await gallery.scope(somewhere());
  for (const person of [ada, eve]) await enrolled(gallery, scope, person, [face()]);
  await gallery.recordFinds(scope, ada, [ada, eve], T0);
  {
    using raw = new DatabaseSync(store.file, { enableForeignKeyConstraints: false });
    raw.prepare('DELETE FROM people WHERE person = ?').run(personHash(store.keys, scope, ada));
  }
  for (const person of [eve, ada]) {
    const { epoch } = await gallery.standing(scope, person);
    expect((await gallery.erase(scope, person, 'asked', T0, { epoch }))?.scope).toBe(scope);
    expect(await gallery.remaining(scope, person)).toBe(0);
    expect(await gallery.scopesOf(person)).toEqual([]);
  }
});
