import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Agreement, admit, type Consent, type Standing } from '../../../src/consent/consent.ts';
import { nothingHeld } from '../../../src/consent/standing.ts';
import type { ScopeId } from '../../../src/consent/who.ts';
import { TOMBSTONE_RETENTION_MS } from '../../../src/gallery/erasure.ts';
import { FIND_RETENTION_MS, MAX_TEMPLATES } from '../../../src/gallery/gallery.ts';
import { agree, assertAdmitted, changesSearch } from '../../../src/gallery/rules/agree.ts';
import {
  acknowledged,
  alerted,
  assertEnrollable,
  enrolment,
  outcome,
  trimmed,
} from '../../../src/gallery/rules/enrol.ts';
import { erasure, erasureReport } from '../../../src/gallery/rules/erase.ts';
import { candidate, isFindable, nearestPeople } from '../../../src/gallery/rules/find.ts';
import { newSalt, newScope } from '../../../src/gallery/rules/identity.ts';
import { assertDroppable, joined } from '../../../src/gallery/rules/places.ts';
import { keptSince } from '../../../src/gallery/rules/retention.ts';
import { MAX_NAMES } from '../../../src/match/matcher.ts';
import { somebody, T0 } from '../people.ts';

const scope = 'scope' as ScopeId;
const notice = (version: number, at = T0): Agreement => ({
  version,
  noticeHash: `notice ${version}`,
  at,
  shown: false,
});
const standing = (agreed: Standing['agreed'], epoch = 0): Standing => ({ ...nothingHeld(epoch), agreed });

function consentTo(now: Standing, version: number): Consent {
  const consent = admit(scope, somebody(), 'enrol', now, version);
  if (!consent) throw new Error('an agreement admits');
  return consent;
}

describe('agreeing', () => {
  test('adds what was agreed to, without the moment, which the entry has already', () => {
    const agreement = { ...notice(2), retentionDays: 100, shown: true };
    expect(agree(nothingHeld(3), 'enrol', agreement, 3)).toEqual({
      kind: 'agreed',
      purpose: 'enrol',
      version: 2,
      noticeHash: 'notice 2',
      retentionDays: 100,
      shown: true,
    });
  });

  test.each<[string, Partial<Agreement>]>([
    ['another moment', { at: T0 + 1 }],
    ['another notice', { version: 2 }],
    ['another language of it', { noticeHash: 'other' }],
    ['another number of days', { retentionDays: 7 }],
    ['results that may be shown', { shown: true }],
  ])('a second time adds nothing, unless it says something else: %s', (_, difference) => {
    const now = standing({ enrol: notice(1) });
    expect(agree(now, 'enrol', notice(1), 0)).toBeUndefined();
    expect(agree(now, 'search', notice(1), 0)).toBeDefined();
    expect(agree(now, 'enrol', { ...notice(1), ...difference }, 0)).toMatchObject({ kind: 'agreed' });
  });

  test('is void when the person was erased since they were asked', () => {
    for (const [held, asked] of [
      [1, 0],
      [0, 1],
    ] as const) {
      expect(() => agree(nothingHeld(held), 'search', notice(1), asked)).toThrow(
        expect.objectContaining({ code: 'expired' }),
      );
    }
  });

  test('to search alone changes nobody’s search', () => {
    const events = (['search', 'enrol'] as const).map((purpose) => agree(nothingHeld(0), purpose, notice(1), 0));
    expect(events.map((event) => event && changesSearch(event))).toEqual([false, true]);
    expect(changesSearch(enrolment({ id: 'p@1', dims: 4 }, 1))).toBe(true);
    expect(changesSearch({ kind: 'erased', reason: 'asked' })).toBe(true);
  });
});

