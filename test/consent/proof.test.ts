import { expect, test } from 'vitest';
import { leafOf } from '../../src/consent/head.ts';
import { type LedgerEntry, type LedgerEvent, NOBODY, nextEntry } from '../../src/consent/ledger.ts';
import { peaksOf, rootOf } from '../../src/consent/merkle.ts';
import { disagreeing, proofOf } from '../../src/consent/proof.ts';

const receipt = (scope: string, seq: number, entry: string, size: number, root: string) => ({
  scope,
  ledger: { seq, hash: entry },
  head: { size, root },
});

test('two receipts disagree over one entry, or over one size of the ledger, of the same group alone', () => {
  const first = receipt('club', 3, 'a', 4, 'r');
  expect(disagreeing([first, first, receipt('club', 4, 'b', 5, 's')])).toEqual([]);
  const [otherEntry, otherTree] = [receipt('club', 3, 'b', 9, 't'), receipt('club', 2, 'c', 4, 's')];
  expect(disagreeing([first, otherEntry])).toEqual([[first, otherEntry]]);
  expect(disagreeing([first, otherTree])).toEqual([[first, otherTree]]);
  for (const { ledger, head } of [otherEntry, otherTree]) {
    expect(disagreeing([first, { scope: 'team', ledger, head }])).toEqual([]);
  }
});

test('receipts that are older than heads disagree over an entry alone', () => {
  const [one, other] = ['a', 'b'].map((hash) => ({ scope: 'club', ledger: { seq: 3, hash } }));
  if (!one || !other) throw new Error('no receipts');
  expect(disagreeing([one, one, { scope: 'club', ledger: { seq: 4, hash: 'b' } }])).toEqual([]);
  expect(disagreeing([one, other])).toEqual([[one, other]]);
});

function ledgerOf(...events: readonly LedgerEvent[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const event of events) entries.push(nextEntry(entries.at(-1), event, NOBODY, entries.length));
  return entries;
}

test('an entry that the ledger lacks is denied, with the restore that lost it', () => {
  const enrolled: LedgerEvent = { kind: 'enrolled', pack: 'p@1', templates: 1 };
  const erased: LedgerEvent = { kind: 'erased', reason: 'asked' };
  const before = ledgerOf(enrolled, enrolled, erased);
  const seen = (size: number) => ({ size, root: rootOf(peaksOf(before.slice(0, size).map(leafOf))) });
  const claims = { scope: 'club', ledger: { seq: 0, hash: before[0]?.hash ?? '' }, head: seen(3) };
  expect(proofOf(claims, before)).toMatchObject(seen(3));
  const restored: LedgerEvent = { kind: 'restored', backupAt: 0, lost: seen(3) };
  const after = ledgerOf(enrolled, restored, enrolled);
  expect(proofOf(claims, after)).toEqual({ restored: after[1] });
  // Only two entries were known when this ledger was lost, so it says nothing of a receipt of the
  // third.
  const other = ledgerOf(enrolled, { ...restored, lost: seen(2) }, enrolled);
  expect(proofOf(claims, other)).toEqual({ restored: undefined });
  expect(proofOf({ ...claims, head: seen(2) }, other)).toEqual({ restored: other[1] });
});
