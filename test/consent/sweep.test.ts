import { describe, expect, it } from 'vitest';
import type { Standing } from '../../src/consent/consent.ts';
import { isJump, keptUntil, planSweep, type SweepCandidate } from '../../src/consent/sweep.ts';

const DAY = 86_400_000;
const NOW = 2_000 * DAY;
const rules = { now: NOW, retentionDays: 365, noticeVersion: 2, noticeSince: NOW - DAY };

function swept(
  person: string,
  more: Partial<SweepCandidate<string>> & { confirmed?: number; version?: number; days?: number } = {},
): SweepCandidate<string> {
  const { confirmed = NOW - DAY, version = 2, days, ...rest } = more;
  const agreement = {
    ...{ version, noticeHash: '', at: confirmed, shown: false },
    ...(days !== undefined && { retentionDays: days }),
  };
  const standing: Standing = {
    epoch: 0,
    agreed: { enrol: agreement },
    templates: 1,
    confirmedAt: confirmed,
    alerts: 0,
  };
  return { person, standing, membership: 'member', overdueSince: NOW - DAY, ...rest };
}

const crowd = (count: number) => Array.from({ length: count }, (_, index) => swept(`member ${index}`));

describe('a sweep', () => {
  it('leaves members with a fresh agreement alone', () => {
    expect(planSweep(crowd(3), rules)).toEqual({ erase: [], alarm: false });
  });

  it('erases who left, not who could not be asked about', () => {
    const people = [...crowd(20), swept('gone', { membership: 'gone' }), swept('unclear', { membership: 'down' })];
    expect(planSweep(people, rules).erase).toEqual([{ person: 'gone', reason: 'left' }]);
  });

  it('erases who was not shown to be a member for 30 days, while others were', () => {
    const unproven = (person: string, since?: number) =>
      swept(person, { membership: 'no_proof', unprovenSince: since });
    const silent = [unproven('long', NOW - 30 * DAY), unproven('not yet', NOW - 29 * DAY), unproven('since today')];
    expect(planSweep([...crowd(1), ...silent], rules).erase).toEqual([{ person: 'long', reason: 'left' }]);
    expect(planSweep(silent, rules).erase).toEqual([]);
    expect(planSweep([swept('left', { membership: 'gone' }), ...silent], rules).erase).toHaveLength(1);
  });

  it('erases who has not confirmed within the retention', () => {
    const people = [
      ...crowd(20),
      swept('old', { confirmed: NOW - 365 * DAY }),
      swept('just', { confirmed: NOW - 364 * DAY }),
    ];
    expect(planSweep(people, rules).erase).toEqual([{ person: 'old', reason: 'retention' }]);
  });

  it('keeps nobody longer than their notice said, or than is configured now', () => {
    const people = [
      ...crowd(20),
      swept('agreed to less', { confirmed: NOW - 100 * DAY, days: 100 }),
      swept('not yet', { confirmed: NOW - 99 * DAY, days: 100 }),
      swept('agreed to more', { confirmed: NOW - 365 * DAY, days: 1095 }),
      swept('agreed before days were written down', { confirmed: NOW - 364 * DAY }),
    ];
    expect(planSweep(people, rules).erase).toEqual([
      { person: 'agreed to less', reason: 'retention' },
      { person: 'agreed to more', reason: 'retention' },
    ]);
  });

  it('goes by the least that a person agreed to, for whatever purpose', () => {
    const { standing } = swept('both', { confirmed: NOW - 100 * DAY, days: 365 });
    const search = { version: 2, noticeHash: '', retentionDays: 100, at: NOW - 100 * DAY, shown: false };
    const both = swept('both', { standing: { ...standing, agreed: { ...standing.agreed, search } } });
    expect(planSweep([...crowd(20), both], rules).erase).toEqual([{ person: 'both', reason: 'retention' }]);
  });

  it('gives people 30 days to agree to a new notice', () => {
    const people = [...crowd(20), swept('late', { version: 1 })];
    expect(planSweep(people, rules).erase).toEqual([]);
    const tomorrow = { ...rules, noticeSince: NOW - 29 * DAY };
    expect(planSweep(people, tomorrow).erase).toEqual([]);
    const later = { ...rules, noticeSince: NOW - 30 * DAY };
    expect(planSweep(people, later).erase).toEqual([{ person: 'late', reason: 'notice' }]);
  });

  it('erases a face when its owner agrees again to search only, and keeps people who never had one', () => {
    const later = { ...rules, noticeSince: NOW - 30 * DAY };
    const agreement = (version: number) => ({ version, noticeHash: '', at: NOW - DAY, shown: false });
    const agreed = { search: agreement(2), enrol: agreement(1) };
    const standing = { epoch: 0, agreed, confirmedAt: NOW - DAY, alerts: 0 };
    const people = [
      ...crowd(20),
      swept('face', { standing: { ...standing, templates: 2 } }),
      swept('no face', { standing: { ...standing, templates: 0 } }),
    ];
    expect(planSweep(people, later).erase).toEqual([{ person: 'face', reason: 'notice' }]);
  });

  it('names leaving before retention, and retention before the notice', () => {
    const late = { ...rules, noticeSince: 0 };
    const long = { confirmed: 0, version: 1 };
    const people = [...crowd(40), swept('a', { ...long, membership: 'gone' }), swept('b', long)];
    expect(planSweep(people, late).erase.map(({ reason }) => reason)).toEqual(['left', 'retention']);
  });

  it('alarms instead when more than a tenth, and at least five, would go at once', () => {
    const gone = (count: number) => Array.from({ length: count }, (_, i) => swept(`gone ${i}`, { membership: 'gone' }));
    expect(planSweep([...crowd(40), ...gone(4)], rules).alarm).toBe(false);
    expect(planSweep([...crowd(1), ...gone(4)], rules).alarm).toBe(false);
    expect(planSweep([...crowd(45), ...gone(5)], rules).alarm).toBe(false);
    expect(planSweep([...crowd(40), ...gone(5)], rules).alarm).toBe(true);
  });
});