describe('a consent, when the write comes', () => {
  const then = standing({ enrol: notice(2) }, 4);
  const expired = expect.objectContaining({ code: 'expired' });

  test('holds while nothing has changed that matters to it', () => {
    const consent = consentTo(then, 2);
    expect(() => assertAdmitted(then, consent)).not.toThrow();
    const later = { ...notice(2), at: T0 + 5, shown: true };
    expect(() => assertAdmitted(standing({ enrol: later }, 4), consent)).not.toThrow();
  });

  test.each([
    ['the person was erased', nothingHeld(5)],
    ['the person was erased and agreed again', standing({ enrol: notice(2) }, 5)],
    ['another notice was agreed to', standing({ enrol: notice(3) }, 4)],
    ['only search was agreed to', standing({ search: notice(2) }, 4)],
  ])('has expired when %s', (_, now) => {
    expect(() => assertAdmitted(now, consentTo(then, 2))).toThrow(expired);
  });
});

describe('enrolling', () => {
  test('takes no face that is not one of its pack, and no agreement but that to be enrolled', () => {
    const pack = { id: 'p@1', dims: 4 };
    const consent = consentTo(standing({ enrol: notice(2) }), 2);
    const sound = Float32Array.of(0, 1, 0, 0);
    expect(() => assertEnrollable(consent, [sound, sound], pack)).not.toThrow();
    const unsound = [[], [sound, Float32Array.of(1)], [sound, Float32Array.of(0, Number.NaN, 0, 0)]];
    for (const embeddings of unsound) {
      expect(() => assertEnrollable(consent, embeddings, pack)).toThrow(expect.objectContaining({ code: 'internal' }));
    }
    expect(() => assertEnrollable({ ...consent, purpose: 'search' }, [sound], pack)).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });

  test('is refused where somebody else has the face, unless that is disputed', () => {
    expect(outcome(0, undefined)).toBe('free');
    expect(outcome(0, 'mine')).toBe('free');
    expect(outcome(1, undefined)).toBe('taken');
    expect(outcome(2, 'mine')).toBe('disputed');
    expect(outcome(1, 'another')).toBe('free');
  });

  test('keeps the newest, loses none but the oldest, and changes no order', () => {
    for (let held = 0; held <= 3 * MAX_TEMPLATES; held++) {
      const all = Array.from({ length: held }, (_, index) => index);
      const { kept, dropped } = trimmed(all);
      expect([...dropped, ...kept]).toEqual(all);
      expect(kept).toHaveLength(Math.min(held, MAX_TEMPLATES));
    }
  });

  test('alerts are lowered by those told of, never below none', () => {
    expect(acknowledged(alerted(alerted(0)), 1)).toBe(1);
    expect(acknowledged(1, 3)).toBe(0);
  });
});

describe('finding', () => {
  test('needs an agreement under the notice in force, and no open dispute', () => {
    const agreed = { enrol: notice(2) };
    expect(isFindable({ agreed, hidden: false }, 2)).toBe(true);
    expect(isFindable({ agreed, hidden: true }, 2)).toBe(false);
    expect(isFindable({ agreed, hidden: false }, 3)).toBe(false);
    expect(isFindable({ agreed: { search: notice(2) }, hidden: false }, 2)).toBe(false);
  });

  test('shows to a channel only whoever agreed to that', () => {
    const ada = somebody();
    expect(candidate(ada, 0.5, { enrol: notice(1) })).toEqual({ person: ada, distance: 0.5, shown: false });
    expect(candidate(ada, 0.5, { enrol: { ...notice(1), shown: true } }).shown).toBe(true);
    expect(candidate(ada, 0.5, { search: { ...notice(1), shown: true } }).shown).toBe(false);
  });

  test('names three at most, each once, by their nearest template: as a comparison of all says', () => {
    for (let round = 0; round < 200; round++) {
      const hits = Array.from({ length: randomInt(0, 30) }, () => ({
        person: randomInt(6),
        distance: randomInt(1000) / 1000,
      }));
      const best = [...new Set(hits.map(({ person }) => person))].map((person) =>
        Math.min(...hits.filter((hit) => hit.person === person).map(({ distance }) => distance)),
      );
      const named = nearestPeople(hits);
      expect(named.map(({ distance }) => distance)).toEqual(best.sort((a, b) => a - b).slice(0, MAX_NAMES));
      expect(new Set(named.map(({ person }) => person)).size).toBe(named.length);
      for (const hit of named) expect(hits).toContain(hit);
    }
  });
});

