import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  entryOf,
  firstBreak,
  isUnchanged,
  type LedgerEntry,
  type LedgerEvent,
  nextEntry,
  subjectOf,
} from '../../src/consent/ledger.ts';
import type { Person } from '../../src/consent/who.ts';

const salt = Buffer.alloc(32, 7);
const page = (id: string): Person => ({ platform: 'page', id, name: '' });

function chain(length: number): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let i = 0; i < length; i++) {
    const subject = subjectOf(salt, page(`${i % 5}`));
    entries.push(nextEntry(entries.at(-1), eventOf(i), subject, 1_000 * i));
  }
  return entries;
}

function eventOf(i: number): LedgerEvent {
  if (i % 4 === 0) return { kind: 'agreed', purpose: 'search', version: 1, noticeHash: 'a'.repeat(64), shown: false };
  if (i % 4 === 1) {
    const terms = { version: 1, noticeHash: 'a'.repeat(64), retentionDays: 365, shown: true };
    return { kind: 'agreed', purpose: 'enrol', ...terms };
  }
  return i % 4 === 2 ? { kind: 'enrolled', pack: 'p@1', templates: 3 } : { kind: 'erased', reason: 'asked' };
}

describe('the ledger’s chain', () => {
  it('is whole as it was written, also when it is empty', () => {
    expect(firstBreak(chain(50))).toBeUndefined();
    expect(firstBreak([])).toBeUndefined();
  });

  it('is whole whatever order a store gives the fields in', () => {
    const shuffled = chain(8).map((entry) => Object.fromEntries(Object.entries(entry).reverse()) as LedgerEntry);
    expect(firstBreak(shuffled)).toBeUndefined();
  });

  it('is whole when it began before entries had the days of storage', () => {
    const subject = 'b'.repeat(64);
    const terms = { version: 1, noticeHash: 'a'.repeat(64), shown: true };
    const agreed = {
      ...({
        kind: 'agreed',
        purpose: 'enrol',
        ...terms,
        seq: 0,
        at: 1_000,
        subject,
        previous: '0'.repeat(64),
      } as const),
      hash: '4f536223a31d97868b9d6baaebf2fc80aaf07a454428341a2d958dbc910efccd',
    };
    const enrolled = {
      ...({ kind: 'enrolled', pack: 'p@1', templates: 3, seq: 1, at: 2_000, subject, previous: agreed.hash } as const),
      hash: 'bbcd462269098ef8fd166717a51ab82e1f9f4822cd20af24d42c22a0d4d5699c',
    };
    const renewed = nextEntry(enrolled, eventOf(1), subject, 3_000);
    expect(renewed).toMatchObject({ kind: 'agreed', retentionDays: 365 });
    expect(firstBreak([agreed, enrolled, renewed])).toBeUndefined();
  });

  it('shows where any field of any entry was changed, added or removed', () => {
    const whole = chain(12);
    for (const [i, entry] of whole.entries()) {
      for (const field of [...Object.keys(entry), 'extra']) {
        const before: unknown = Reflect.get(entry, field);
        for (const after of [undefined, typeof before === 'number' ? before + 1 : `${before}x`, !before]) {
          const edited = whole.with(i, { ...entry, [field]: after } as LedgerEntry);
          expect(firstBreak(edited), `${field} of ${i}`).toBe(i);
        }
      }
    }
  });

  it('shows 10,000 random cuts, doublings, swaps and forks', () => {
    const whole = chain(40);
    for (let round = 0; round < 10_000; round++) {
      const edited = [...whole];
      const at = randomInt(whole.length - 1);
      const [kind, other] = [randomInt(4), randomInt(whole.length - 1)];
      if (kind === 0) edited.splice(at, 1);
      if (kind === 1) edited.splice(at, 0, whole[at] as LedgerEntry);
      if (kind === 2) {
        if (at === other) continue;
        edited[at] = whole[other] as LedgerEntry;
        edited[other] = whole[at] as LedgerEntry;
      }
      // A forger continues the chain from a changed entry. It breaks where the old chain goes on.
      if (kind === 3) edited[at] = nextEntry(whole[at - 1], eventOf(at + 1), 'f'.repeat(64), 5);
      expect(firstBreak(edited), `${kind} at ${at}`).toBeDefined();
    }
  });

  it('names a person differently under every salt', () => {
    const other = Buffer.alloc(32, 8);
    expect(subjectOf(salt, page('1'))).toBe(subjectOf(salt, page('1')));
    expect(subjectOf(other, page('1'))).not.toBe(subjectOf(salt, page('1')));
    expect(subjectOf(salt, page('2'))).not.toBe(subjectOf(salt, page('1')));
  });
});

describe('an entry as a store holds it', () => {
  const [, entry] = chain(2);
  if (!entry) throw new Error('no entry');
  const { seq, at, subject, previous, hash, ...event } = entry;
  const stored = { seq, at, subject, previous, hash, event: JSON.stringify(event) };
  const flip = (text: string, index: number) =>
    text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ 1) + text.slice(index + 1);

  it('says what it said when it was written, also with one flipped bit of its event or its hash', () => {
    expect(entryOf(stored)).toEqual(entry);
    for (const index of hash.split('').keys()) {
      expect(entryOf({ ...stored, hash: flip(hash, index) })).toEqual(entry);
    }
    for (const index of stored.event.split('').keys()) {
      expect(entryOf({ ...stored, event: flip(stored.event, index) })).toEqual(entry);
    }
  });

  it('is known to be damaged when more than that is wrong', () => {
    for (const wrong of [flip(flip(hash, 3), 4), hash.slice(0, -1), `${hash}0`, 'f'.repeat(64)]) {
      const read = entryOf({ ...stored, hash: wrong });
      expect(isUnchanged(read), wrong).toBe(false);
      expect(read.hash).toBe(wrong);
    }
    expect(isUnchanged(entryOf({ ...stored, event: flip(flip(stored.event, 3), 9) }))).toBe(false);
  });
});
