import { describe, expect, it } from 'vitest';
import type { Standing } from '../../src/consent/consent.ts';
import { NOTICE_GRACE_MS, planSweep, type Swept } from '../../src/consent/sweep.ts';

const DAY = 86_400_000;
const NOW = 2_000 * DAY;
const rules = { now: NOW, retentionDays: 365, noticeVersion: 2, noticeSince: NOW - DAY };

function swept(
  person: string,
  more: Partial<Swept<string>> & { confirmed?: number; version?: number } = {},
): Swept<string> {
  const { confirmed = NOW - DAY, version = 2, ...rest } = more;
  const agreement = { version, noticeHash: '', at: confirmed, shown: false };
  const standing: Standing = {
    epoch: 0,
    agreed: { enrol: agreement },
    templates: 1,
    confirmedAt: confirmed,
    alerts: 0,
  };
  return { person, standing, membership: 'member', ...rest };
}

const crowd = (count: number) => Array.from({ length: count }, (_, index) => swept(`member ${index}`));

describe('a sweep', () => {
  it('leaves members with a fresh agreement alone', () => {
    expect(planSweep(crowd(3), rules)).toEqual({ erase: [], alarm: false });
  });

  it('erases who left, not who could not be asked about', () => {
    const people = [...crowd(20), swept('gone', { membership: 'gone' }), swept('unclear', { membership: 'unknown' })];
    expect(planSweep(people, rules).erase).toEqual([{ person: 'gone', reason: 'left' }]);
  });

  it('erases who has not confirmed within the retention', () => {
    const people = [
      ...crowd(20),
      swept('old', { confirmed: NOW - 365 * DAY }),
      swept('just', { confirmed: NOW - 364 * DAY }),
    ];
    expect(planSweep(people, rules).erase).toEqual([{ person: 'old', reason: 'retention' }]);
  });

  it('gives people 30 days to agree to a new notice', () => {
    const people = [...crowd(20), swept('late', { version: 1 })];
    expect(planSweep(people, rules).erase).toEqual([]);
    const later = { ...rules, noticeSince: NOW - NOTICE_GRACE_MS };
    expect(planSweep(people, later).erase).toEqual([{ person: 'late', reason: 'notice' }]);
  });

  it('alarms instead when more than a tenth, and at least five, would go at once', () => {
    const gone = (count: number) => Array.from({ length: count }, (_, i) => swept(`gone ${i}`, { membership: 'gone' }));
    expect(planSweep([...crowd(40), ...gone(4)], rules).alarm).toBe(false);
    expect(planSweep([...crowd(1), ...gone(4)], rules).alarm).toBe(false);
    expect(planSweep([...crowd(45), ...gone(5)], rules).alarm).toBe(false);
    expect(planSweep([...crowd(40), ...gone(5)], rules).alarm).toBe(true);
  });
});
