import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import type { Pending } from '../../src/queue/pending.ts';
import { ownerOf, type SealedShelf, sealing, shelf } from '../../src/queue/sealed-shelf.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';

const keys = deriveKeys(Buffer.alloc(32, 7));
const expiresAt = Date.now() + 60_000;

interface Note {
  readonly said: string;
}

let dir: string;
let pending: Pending;
let notes: SealedShelf<Note | undefined>;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'facefinder-shelf-'));
  pending = await openSqlitePending({ file: join(dir, 'pending.db') });
  notes = shelf(pending, keys, 'parked');
});
afterEach(async () => {
  await pending[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

it('gives back what was put on it, of which nothing can be read on the disk', async () => {
  await notes.put({ id: 'a', owner: 'ann', value: { said: 'a secret' }, expiresAt });
  expect((await notes.read('a'))?.value()).toEqual({ said: 'a secret' });
  expect((await notes.list()).map(({ id, owner }) => [id, owner])).toEqual([['a', 'ann']]);
  for (const file of ['pending.db', 'pending.db-wal']) {
    expect(readFileSync(join(dir, file)).includes('secret')).toBe(false);
  }
});

it('lets an item be taken once, by its owner', async () => {
  await notes.put({ id: 'a', owner: 'ann', value: { said: 'x' }, expiresAt });
  expect(await notes.take('a', 'bob')).toBe('not_yours');
  expect(await notes.take('a', 'ann')).toMatchObject({ id: 'a', owner: 'ann' });
  expect(await notes.take('a', 'ann')).toBeUndefined();
});

it('adds an item only where there is none', async () => {
  const added = await notes.add({ id: 'a', owner: 'ann', value: { said: 'first' }, expiresAt });
  expect(added?.value()).toEqual({ said: 'first' });
  expect(await notes.add({ id: 'a', owner: 'ann', value: { said: 'second' }, expiresAt })).toBeUndefined();
  expect((await notes.read('a'))?.value()).toEqual({ said: 'first' });
});

it('replaces an item only as it was read', async () => {
  await notes.put({ id: 'a', owner: 'ann', value: { said: 'first' }, expiresAt });
  const [one] = await notes.list();
  if (!one) throw new Error('nothing is there');
  expect(await notes.replace(one, { said: 'second' })).toBe(true);
  expect(await notes.replace(one, { said: 'third' })).toBe(false);
  expect((await notes.read('a'))?.value()).toEqual({ said: 'second' });
});

it('opens nothing that was moved to another id, another shelf or another installation', async () => {
  const body = notes.close('a', { said: 'x' });
  expect(notes.open('a', body)).toEqual({ said: 'x' });
  expect(() => notes.open('b', body)).toThrow('does not open');
  expect(() => shelf<Note>(pending, keys, 'awaiting').open('a', body)).toThrow('does not open');
  expect(() => sealing<Note>(keys, 'job').open('a', body)).toThrow('does not open');
  const others = deriveKeys(Buffer.alloc(32, 8));
  expect(() => shelf<Note>(pending, others, 'parked').open('a', body)).toThrow('does not open');
});

it('keeps an item without a value in no room, and gives none back', async () => {
  await notes.put({ id: 'a', owner: '', value: undefined, expiresAt });
  expect((await pending.read('parked', 'a'))?.body).toBe('');
  expect((await notes.read('a'))?.value()).toBeUndefined();
});

it('knows owners by a hash that is the same for one person and another for all others', () => {
  const ann = ownerOf(keys, { platform: 'page', id: 'ann' });
  expect(ann).toBe(ownerOf(keys, { platform: 'page', id: 'ann' }));
  expect(ann).not.toBe(ownerOf(keys, { platform: 'other', id: 'ann' }));
  expect(ann).not.toContain('ann');
});
