import { expect, test } from 'vitest';
import { disagreeing } from '../../src/consent/proof.ts';

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