describe('until when somebody is kept', () => {
  it('is the day on which a sweep will erase the person', () => {
    const people = [
      swept('kept', { days: 100 }),
      swept('before days were written down'),
      swept('has a new notice to agree to', { version: 1 }),
      swept('agreed to less than the time for a new notice', { version: 1, days: 5 }),
    ];
    const { now: _, ...lasting } = rules;
    for (const { person, standing } of people) {
      const until = keptUntil(standing, lasting);
      const planned = (now: number) => planSweep([swept(person, { standing })], { ...rules, now }).erase;
      expect(planned(until - 1), person).toEqual([]);
      expect(planned(until), person).toHaveLength(1);
    }
  });
});

describe('the time', () => {
  const old = (overdueSince: number | undefined) => [swept('old', { confirmed: NOW - 400 * DAY, overdueSince })];
  it.each([
    ['nobody saw to be over before', undefined],
    ['was seen to be over an hour ago', NOW - DAY / 24],
    ['was seen to be over by a clock that was ahead', NOW + DAY],
  ])('that %s erases nobody', (_, since) => {
    expect(planSweep(old(since), rules).erase).toEqual([]);
  });

  it('that two sweeps a day apart saw to be over erases', () => {
    expect(planSweep(old(NOW - DAY), rules).erase).toEqual([{ person: 'old', reason: 'retention' }]);
  });

  it('of a notice that nobody agreed to is believed as slowly', () => {
    const person = swept('late', { version: 1, overdueSince: undefined });
    expect(planSweep([person], { ...rules, noticeSince: NOW - 31 * DAY }).erase).toEqual([]);
  });

  it('of somebody who left needs no second look', () => {
    expect(
      planSweep([...crowd(3), swept('gone', { membership: 'gone', overdueSince: undefined })], rules).erase,
    ).toHaveLength(1);
  });

  it('jumps when sweeps are days apart, in either direction, and not when there was none before', () => {
    expect(isJump(undefined, NOW)).toBe(false);
    for (const last of [NOW, NOW - DAY, NOW - 3 * DAY, NOW + DAY / 2, NOW + (20 * DAY) / 24])
      expect(isJump(last, NOW)).toBe(false);
    for (const last of [NOW - 4 * DAY, NOW - 366 * DAY, NOW + 2 * DAY, NOW + DAY]) expect(isJump(last, NOW)).toBe(true);
  });
});