test('of two templates that are equally near, the first met names a person', () => {
  const [first, second] = [
    { person: 'ada', distance: 0.5 },
    { person: 'ada', distance: 0.5 },
  ];
  expect(nearestPeople([first, second])[0]).toBe(first);
});

test('a scope has an id of 128 random bits and a key of 256, a person’s salt 256', () => {
  const [one, other] = [newScope(), newScope()];
  expect(Buffer.from(one.id, 'base64url')).toHaveLength(16);
  expect(one.key).toHaveLength(32);
  expect(newSalt()).toHaveLength(32);
  expect(other.id).not.toBe(one.id);
  expect(Buffer.compare(one.key, other.key)).not.toBe(0);
});

describe('erasing', () => {
  test('raises the epoch, and says why and under which last notice', () => {
    const life = standing({ search: notice(1, T0), enrol: notice(2, T0 + 1) }, 4);
    expect(erasure(life, 'left', T0 + 9)).toEqual({
      reason: 'left',
      at: T0 + 9,
      epoch: 5,
      event: { kind: 'erased', reason: 'left' },
      notice: { version: 2, hash: 'notice 2' },
    });
  });

  test.each<[string, Standing['agreed'], number | undefined]>([
    ['the later one', { search: notice(3, T0 + 2), enrol: notice(2, T0 + 1) }, 3],
    ['the only one', { search: notice(1) }, 1],
    ['none', {}, undefined],
  ])('the last notice is %s', (_, agreed, version) => {
    expect(erasure(standing(agreed), 'asked', T0)?.notice?.version).toBe(version);
  });

  test('of one life leaves every other alone', () => {
    expect(erasure(nothingHeld(1), 'asked', T0, { only: 0 })).toBeUndefined();
    expect(erasure(nothingHeld(0), 'asked', T0, { only: 1 })).toBeUndefined();
    expect(erasure(nothingHeld(1), 'asked', T0, { only: 1 })?.epoch).toBe(2);
  });

  test('up to an epoch ends every life before it, and none from it on', () => {
    expect(erasure(nothingHeld(1), 'again', T0, { until: 4 })?.epoch).toBe(4);
    expect(erasure(nothingHeld(3), 'again', T0, { until: 4 })?.epoch).toBe(4);
    expect(erasure(nothingHeld(4), 'again', T0, { until: 4 })).toBeUndefined();
  });

  test('tells what was removed, and nothing of the salt or the chain', () => {
    const decided = erasure(standing({ enrol: notice(2) }), 'asked', T0);
    if (!decided) throw new Error('there is a life to erase');
    const removed = { templates: 2, people: 1, finds: 0, findsByThem: 3 };
    const entry = { seq: 7, hash: 'h', previous: 'p' };
    expect(erasureReport(scope, 'subject', decided, removed, entry)).toEqual({
      scope,
      reason: 'asked',
      at: T0,
      subject: 'subject',
      notice: { version: 2, hash: 'notice 2' },
      removed,
      entry: { seq: 7, hash: 'h' },
    });
  });
});

describe('a place', () => {
  const at = (id: string, isInhabited: boolean) => ({ scope: id as ScopeId, isInhabited });

  test('that becomes another gets one scope with it, and nobody is put out of reach', () => {
    const [full, empty] = [at('full', true), at('empty', false)];
    expect(joined(undefined, undefined)).toBe('new');
    expect(joined(full, full)).toBe('same');
    for (const to of [undefined, empty]) expect(joined(full, to)).toBe('from');
    for (const from of [undefined, empty]) expect(joined(from, full)).toBe('to');
    expect(joined(empty, undefined)).toBe('from');
    expect(joined(undefined, empty)).toBe('to');
    expect(joined(empty, at('also empty', false))).toBe('from');
    expect(joined(full, at('also full', true))).toBe('split');
  });

  test('is dropped only when nobody is in its scope', () => {
    expect(() => assertDroppable(false)).not.toThrow();
    expect(() => assertDroppable(true)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});

test('the search log is kept for 90 days, tombstones for 180', () => {
  expect(keptSince(T0)).toEqual({ finds: T0 - FIND_RETENTION_MS, tombstones: T0 - TOMBSTONE_RETENTION_MS });
});
