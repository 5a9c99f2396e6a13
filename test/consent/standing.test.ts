import { describe, expect, it } from 'vitest';
import { admit, type Purpose } from '../../src/consent/consent.ts';
import { type LedgerEntry, type LedgerEvent, nextEntry } from '../../src/consent/ledger.ts';
import { nothingHeld, standingAfter } from '../../src/consent/standing.ts';
import type { Person, ScopeId } from '../../src/consent/who.ts';

const kept = { epoch: 4, templates: 2, alerts: 1 };
const agreed = (purpose: Purpose, version = 1, shown = false): LedgerEvent => ({
  kind: 'agreed',
  purpose,
  version,
  noticeHash: `notice ${version}`,
  shown,
});

function folded(...events: readonly (readonly [at: number, event: LedgerEvent])[]) {
  const entries: LedgerEntry[] = [];
  for (const [at, event] of events) entries.push(nextEntry(entries.at(-1), event, 'subject', at));
  return standingAfter(entries, kept);
}

describe('a person’s standing', () => {
  it('is empty without an entry', () => {
    expect(folded()).toEqual({ ...kept, agreed: {} });
    expect(nothingHeld(3)).toEqual({ epoch: 3, agreed: {}, templates: 0, alerts: 0 });
  });

  it('has the last agreement to each purpose', () => {
    const standing = folded([1, agreed('search')], [2, agreed('enrol')], [3, agreed('enrol', 2, true)]);
    expect(standing.agreed).toEqual({
      search: { version: 1, noticeHash: 'notice 1', at: 1, shown: false },
      enrol: { version: 2, noticeHash: 'notice 2', at: 3, shown: true },
    });
  });

  it('is not changed by what others did: a dispute that was decided, or a restore', () => {
    const before = folded([1, agreed('enrol')]);
    const others: readonly LedgerEvent[] = [
      { kind: 'decided', outcome: 'yours' },
      { kind: 'restored', backupAt: 1 },
    ];
    for (const event of others) {
      expect(folded([1, agreed('enrol')], [9, event])).toEqual(before);
      expect(folded([9, event])).toEqual(folded());
    }
  });

  it('has the days that the notice stated, if they were noted', () => {
    const said = (days: number): LedgerEvent => ({ ...agreed('enrol'), retentionDays: days }) as LedgerEvent;
    expect(folded([1, said(100)], [2, agreed('search')]).agreed).toEqual({
      enrol: { version: 1, noticeHash: 'notice 1', retentionDays: 100, at: 1, shown: false },
      search: { version: 1, noticeHash: 'notice 1', at: 2, shown: false },
    });
    expect(folded([1, said(100)], [2, said(365)]).agreed.enrol?.retentionDays).toBe(365);
  });

  it('is renewed by the latest agreement or enrolment, whatever order the clocks gave', () => {
    expect(folded([5, agreed('enrol')], [9, { kind: 'enrolled', pack: 'p@1', templates: 1 }]).confirmedAt).toBe(9);
    expect(folded([9, agreed('enrol')], [5, agreed('search')]).confirmedAt).toBe(9);
  });

  it('changes by an enrolment only in its renewal', () => {
    const before = folded([1, agreed('enrol')]);
    const after = folded([1, agreed('enrol')], [2, { kind: 'enrolled', pack: 'p@1', templates: 1 }]);
    expect(after).toStrictEqual({ ...before, confirmedAt: 2 });
  });

  it('is empty after an erasure, until the person agrees again', () => {
    const gone = [8, { kind: 'erased', reason: 'asked' }] as const;
    expect(folded([1, agreed('search')], [2, agreed('enrol')], gone)).toEqual({ ...kept, agreed: {} });
    expect(folded([1, agreed('search')], gone, [9, agreed('enrol')])).toMatchObject({
      agreed: { enrol: { at: 9 } },
      confirmedAt: 9,
    });
  });
});

describe('the gate', () => {
  const person: Person = { platform: 'page', id: 'ada', name: 'Ada' };
  const scope = 'scope' as ScopeId;

  it('lets in who agreed to this purpose under the notice in force, with their epoch', () => {
    const standing = folded([1, agreed('enrol', 2)]);
    expect(admit(scope, person, 'enrol', standing, 2)).toEqual({
      scope,
      person,
      purpose: 'enrol',
      epoch: 4,
      agreement: standing.agreed.enrol,
    });
  });

  it('shows the notice to everybody else', () => {
    const standing = folded([1, agreed('search', 2)], [2, agreed('enrol', 1)]);
    expect(admit(scope, person, 'enrol', standing, 2)).toBeUndefined();
    expect(admit(scope, person, 'search', standing, 1)).toBeUndefined();
    expect(admit(scope, person, 'search', standing, 3)).toBeUndefined();
    expect(admit(scope, person, 'search', nothingHeld(0), 2)).toBeUndefined();
  });
});
