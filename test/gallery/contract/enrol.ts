import { describe, expect, test } from 'vitest';
import { admit } from '../../../src/consent/consent.ts';
import { firstBreak } from '../../../src/consent/ledger.ts';
import { MAX_TEMPLATES } from '../../../src/gallery/gallery.ts';
import type { GalleryPlace } from '../gallery-place.ts';
import {
  agreed,
  anyFace,
  closerThan,
  enrolled,
  face,
  faceAt,
  NOTICE_HASH,
  namesFound,
  somebody,
  T0,
} from '../people.ts';
import { sharedPlace } from './place.ts';

export function enrolContract(newPlace: () => Promise<GalleryPlace>): void {
  describe('enrolling', () => {
    const shared = sharedPlace(newPlace);

    test('is told when every search, from any process, sees it', async () => {
      const scope = await shared.scope();
      const person = somebody('Ada');
      const consent = await agreed(shared.gallery, scope, person);
      const [front, side] = [face(), face()];
      expect(await shared.gallery.enrol(consent, [front, side], anyFace)).toBe(2);
      expect(await namesFound(shared.beside, scope, front)).toEqual(['Ada']);
      expect(await namesFound(shared.gallery, scope, side)).toEqual(['Ada']);
      expect((await shared.beside.standing(scope, person)).templates).toBe(2);
    });

    test('is one entry of the ledger and renews retention', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const consent = await agreed(shared.gallery, scope, person);
      await shared.gallery.enrol(consent, [face(), face()], { ...anyFace, now: T0 + 1000 });
      const last = (await shared.gallery.ledger(scope)).at(-1);
      expect(last).toMatchObject({ kind: 'enrolled', pack: 'test@1', templates: 2, at: T0 + 1000 });
      expect((await shared.gallery.standing(scope, person)).confirmedAt).toBe(T0 + 1000);
    });

    test('keeps the five newest templates', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const faces = Array.from({ length: 7 }, () => face());
      const consent = await agreed(shared.gallery, scope, person);
      expect(await shared.gallery.enrol(consent, faces.slice(0, 3), { ...anyFace, now: T0 + 1 })).toBe(3);
      expect(await shared.beside.enrol(consent, faces.slice(3, 5), { ...anyFace, now: T0 + 2 })).toBe(5);
      expect(await shared.gallery.enrol(consent, faces.slice(5), { ...anyFace, now: T0 + 3 })).toBe(MAX_TEMPLATES);
      const held = (await shared.beside.dossier(scope, person))?.templates ?? [];
      expect(held.map((template) => template.enrolledAt)).toEqual([T0 + 1, T0 + 2, T0 + 2, T0 + 3, T0 + 3]);
      const { templates, faces: found } = await shared.beside.search(scope, faces);
      expect(templates).toBe(MAX_TEMPLATES);
      expect(found.map(([nearest]) => (nearest?.distance ?? 9) < 1e-3)).toEqual([false, false, ...Array(5).fill(true)]);
    });

    test('by one person from everywhere at once leaves five templates at most and a whole ledger', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const consent = await agreed(shared.gallery, scope, person);
      await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          (i % 2 ? shared.gallery : shared.beside).enrol(consent, [face(), face()], anyFace),
        ),
      );
      expect((await shared.gallery.standing(scope, person)).templates).toBe(MAX_TEMPLATES);
      expect((await shared.gallery.search(scope, [face()])).templates).toBe(MAX_TEMPLATES);
      expect(firstBreak(await shared.gallery.ledger(scope))).toBeUndefined();
    });

    test('with vectors of another length stores nothing of the whole lot', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const consent = await agreed(shared.gallery, scope, person);
      const before = await shared.gallery.ledger(scope);
      for (const wrong of [face(15), new Float32Array(0), Float32Array.from(face(), () => Number.NaN)]) {
        const enrolling = shared.gallery.enrol(consent, [face(), wrong], anyFace);
        await expect(enrolling).rejects.toMatchObject({ code: 'internal' });
      }
      await expect(shared.gallery.enrol(consent, [], anyFace)).rejects.toMatchObject({ code: 'internal' });
      expect((await shared.gallery.standing(scope, person)).templates).toBe(0);
      expect(await shared.gallery.ledger(scope)).toEqual(before);
    });
  });

  describe('enrolling without consent', () => {
    const shared = sharedPlace(newPlace);

    test('is refused for an agreement to search alone', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const agreement = { version: 1, noticeHash: NOTICE_HASH, at: T0, shown: false };
      const standing = await shared.gallery.agree(scope, person, 'search', agreement, 0);
      const consent = admit(scope, person, 'search', standing, 1);
      if (!consent) throw new Error('an agreement admits');
      await expect(shared.gallery.enrol(consent, [face()], anyFace)).rejects.toMatchObject({ code: 'internal' });
      expect((await shared.gallery.standing(scope, person)).templates).toBe(0);
    });

    test('is refused for a consent that was erased, and for ever', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const consent = await agreed(shared.gallery, scope, person);
      await shared.beside.erase(scope, person, 'asked', T0 + 1);
      await expect(shared.gallery.enrol(consent, [face()], anyFace)).rejects.toMatchObject({ code: 'expired' });
      // Agreed again: the old job is still void, though notice, hash and time are the same.
      const anew = await agreed(shared.gallery, scope, person);
      await expect(shared.gallery.enrol(consent, [face()], anyFace)).rejects.toMatchObject({ code: 'expired' });
      expect((await shared.gallery.standing(scope, person)).templates).toBe(0);
      expect(await shared.gallery.enrol(anew, [face()], anyFace)).toBe(1);
    });

    test('is refused for a notice that was replaced since', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const consent = await agreed(shared.gallery, scope, person);
      await agreed(shared.beside, scope, person, { version: 2, at: T0 + 1 });
      await expect(shared.gallery.enrol(consent, [face()], anyFace)).rejects.toMatchObject({ code: 'expired' });
      expect((await shared.gallery.standing(scope, person)).templates).toBe(0);
    });

    test('is allowed for the same notice agreed to once more', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const consent = await agreed(shared.gallery, scope, person);
      await agreed(shared.beside, scope, person, { at: T0 + 1, shown: true });
      expect(await shared.gallery.enrol(consent, [face()], anyFace)).toBe(1);
    });

    test('loses every race against an erasure', async () => {
      for (let round = 0; round < 8; round++) {
        const scope = await shared.scope();
        const person = somebody();
        const consent = await agreed(shared.gallery, scope, person);
        const own = face();
        const enrolling = [0, 1, 2].map((i) => (i % 2 ? shared.beside : shared.gallery).enrol(consent, [own], anyFace));
        const erasing = (round % 2 ? shared.gallery : shared.beside).erase(scope, person, 'asked', T0);
        const told = await Promise.allSettled([...enrolling, erasing]);
        for (const refused of told.filter((outcome) => outcome.status === 'rejected')) {
          expect(refused.reason).toMatchObject({ code: 'expired' });
        }
        expect(await shared.gallery.standing(scope, person)).toMatchObject({ epoch: 1, agreed: {}, templates: 0 });
        expect(await shared.beside.remaining(scope, person)).toBe(0);
        expect(await shared.beside.search(scope, [own])).toEqual({ templates: 0, faces: [[]] });
        expect(firstBreak(await shared.gallery.ledger(scope))).toBeUndefined();
      }
    });
  });

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
