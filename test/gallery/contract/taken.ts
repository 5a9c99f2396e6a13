import { describe, expect, test } from 'vitest';
import type { GalleryPlace } from '../gallery-place.ts';
import { agreed, closerThan, enrolled, face, faceAt, namesFound, somebody, T0 } from '../people.ts';
import { sharedPlace } from './place.ts';

export function takenContract(newPlace: () => Promise<GalleryPlace>): void {
  describe('enrolling a face that is taken', () => {
    const shared = sharedPlace(newPlace);

    test('is refused, stores nothing, and the owner learns of it', async () => {
      const scope = await shared.scope();
      const [ada, eve] = [somebody('Ada'), somebody('Eve')];
      const own = face();
      await enrolled(shared.gallery, scope, ada, [face(), own]);
      const consent = await agreed(shared.gallery, scope, eve);
      const attempt = shared.beside.enrol(consent, [face(), faceAt(0.2, own)], { ...closerThan(0.3), now: T0 + 7 });
      await expect(attempt).rejects.toMatchObject({ code: 'face_taken' });
      expect((await shared.gallery.standing(scope, eve)).templates).toBe(0);
      expect((await shared.gallery.ledger(scope)).filter((entry) => entry.kind === 'enrolled')).toHaveLength(1);
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(1);
      expect((await shared.gallery.dossier(scope, ada))?.foundBy).toEqual([
        { at: T0 + 7, kind: 'enrol', finder: 'Eve' },
      ]);
      expect(await namesFound(shared.gallery, scope, own)).toEqual(['Ada']);
    });

    test('counts once for each owner, however many of the templates are theirs', async () => {
      const scope = await shared.scope();
      const [ada, ben, eve] = [somebody('Ada'), somebody('Ben'), somebody('Eve')];
      const [first, second] = [face(), face()];
      await enrolled(shared.gallery, scope, ada, [first, faceAt(0.1, first)]);
      await enrolled(shared.gallery, scope, ben, [second]);
      const consent = await agreed(shared.gallery, scope, eve);
      for (const _ of [1, 2]) {
        const attempt = shared.gallery.enrol(consent, [first, first, second], closerThan(0.3));
        await expect(attempt).rejects.toMatchObject({ code: 'face_taken' });
      }
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(2);
      expect((await shared.gallery.standing(scope, ben)).alerts).toBe(2);
      expect((await shared.gallery.dossier(scope, ada))?.foundBy).toHaveLength(2);
    });

    test('asks about true distances and the templates of the scope', async () => {
      const scope = await shared.scope();
      const own = face();
      await enrolled(shared.gallery, scope, somebody(), [own]);
      await enrolled(shared.gallery, scope, somebody(), [face(), face()]);
      const consent = await agreed(shared.gallery, scope, somebody());
      const asked: { distance: number; templates: number }[] = [];
      const isSame = (distance: number, templates: number) => asked.push({ distance, templates }) < 0;
      await shared.gallery.enrol(consent, [faceAt(0.25, own)], { isSame, now: T0 });
      expect(Math.min(...asked.map(({ distance }) => distance))).toBeCloseTo(0.25, 4);
      expect(new Set(asked.map(({ templates }) => templates))).toEqual(new Set([3]));
    });

    test('is not refused for one’s own earlier face, nor for a face of another scope', async () => {
      const [here, there] = [await shared.scope(), await shared.scope()];
      const own = face();
      const ada = somebody();
      const consent = await enrolled(shared.gallery, here, ada, [own]);
      expect(await shared.gallery.enrol(consent, [own], closerThan(0.3))).toBe(2);
      const elsewhere = await agreed(shared.gallery, there, somebody());
      expect(await shared.gallery.enrol(elsewhere, [own], closerThan(0.3))).toBe(1);
      expect((await shared.gallery.standing(here, ada)).alerts).toBe(0);
    });

    test('by two at the same moment never gives both the face', async () => {
      for (let round = 0; round < 6; round++) {
        const scope = await shared.scope();
        const own = face();
        const people = [somebody('Ada'), somebody('Eve')] as const;
        const [one, other] = [
          await agreed(shared.gallery, scope, people[0]),
          await agreed(shared.gallery, scope, people[1]),
        ];
        const told = await Promise.allSettled([
          shared.gallery.enrol(one, [own], closerThan(0.3)),
          shared.beside.enrol(other, [own], closerThan(0.3)),
        ]);
        for (const [i, outcome] of told.entries()) {
          const { templates } = await shared.gallery.standing(scope, people[i] as (typeof people)[0]);
          expect(templates).toBe(outcome.status === 'fulfilled' ? 1 : 0);
          if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'face_taken' });
        }
        expect((await shared.gallery.search(scope, [own])).templates).toBeLessThanOrEqual(1);
      }
    });

    test('the alerts are reset once told, and rise again', async () => {
      const scope = await shared.scope();
      const [ada, eve] = [somebody('Ada'), somebody('Eve')];
      const own = face();
      await enrolled(shared.gallery, scope, ada, [own]);
      const consent = await agreed(shared.gallery, scope, eve);
      const attempt = () => shared.gallery.enrol(consent, [own], closerThan(0.3));
      await expect(attempt()).rejects.toMatchObject({ code: 'face_taken' });
      await shared.beside.acknowledge(scope, ada, 1);
      await shared.beside.acknowledge(scope, ada, 1);
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(0);
      await expect(attempt()).rejects.toMatchObject({ code: 'face_taken' });
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(1);
      await shared.gallery.acknowledge(scope, somebody(), 1);
    });

    test('an alert that came while the person was told of others is still to be told', async () => {
      const scope = await shared.scope();
      const [ada, eve] = [somebody('Ada'), somebody('Eve')];
      const own = face();
      await enrolled(shared.gallery, scope, ada, [own]);
      const consent = await agreed(shared.gallery, scope, eve);
      for (let attempt = 0; attempt < 3; attempt++) {
        await shared.gallery.enrol(consent, [own], closerThan(0.3)).catch(() => undefined);
      }
      await shared.gallery.acknowledge(scope, ada, 2);
      expect((await shared.beside.standing(scope, ada)).alerts).toBe(1);
    });

    test('an attempt is logged and alerts once for each ask, however often its job is done', async () => {
      const scope = await shared.scope();
      const [ada, eve] = [somebody('Ada'), somebody('Eve')];
      const own = face();
      await enrolled(shared.gallery, scope, ada, [own]);
      const consent = await agreed(shared.gallery, scope, eve);
      for (const ask of ['ask 1', 'ask 1', 'ask 2']) {
        const attempt = shared.gallery.enrol(consent, [own], { ...closerThan(0.3), ask });
        await expect(attempt).rejects.toMatchObject({ code: 'face_taken' });
      }
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(2);
      expect((await shared.gallery.dossier(scope, ada))?.foundBy).toHaveLength(2);
    });
  });

  describe('a disputed face', () => {
    const shared = sharedPlace(newPlace);

    async function disputed() {
      const scope = await shared.scope();
      const [ada, eve, ben] = [somebody('Ada'), somebody('Eve'), somebody('Ben')];
      const [own, bens] = [face(), face()];
      await enrolled(shared.gallery, scope, ada, [own]);
      await enrolled(shared.gallery, scope, ben, [bens]);
      const consent = await agreed(shared.gallery, scope, eve);
      const held = await shared.gallery.enrol(consent, [own], { ...closerThan(0.3), dispute: true });
      return { scope, ada, eve, ben, own, held, consent };
    }

    test('hides both people from every search, and nobody else', async () => {
      const { scope, ada, eve, ben, own, held } = await disputed();
      expect(held).toBe(1);
      expect(await namesFound(shared.beside, scope, own)).toEqual(['Ben']);
      expect((await shared.gallery.search(scope, [own])).templates).toBe(1);
      for (const [person, hidden] of [[ada, true] as const, [eve, true] as const, [ben, false] as const]) {
        const dossier = await shared.gallery.dossier(scope, person);
        expect(dossier?.templates.map((template) => template.hidden)).toEqual([hidden]);
        expect(dossier?.standing.templates).toBe(1);
      }
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(1);
    });

    test.each(['ada', 'eve'] as const)('is settled by erasing %s: the other is found again', async (leaving) => {
      const { scope, own, ...people } = await disputed();
      await shared.gallery.erase(scope, people[leaving], 'operator', T0);
      const staying = leaving === 'ada' ? 'Eve' : 'Ada';
      expect((await namesFound(shared.beside, scope, own))[0]).toBe(staying);
      expect((await shared.gallery.search(scope, [own])).templates).toBe(2);
    });

    test('stays taken for a third', async () => {
      const { scope, own } = await disputed();
      const third = await agreed(shared.gallery, scope, somebody('Mallory'));
      const attempt = shared.gallery.enrol(third, [own], closerThan(0.3));
      await expect(attempt).rejects.toMatchObject({ code: 'face_taken' });
    });

    test('among three is settled only when one alone is left', async () => {
      const { scope, own, ada, eve } = await disputed();
      const third = await agreed(shared.gallery, scope, somebody('Mallory'));
      await shared.gallery.enrol(third, [own], { ...closerThan(0.3), dispute: true });
      await shared.gallery.erase(scope, eve, 'operator', T0);
      expect(await namesFound(shared.gallery, scope, own)).toEqual(['Ben']);
      await shared.gallery.erase(scope, ada, 'operator', T0);
      expect((await namesFound(shared.gallery, scope, own))[0]).toBe('Mallory');
    });

    test('without anybody so close is an enrolment like any other', async () => {
      const scope = await shared.scope();
      const consent = await agreed(shared.gallery, scope, somebody('Ada'));
      const own = face();
      expect(await shared.gallery.enrol(consent, [own], { ...closerThan(0.3), dispute: true })).toBe(1);
      expect(await namesFound(shared.gallery, scope, own)).toEqual(['Ada']);
    });
  });
}
