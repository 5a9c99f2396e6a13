import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { boundedMemory } from '../../../src/bots/page/memory.ts';
import { memoryPictures } from '../../../src/bots/page/pictures.ts';
import { pageState } from '../../../src/bots/page/state.ts';
import { memoryUploads } from '../../../src/bots/page/uploads.ts';

const person = { platform: 'page', id: 'u1', name: 'Ann' } as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('what the page keeps in memory', () => {
  test('is gone after its time', () => {
    const memory = boundedMemory<string>({ items: 9, bytes: 9, ttlMs: 1_000 }, () => true);
    const name = memory.add('a', 1) ?? '';
    vi.advanceTimersByTime(999);
    expect(memory.get(name)).toBe('a');
    vi.advanceTimersByTime(1);
    expect(memory.get(name)).toBeUndefined();
  });

  test('stays within its number and its bytes, the oldest going first', () => {
    const memory = boundedMemory<string>({ items: 2, bytes: 10, ttlMs: 1_000 }, () => true);
    const names = ['a', 'b', 'c'].map((value) => memory.add(value, 4) ?? '');
    expect(names.map((name) => memory.get(name))).toEqual([undefined, 'b', 'c']);
    const large = memory.add('d', 7) ?? '';
    expect([...memory.entries()]).toEqual([[large, 'd']]);
    expect(memory.add('e', 11)).toBeUndefined();
  });

  test('counts what is dropped, so that its room can be used again', () => {
    const memory = boundedMemory<string>({ items: 9, bytes: 10, ttlMs: 1_000 }, () => false);
    const first = memory.add('a', 10) ?? '';
    expect(memory.add('b', 1)).toBeUndefined();
    memory.drop((_, name) => name === first);
    expect(memory.add('b', 10)).toBeDefined();
    vi.advanceTimersByTime(1_000);
    expect(memory.add('c', 10)).toBeDefined();
  });
});

describe('uploads', () => {
  const limits = { items: 3, bytes: 10, ttlMs: 60_000 };

  test('that wait for a button make room for newer ones; those in use never do', () => {
    const uploads = memoryUploads(limits);
    const waiting = uploads.begin();
    uploads.own([waiting], person);
    uploads.append(waiting, Buffer.alloc(6));
    uploads.settle([waiting], ['a:agree']);
    const inUse = uploads.begin();
    uploads.append(inUse, Buffer.alloc(8));
    expect(() => uploads.read(waiting, 10)).toThrow('no_photo');
    const more = uploads.begin();
    expect(() => uploads.append(more, Buffer.alloc(3))).toThrow('busy');
    expect(uploads.read(inUse, 10)).toHaveLength(8);
  });

  test('are busy when all of them are in use', () => {
    const uploads = memoryUploads(limits);
    for (let count = 0; count < 3; count++) uploads.begin();
    expect(() => uploads.begin()).toThrow('busy');
  });

  test('that are slow make room for newer ones, and then hear that it is busy', () => {
    const uploads = memoryUploads(limits);
    const slow = [uploads.begin(), uploads.begin()];
    const ready = uploads.begin();
    uploads.own([ready], person);
    vi.advanceTimersByTime(1_001);
    for (const _ of slow) uploads.own([uploads.begin()], person);
    for (const name of slow) {
      expect(() => uploads.append(name, Buffer.alloc(1))).toThrow('busy');
      expect(() => uploads.own([name], person)).toThrow('busy');
    }
    expect(() => uploads.begin()).toThrow('busy');
    expect(uploads.read(ready, 10)).toHaveLength(0);
  });

  test('whose button is pressed twice are resumed once', () => {
    const uploads = memoryUploads(limits);
    const name = uploads.begin();
    uploads.own([name], person);
    uploads.settle([name], ['a:agree']);
    expect(uploads.resume('a:agree', 'u1').names).toEqual([name]);
    const again = uploads.resume('a:agree', 'u1');
    uploads.settle(again.names, []);
    expect(uploads.read(name, 10)).toHaveLength(0);
  });

  test('are gone after their time, even if nobody asked for them', () => {
    const uploads = memoryUploads(limits);
    const name = uploads.begin();
    vi.advanceTimersByTime(60_000);
    expect(() => uploads.read(name, 10)).toThrow('no_photo');
  });

  test('larger than the reader takes are too large', () => {
    const uploads = memoryUploads(limits);
    const name = uploads.begin();
    uploads.append(name, Buffer.alloc(4));
    expect(() => uploads.read(name, 3)).toThrow('image_too_large');
  });
});

describe('pictures', () => {
  test('are dropped only by their asker', () => {
    const pictures = memoryPictures({ items: 3, bytes: 10, ttlMs: 60_000 });
    const mine = pictures.add('u1', Buffer.from('mine')) ?? '';
    const yours = pictures.add('u2', Buffer.from('yours')) ?? '';
    pictures.forget('u1');
    expect(pictures.get(mine)).toBeUndefined();
    expect(pictures.get(yours)).toBeDefined();
    expect(pictures.add('u1', Buffer.alloc(11))).toBeUndefined();
  });
});

test('the page keeps photos and pictures for 15 minutes', () => {
  const { uploads, pictures } = pageState();
  const upload = uploads.begin();
  uploads.own([upload], person);
  const picture = pictures.add('u1', Buffer.from('boxes')) ?? '';
  vi.advanceTimersByTime(15 * 60_000 - 1);
  expect([uploads.read(upload, 1).length, pictures.get(picture)?.length]).toEqual([0, 5]);
  vi.advanceTimersByTime(1);
  expect(() => uploads.read(upload, 1)).toThrow('no_photo');
  expect(pictures.get(picture)).toBeUndefined();
});
