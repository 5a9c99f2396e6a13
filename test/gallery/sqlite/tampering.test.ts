import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { firstBreak, nextEntry } from '../../../src/consent/ledger.ts';
import { agreed, anyFace, enrolled, face, somebody, somewhere, T0 } from '../people.ts';
import { newSqliteStore } from './store.ts';

/**
 * Two people in one group and one in another, and a connection that changes the database behind
 * facefinder's back.
 */
async function group() {
  const store = await newSqliteStore();
  const gallery = await store.open();
  const where = somewhere();
  const scope = await gallery.scope(where);
  const elsewhere = await gallery.scope(somewhere());
  const [ada, eve] = [somebody('Ada'), somebody('Eve')];
  const own = face();
  await enrolled(gallery, scope, ada, [own]);
  await enrolled(gallery, scope, eve, [face()]);
  await enrolled(gallery, elsewhere, ada, [face()]);
  const raw = new DatabaseSync(store.file);
  return { store, gallery, scope, elsewhere, where, ada, eve, own, raw };
}

/** Gives each of two rows the other's value. */
function swap(raw: DatabaseSync, table: string, column: string, key: string, one: number, other: number): void {
  const read = raw.prepare(`SELECT ${column} AS value FROM ${table} WHERE ${key} = ?`);
  const [first, second] = [read.get(one)?.value ?? null, read.get(other)?.value ?? null];
  const put = raw.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`);
  put.run(second, one);
  put.run(first, other);
}

describe('a sealed value that was moved to another row does not open, and counts as none', () => {
  test('a person’s: nobody is taken for somebody else, and both can leave', async () => {
    const { gallery, scope, ada, eve, own, raw } = await group();
    swap(raw, 'people', 'sealed', 'n', 1, 2);
    expect(await gallery.standing(scope, ada)).toMatchObject({ agreed: {}, templates: 0 });
    expect(await gallery.people(scope)).toEqual([]);
    expect((await gallery.search(scope, [own])).faces).toEqual([[]]);
    for (const person of [ada, eve]) {
      expect((await gallery.erase(scope, person, 'asked', T0))?.removed).toMatchObject({ people: 1, templates: 1 });
      expect(await gallery.remaining(scope, person)).toBe(0);
    }
  });

  test('a template’s, whether the value or its owner was changed', async () => {
    for (const column of ['sealed', 'person']) {
      const { store, scope, ada, own, raw } = await group();
      swap(raw, 'templates', column, 'id', 1, 2);
      await using reopened = await store.open();
      expect((await reopened.search(scope, [own])).faces).toEqual([[]]);
      expect((await reopened.dossier(scope, ada))?.templates).toEqual([]);
    }
  });

  test('a template’s, to another pack', async () => {
    const { store, scope, own, raw } = await group();
    raw.exec("UPDATE templates SET pack = 'test@2'");
    await using newer = await store.open({ pack: { id: 'test@2', dims: 16 } });
    expect((await newer.search(scope, [own])).faces).toEqual([[]]);
  });

  test('a scope’s key: nothing of it can be read, and what to do is said', async () => {
    const { gallery, scope, own, raw } = await group();
    swap(raw, 'scopes', 'key', 'rowid', 1, 2);
    await expect(gallery.search(scope, [own])).rejects.toMatchObject({
      code: 'unavailable',
      cause: { code: 'values_unreadable' },
    });
  });

  test('a place’s, to a place of another group', async () => {
    const { gallery, raw } = await group();
    swap(raw, 'places', 'scope', 'n', 1, 2);
    expect((await gallery.scopes()).map(({ places }) => places)).toEqual([[], []]);
  });
});

describe('the ledger', () => {
  test('is changed or shortened only by somebody who means harm', async () => {
    const { raw } = await group();
    expect(() => raw.exec('UPDATE ledger SET at = 0')).toThrow(/append-only/);
    expect(() => raw.exec('DELETE FROM ledger')).toThrow(/append-only/);
    expect(() => raw.exec('REPLACE INTO ledger SELECT * FROM ledger')).toThrow(/append-only/);
  });

  test('shows where somebody changed it who does', async () => {
    const { gallery, scope, raw } = await group();
    raw.exec('DROP TRIGGER ledger_is_not_changed');
    raw
      .prepare(`UPDATE ledger SET event = replace(event, '"shown":false', '"shown":true') WHERE scope = ? AND seq = 3`)
      .run(scope);
    expect(firstBreak(await gallery.ledger(scope))).toBe(3);
  });

  test('shows an entry that was taken out of its middle', async () => {
    const { gallery, scope, raw } = await group();
    raw.exec('DROP TRIGGER ledger_is_not_shortened');
    raw.prepare('DELETE FROM ledger WHERE scope = ? AND seq = 2').run(scope);
    expect(firstBreak(await gallery.ledger(scope))).toBe(2);
  });

  test('whose end was cut off says so, still lets people leave, and shows the gap for ever', async () => {
    for (const kept of [5, 0]) {
      const { gallery, scope, ada, raw } = await group();
      raw.exec('DROP TRIGGER ledger_is_not_shortened');
      raw.prepare('DELETE FROM ledger WHERE scope = ? AND seq >= ?').run(scope, kept);
      await expect(gallery.ledger(scope)).rejects.toThrow(/changed or cut off by something other/);
      expect((await gallery.erase(scope, ada, 'asked', T0))?.entry.seq).toBe(6);
      expect(firstBreak(await gallery.ledger(scope))).toBe(kept);
    }
  });

  test('to whose end something was added says so, still lets people leave, and shows it for ever', async () => {
    const { gallery, scope, ada, eve, raw } = await group();
    const ledger = await gallery.ledger(scope);
    const { subject = '' } = (await gallery.dossier(scope, eve))?.events[0] ?? {};
    const { seq, previous, hash, at, ...forged } = nextEntry(
      ledger.at(-1),
      { kind: 'erased', reason: 'asked' },
      subject,
      T0,
    );
    raw
      .prepare('INSERT INTO ledger (scope, seq, at, subject, event, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(scope, seq, at, subject, JSON.stringify(forged), previous, hash);
    await expect(gallery.ledger(scope)).rejects.toThrow(/changed or cut off by something other/);
    await gallery.erase(scope, ada, 'asked', T0);
    expect(firstBreak(await gallery.ledger(scope))).toBe(seq + 1);
  });

  test('shows an agreement that was taken from one person and given to another', async () => {
    const { gallery, scope, eve, raw } = await group();
    const mallory = somebody();
    const agreement = { version: 1, noticeHash: 'n', at: T0, shown: false };
    await gallery.agree(scope, mallory, 'search', agreement, 0);
    const eves = (await gallery.dossier(scope, eve))?.events[0]?.subject ?? '';
    raw.exec('DROP TRIGGER ledger_is_not_changed');
    const { subject } = (await gallery.dossier(scope, mallory))?.events[0] ?? {};
    raw.prepare('UPDATE ledger SET subject = ? WHERE subject = ?').run(subject ?? '', eves);
    expect(firstBreak(await gallery.ledger(scope))).toBe(3);
  });
});

test('a notice that is written into a row instead of being agreed to finds nobody', async () => {
  const { store, scope, own, raw } = await group();
  raw.exec('UPDATE people SET notice = 2');
  await using later = await store.open({ notice: 2 });
  expect((await later.search(scope, [own])).faces).toEqual([[]]);
});

test('a template that hangs on nobody counts as left over, and goes with the next erasure', async () => {
  const { gallery, scope, ada, raw } = await group();
  const stranger = somebody('Stranger');
  expect(await gallery.remaining(scope, stranger)).toBe(0);
  raw.exec('PRAGMA foreign_keys = OFF; UPDATE templates SET person = 99 WHERE id = 1');
  expect(await gallery.remaining(scope, stranger)).toBe(1);
  await gallery.erase(scope, ada, 'asked', T0);
  expect(await gallery.remaining(scope, ada)).toBe(0);
  expect(raw.prepare('SELECT count(*) AS n FROM templates WHERE person = 99').get()).toMatchObject({ n: 0 });
});

test('an enrolment whose agreement vanished from the ledger is refused', async () => {
  const { gallery, scope, ada, raw } = await group();
  const consent = await agreed(gallery, scope, ada, { at: T0 + 1 });
  raw.exec('DROP TRIGGER ledger_is_not_changed');
  raw.exec(`UPDATE ledger SET event = replace(event, '"purpose":"enrol"', '"purpose":"search"')`);
  await expect(gallery.enrol(consent, [face()], anyFace)).rejects.toMatchObject({ code: 'expired' });
});
