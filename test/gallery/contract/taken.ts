import { describe, expect, test } from 'vitest';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, closerThan, enrolled, face, faceAt, namesFound, somebody, T0 } from '../people.ts';
import { sharedStore } from './shared-store.ts';

export function takenContract(newStore: () => Promise<GalleryStore>): void {
  describe('enrolling a face that is taken', () => {
    const shared = sharedStore(newStore);

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
        // Ada learns that somebody tried, but not who.
        { at: T0 + 7, kind: 'enrol' },
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

    test('is counted, without anybody', async () => {
      const scope = await shared.scope();
      const own = face();
      await enrolled(shared.gallery, scope, somebody(), [own]);
      const before = await shared.beside.attempts();
      const consent = await agreed(shared.gallery, scope, somebody());
      for (const ask of ['one', 'one', 'two']) {
        const attempt = shared.gallery.enrol(consent, [own], { ...closerThan(0.3), ask });
        await expect(attempt).rejects.toMatchObject({ code: 'face_taken' });
      }
      await expect.poll(() => shared.beside.attempts()).toBe(before + 2);
    });

    test('asks about true distances', async () => {
      const scope = await shared.scope();
      const own = face();
      await enrolled(shared.gallery, scope, somebody(), [own]);
      await enrolled(shared.gallery, scope, somebody(), [face(), face()]);
      const consent = await agreed(shared.gallery, scope, somebody());
      const asked: number[] = [];
      const isSame = (distance: number) => asked.push(distance) < 0;
      await shared.gallery.enrol(consent, [faceAt(0.25, own)], { isSame, now: T0 });
      expect(Math.min(...asked)).toBeCloseTo(0.25, 4);
    });

    test('of somebody who says that they look alike is an enrolment like any other, of which the owner learns', async () => {
      const scope = await shared.scope();
      const [ada, eve] = [somebody('Ada'), somebody('Eve')];
      const own = face();
      await enrolled(shared.gallery, scope, ada, [own]);
      const consent = await agreed(shared.gallery, scope, eve);
      await shared.gallery.enrol(consent, [faceAt(0.2, own)], { ...closerThan(0.3), claim: 'another' });
      expect(await namesFound(shared.beside, scope, own)).toEqual(['Ada', 'Eve']);
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(1);
      expect(await shared.gallery.disputes(scope)).toEqual([]);
    });

    test('is refused altogether to who tried six in a month, and at a face at which twenty were made', async () => {
      const scope = await shared.scope();
      const own = face();
      await enrolled(shared.gallery, scope, somebody('Ada'), [own]);
      const tries = async (count: number, now: number) => {
        const consent = await agreed(shared.gallery, scope, somebody());
        const codes: string[] = [];
        for (let index = 0; index < count; index++) {
          await shared.gallery
            .enrol(consent, [own], { ...closerThan(0.3), now })
            .catch(({ code, details }) => codes.push(details.seconds ? `${code} ${details.seconds}` : code));
        }
        return codes;
      };
      expect(await tries(8, T0)).toEqual([...Array(6).fill('face_taken'), ...Array(2).fill('rate_limited 2592000')]);
      for (let person = 0; person < 2; person++)
        expect(new Set(await tries(6, T0 + 1_000))).toEqual(new Set(['face_taken']));
      expect(await tries(3, T0 + 1_000)).toEqual(['face_taken', 'face_taken', 'rate_limited 2591999']);
      expect(await tries(1, T0 + 31 * 86_400_000)).toEqual(['face_taken']);
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
    const shared = sharedStore(newStore);

    async function disputed() {
      const scope = await shared.scope();
      const [ada, eve, ben] = [somebody('Ada'), somebody('Eve'), somebody('Ben')];
      const [own, bens] = [face(), face()];
      await enrolled(shared.gallery, scope, ada, [own]);
      await enrolled(shared.gallery, scope, ben, [bens]);
      const consent = await agreed(shared.gallery, scope, eve);
      const held = await shared.gallery.enrol(consent, [own], { ...closerThan(0.3), claim: 'mine' });
      return { scope, ada, eve, ben, own, held, consent };
    }

    test('hides the challenger from every search; the holder stays findable, and is alerted', async () => {
      const { scope, ada, eve, ben, own, held } = await disputed();
      expect(held).toBe(1);
      expect((await namesFound(shared.beside, scope, own))[0]).toBe('Ada');
      expect(await namesFound(shared.beside, scope, own)).not.toContain('Eve');
      expect((await shared.gallery.search(scope, [own])).templates).toBe(2);
      const sides = [[ada, 'holder'] as const, [eve, 'challenger'] as const, [ben, undefined] as const];
      for (const [person, side] of sides) {
        const dossier = await shared.gallery.dossier(scope, person);
        expect(dossier?.dispute).toBe(side);
        expect(dossier?.templates.map((template) => template.hidden)).toEqual([side === 'challenger']);
        expect(dossier?.standing.templates).toBe(1);
      }
      expect((await shared.gallery.standing(scope, ada)).alerts).toBe(1);
      expect(await shared.beside.disputes(scope)).toMatchObject([
        { holder: { id: ada.id }, challenger: { id: eve.id } },
      ]);
    });

    test.each(['ada', 'eve'] as const)('is settled by erasing %s: the other is found', async (leaving) => {
      const { scope, own, ...people } = await disputed();
      await shared.gallery.erase(scope, people[leaving], 'operator', T0);
      const staying = leaving === 'ada' ? 'Eve' : 'Ada';
      expect((await namesFound(shared.beside, scope, own))[0]).toBe(staying);
      expect((await shared.gallery.search(scope, [own])).templates).toBe(2);
      expect(await shared.gallery.disputes(scope)).toEqual([]);
    });

    test.each([
      ['the holder', 'ada', 'eve'],
      ['the challenger', 'eve', 'ada'],
    ] as const)('decided for %s erases what the other enrolled, and both hear of it', async (_, won, lost) => {
      const { scope, own, ...people } = await disputed();
      const [winner, loser] = [people[won], people[lost]];
      const before = await shared.gallery.standing(scope, winner);
      expect(await shared.gallery.decide(scope, winner, T0 + 5)).toBe(1);
      expect((await namesFound(shared.beside, scope, own))[0]).toBe(winner.name);
      expect(await namesFound(shared.beside, scope, own)).not.toContain(loser.name);
      expect((await shared.gallery.standing(scope, loser)).templates).toBe(0);
      expect(await shared.gallery.vectors(scope)).toBe(2);
      expect((await shared.gallery.standing(scope, winner)).alerts).toBe(before.alerts + 1);
      const decided = async (person: typeof winner) =>
        (await shared.beside.dossier(scope, person))?.events.flatMap((event) =>
          event.kind === 'decided' ? [event.outcome] : [],
        );
      expect([await decided(winner), await decided(loser)]).toEqual([['yours'], ['theirs']]);
      expect((await shared.gallery.standing(scope, loser)).agreed.enrol).toBeDefined();
      expect(await shared.gallery.disputes(scope)).toEqual([]);
      expect(await shared.gallery.decide(scope, winner, T0 + 6)).toBe(0);
    });

    test('keeps the holder from no other selfie of theirs, and makes no challenger of them', async () => {
      const { scope, ada, own } = await disputed();
      const consent = await agreed(shared.gallery, scope, ada);
      expect(await shared.gallery.enrol(consent, [faceAt(0.05, own)], closerThan(0.3))).toBe(2);
      expect(await shared.gallery.disputes(scope)).toHaveLength(1);
      expect((await namesFound(shared.beside, scope, own))[0]).toBe('Ada');
    });

    test('stays taken for a third', async () => {
      const { scope, own } = await disputed();
      const third = await agreed(shared.gallery, scope, somebody('Mallory'));
      const attempt = shared.gallery.enrol(third, [own], closerThan(0.3));
      await expect(attempt).rejects.toMatchObject({ code: 'face_taken' });
    });

    test('of two challengers with one holder hides both, until the holder wins or is erased', async () => {
      const { scope, own, ada } = await disputed();
      const third = await agreed(shared.gallery, scope, somebody('Mallory'));
      await shared.gallery.enrol(third, [own], { ...closerThan(0.3), claim: 'mine' });
      expect((await namesFound(shared.gallery, scope, own)).toSorted()).toEqual(['Ada', 'Ben']);
      // Mallory also challenges Eve, who has the face as well.
      expect(await shared.gallery.decide(scope, ada, T0)).toBe(2);
      expect((await namesFound(shared.gallery, scope, own)).toSorted()).toEqual(['Ada', 'Ben']);
      expect(await shared.gallery.disputes(scope)).toEqual([]);
    });

    test('without anybody so close is an enrolment like any other', async () => {
      const scope = await shared.scope();
      const consent = await agreed(shared.gallery, scope, somebody('Ada'));
      const own = face();
      expect(await shared.gallery.enrol(consent, [own], { ...closerThan(0.3), claim: 'mine' })).toBe(1);
      expect(await namesFound(shared.gallery, scope, own)).toEqual(['Ada']);
    });
  });
}
