import { describe, expect, test } from 'vitest';
import { admit } from '../../../src/consent/consent.ts';
import { firstBreak } from '../../../src/consent/ledger.ts';
import { type Gallery, MAX_TEMPLATES } from '../../../src/gallery/gallery.ts';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, anyFace, face, NOTICE_HASH, namesFound, somebody, T0 } from '../people.ts';
import { sharedStore } from './shared-store.ts';

export function enrolContract(newStore: () => Promise<GalleryStore>): void {
  describe('enrolling', () => {
    const shared = sharedStore(newStore);

    test('resolves when every search of any process sees it', async () => {
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

    test('can be taken back selfie by selfie, down to the last, and no search meets one that went', async () => {
      const scope = await shared.scope();
      const [person, other] = [somebody('Ada'), somebody('Ben')];
      const faces = [face(), face(), face()];
      await shared.gallery.enrol(await agreed(shared.gallery, scope, person), faces, anyFace);
      await shared.gallery.enrol(await agreed(shared.gallery, scope, other), [face()], anyFace);
      const held = async () => (await shared.beside.dossier(scope, person))?.templates ?? [];
      const [first, second, third] = (await held()).map(({ id }) => id);
      if (!first || !second || !third) throw new Error('too few templates');
      expect(second).toMatch(/^[A-Za-z0-9-]{1,36}$/);
      // This search makes the other gallery keep copies of the templates in memory. These must
      // change too.
      await shared.beside.search(scope, faces);
      expect(await shared.gallery.drop(scope, person, second)).toBe('dropped');
      expect((await held()).map(({ id }) => id)).toEqual([first, third]);
      const near = async (gallery: Gallery) => {
        const { templates, faces: found } = await gallery.search(scope, faces);
        const isAda = found.map((one) =>
          one.some(({ person: { name }, distance }) => name === 'Ada' && distance < 1e-3),
        );
        return { templates, isAda };
      };
      for (const gallery of [shared.gallery, shared.beside]) {
        expect(await near(gallery)).toEqual({ templates: 3, isAda: [true, false, true] });
      }
      expect(await shared.gallery.vectors(scope)).toBe(3);
      expect(await shared.gallery.drop(scope, person, second)).toBe('gone');
      expect(await shared.gallery.drop(scope, other, first)).toBe('gone');
      expect(await shared.beside.drop(scope, person, first)).toBe('dropped');
      expect(await shared.gallery.drop(scope, person, third)).toBe('last');
      expect(await shared.gallery.drop(scope, somebody(), third)).toBe('gone');
      expect((await shared.beside.standing(scope, person)).templates).toBe(1);
      expect(firstBreak(await shared.gallery.ledger(scope))).toBeUndefined();
    });

    test('is taken back once, whoever asks for it at the same moment, and one selfie stays', async () => {
      const scope = await shared.scope();
      const person = somebody();
      await shared.gallery.enrol(await agreed(shared.gallery, scope, person), [face(), face()], anyFace);
      const ids = ((await shared.gallery.dossier(scope, person))?.templates ?? []).map(({ id }) => id);
      const both = await Promise.all(
        ids.map((id, index) => (index ? shared.beside : shared.gallery).drop(scope, person, id)),
      );
      expect(both.toSorted()).toEqual(['dropped', 'last']);
      expect((await shared.gallery.standing(scope, person)).templates).toBe(1);
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

    test('by one person twice at once stores one of the two, and the other is to compare its faces again', async () => {
      const scope = await shared.scope();
      const person = somebody();
      const consent = await agreed(shared.gallery, scope, person);
      const selfie = face();
      const enrolSelfie = async (gallery: Gallery, comparedWith: readonly string[]) =>
        gallery.enrol(consent, [selfie], { ...anyFace, comparedWith });
      const both = await Promise.allSettled([shared.gallery, shared.beside].map((one) => enrolSelfie(one, [])));
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(both).toContainEqual({ status: 'rejected', reason: expect.objectContaining({ code: 'unavailable' }) });
      const [only, ...others] = (await shared.beside.dossier(scope, person))?.templates ?? [];
      expect(others).toEqual([]);
      await expect(enrolSelfie(shared.gallery, ['another'])).rejects.toMatchObject({ code: 'unavailable' });
      expect(await enrolSelfie(shared.gallery, [only?.id ?? ''])).toBe(2);
    });

    test('stores none of the vectors when one has another length', async () => {
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
    const shared = sharedStore(newStore);

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
      // The person agrees again. The consent from before the erasure stays void, although notice,
      // hash and time are the same.
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

    test('is allowed when the same notice was agreed to again', async () => {
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
}
