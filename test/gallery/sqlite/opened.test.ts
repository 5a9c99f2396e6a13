import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Person } from '../../../src/consent/who.ts';
import { agreed, anyFace, closerThan, enrolled, face, faceAt, somebody, somewhere, T0 } from '../people.ts';
import { newSqliteStore } from './store.ts';

test('a gallery that lives long finds what one finds that has just been opened, whatever happened meanwhile', async () => {
  const store = await newSqliteStore();
  // The clock stands still in the week in which people enrol. In that week their pairs do not count
  // yet.
  const open = () => store.open({ now: () => T0 });
  await using old = await open();
  await using beside = await open();
  const scope = await old.scope(somewhere());
  const present: { person: Person; own: Float32Array }[] = [];
  for (let step = 0; step < 150; step++) {
    const gallery = randomInt(2) ? old : beside;
    const someone = present[randomInt(Math.max(present.length, 1))];
    const what = randomInt(10);
    if (!someone || what < 4) {
      const one = { person: somebody(`Person ${step}`), own: face() };
      await enrolled(gallery, scope, one.person, [one.own, face()]);
      present.push(one);
    } else if (what < 7) {
      await gallery.erase(scope, someone.person, 'asked', T0);
      present.splice(present.indexOf(someone), 1);
    } else if (what < 8) {
      await gallery.enrol(await agreed(gallery, scope, someone.person, { at: T0 + step }), [face(), face()], anyFace);
    } else if (what < 9) {
      await agreed(gallery, scope, someone.person, { version: 1 + randomInt(2), at: T0 + step });
    } else {
      const rival = somebody(`Rival ${step}`);
      const consent = await agreed(gallery, scope, rival);
      await gallery.enrol(consent, [faceAt(0.1, someone.own)], { ...closerThan(0.3), claim: 'mine' });
      present.push({ person: rival, own: face() });
    }
    const probes = [face(), ...present.slice(-2).map(({ own }) => own)];
    await using fresh = await open();
    const expected = await fresh.search(scope, probes);
    expect(await old.search(scope, probes)).toEqual(expected);
    if (randomInt(3) === 0) expect(await beside.search(scope, probes)).toEqual(expected);
  }
});

test('to enrol, and to search after that, reads what changed: as much in a large group as in a small one', async () => {
  const store = await newSqliteStore();
  await using gallery = await store.open();
  const costs: number[] = [];
  for (const people of [5, 200]) {
    const scope = await gallery.scope(somewhere());
    for (let n = 0; n < people; n++) await enrolled(gallery, scope, somebody(), [face()]);
    const consent = await agreed(gallery, scope, somebody());
    await gallery.search(scope, [face()]);
    const before = store.spent?.() ?? 0;
    await gallery.enrol(consent, [face()], anyFace);
    // In both groups the search names three people, and reads the row of each.
    await gallery.search(scope, [face()]);
    costs.push((store.spent?.() ?? 0) - before);
  }
  expect(costs[0]).toBeGreaterThan(0);
  expect(costs[1]).toBe(costs[0]);
});
