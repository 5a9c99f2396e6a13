import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../src/consent/sweep.ts';
import type { Person, ScopeId } from '../../../src/consent/who.ts';
import { MAX_TEMPLATES } from '../../../src/gallery/gallery.ts';
import { ownPairs } from '../../../src/match/own-pairs.ts';
import type { GalleryStore } from '../gallery-store.ts';
import {
  agreed,
  anyFace,
  closerThan,
  distanceOf,
  enrolled,
  face,
  faceAt,
  namesFound,
  somebody,
  T0,
} from '../people.ts';
import { sharedStore } from './shared-store.ts';

const WEEK_MS = 7 * DAY_MS;

export function searchContract(newStore: () => Promise<GalleryStore>): void {
  describe('searching', () => {
    const shared = sharedStore(newStore);

    test('an empty scope finds nobody', async () => {
      const scope = await shared.scope();
      expect(await shared.gallery.search(scope, [face(), face()])).toEqual({ templates: 0, faces: [[], []] });
      await agreed(shared.gallery, scope, somebody());
      expect(await shared.gallery.search(scope, [face()])).toEqual({ templates: 0, faces: [[]] });
      expect(await shared.gallery.search('nowhere' as ScopeId, [face()])).toEqual({ templates: 0, faces: [[]] });
    });

    test('for no face answers with none', async () => {
      const scope = await shared.scope();
      await enrolled(shared.gallery, scope, somebody(), [face()]);
      expect(await shared.gallery.search(scope, [])).toEqual({ templates: 1, faces: [] });
    });

    test('gives exact distances, nearest first, at most three people', async () => {
      const scope = await shared.scope();
      const probe = face();
      for (const [name, distance] of Object.entries({ Far: 1.1, Near: 0.3, Next: 0.6, Third: 0.9 })) {
        await enrolled(shared.gallery, scope, somebody(name), [faceAt(distance, probe)]);
      }
      const { templates, faces } = await shared.beside.search(scope, [probe]);
      expect(templates).toBe(4);
      expect(faces[0]?.map(({ person }) => person.name)).toEqual(['Near', 'Next', 'Third']);
      for (const [i, distance] of [0.3, 0.6, 0.9].entries()) expect(faces[0]?.[i]?.distance).toBeCloseTo(distance, 4);
    });

    test('counts a person once, at their best template', async () => {
      const scope = await shared.scope();
      const probe = face();
      await enrolled(shared.gallery, scope, somebody('Ada'), [
        faceAt(0.4, probe),
        faceAt(0.2, probe),
        faceAt(0.3, probe),
      ]);
      await enrolled(shared.gallery, scope, somebody('Ben'), [faceAt(0.5, probe)]);
      const { templates, faces } = await shared.gallery.search(scope, [probe]);
      expect(templates).toBe(4);
      expect(faces[0]?.map(({ person }) => person.name)).toEqual(['Ada', 'Ben']);
      expect(faces[0]?.[0]?.distance).toBeCloseTo(0.2, 4);
    });

    test('the same photo gives distance 0', async () => {
      const scope = await shared.scope();
      const own = face();
      await enrolled(shared.gallery, scope, somebody(), [own]);
      const { faces } = await shared.gallery.search(scope, [own]);
      expect(faces[0]?.[0]?.distance).toBeCloseTo(0, 3);
    });

    test('agrees with comparing everybody, for as many faces as a photo may have', async () => {
      const scope = await shared.scope();
      const people: { person: Person; faces: Float32Array[] }[] = [];
      for (let i = 0; i < 24; i++) {
        const one = { person: somebody(`Person ${i}`), faces: Array.from({ length: 1 + (i % 3) }, () => face()) };
        people.push(one);
        await enrolled(shared.gallery, scope, one.person, one.faces);
      }
      const probes = Array.from({ length: 64 }, () => face());
      const { faces } = await shared.beside.search(scope, probes);
      for (const [i, probe] of probes.entries()) {
        const expected = people
          .map(({ person, faces: own }) => ({
            person,
            distance: Math.min(...own.map((one) => distanceOf(one, probe))),
          }))
          .sort((a, b) => a.distance - b.distance)
          .slice(0, 3);
        expect(faces[i]?.map(({ person }) => person)).toEqual(expected.map(({ person }) => person));
        for (const [rank, { distance }] of expected.entries())
          expect(faces[i]?.[rank]?.distance).toBeCloseTo(distance, 4);
      }
    });

    test('tells from ten people on how near they are to each other, as it was when the week began', async () => {
      const scope = await shared.scope();
      const clock = { ms: T0 };
      const now = () => clock.ms;
      await using gallery = await shared.store.open({ now });
      await using beside = await shared.store.open({ now });
      /** What two processes tell of the group's own pairs. Each process computes it on its own. */
      const told = async () => [(await gallery.search(scope, [face()])).own, (await beside.search(scope, [])).own];
      const expectTold = async (faces: readonly Float32Array[]) => {
        const own = ownPairs(faces);
        for (const one of await told()) {
          expect(one).toMatchObject({ people: own?.people, share: own?.share });
          expect(one?.distance).toBeCloseTo(own?.distance ?? 0, 4);
        }
      };
      const people = Array.from({ length: 22 }, (_, index) => ({ person: somebody(`Person ${index}`), own: face() }));
      for (const { person, own } of people.slice(0, 9)) await enrolled(gallery, scope, person, [own]);
      clock.ms += WEEK_MS;
      expect(await told()).toEqual([undefined, undefined]);
      for (const { person, own } of people.slice(9)) await enrolled(gallery, scope, person, [own], {}, now());
      expect(await told()).toEqual([undefined, undefined]);
      clock.ms += WEEK_MS;
      const first = people.map(({ own }) => own);
      await expectTold(first);

      // Somebody takes the face of another, somebody leaves, and somebody takes out a selfie.
      const [gone, renewed, model, fewer] = people;
      if (!gone || !renewed || !model || !fewer) throw new Error('they are there');
      const other = faceAt(0.1, model.own);
      const five = Array.from({ length: MAX_TEMPLATES }, () => other);
      await enrolled(gallery, scope, renewed.person, five, {}, now());
      await enrolled(gallery, scope, fewer.person, [faceAt(0.1, model.own)], {}, now());
      const [oldest] = (await gallery.dossier(scope, fewer.person))?.templates ?? [];
      await gallery.drop(scope, fewer.person, oldest?.id ?? '');
      await gallery.erase(scope, gone.person, 'asked', now());
      await expectTold(first);
      // A process that starts now compares the people who still have a template from before this
      // week.
      await using started = await shared.store.open({ now });
      expect((await started.search(scope, [])).own).toMatchObject({ people: 19 });

      clock.ms += WEEK_MS;
      const [after] = (await gallery.dossier(scope, fewer.person))?.templates ?? [];
      const others = people.slice(4).map(({ own }) => own);
      await expectTold([other, model.own, after?.embedding ?? face(), ...others]);
      for (const { person } of people.slice(4, 16)) await gallery.erase(scope, person, 'asked', now());
      clock.ms += WEEK_MS;
      expect(await told()).toEqual([undefined, undefined]);
    });

    test('does not count among them whoever a dispute hides', async () => {
      const scope = await shared.scope();
      const own = face();
      for (let i = 0; i < 10; i++) await enrolled(shared.gallery, scope, somebody(`P${i}`), [i === 0 ? own : face()]);
      const consent = await agreed(shared.gallery, scope, somebody('Challenger'));
      await shared.gallery.enrol(consent, [own], { ...closerThan(0.01), claim: 'mine' });
      expect((await shared.beside.search(scope, [])).own?.people).toBe(10);
    });

    test('stays inside its scope', async () => {
      const [here, there] = [await shared.scope(), await shared.scope()];
      const own = face();
      await enrolled(shared.gallery, here, somebody('Ada'), [own]);
      await enrolled(shared.gallery, there, somebody('Ben'), [own]);
      expect(await namesFound(shared.gallery, here, own)).toEqual(['Ada']);
      expect(await namesFound(shared.gallery, there, own)).toEqual(['Ben']);
    });

    test('says who agreed to be shown to the channel, as they last said it', async () => {
      const scope = await shared.scope();
      const own = face();
      const person = somebody();
      await enrolled(shared.gallery, scope, person, [own], { shown: true });
      const shown = async () => (await shared.beside.search(scope, [own])).faces[0]?.map((one) => one.shown);
      expect(await shown()).toEqual([true]);
      await agreed(shared.gallery, scope, person, { at: T0 + 1, shown: false });
      expect(await shown()).toEqual([false]);
    });
  });

  describe('searching after a change', () => {
    const shared = sharedStore(newStore);

    test('of the face pack compares with none of the old vectors', async () => {
      const scope = await shared.scope();
      const person = somebody('Ada');
      const own = face();
      const consent = await enrolled(shared.gallery, scope, person, [own]);
      const sameSize = { id: 'test@2', dims: 16 };
      await using newer = await shared.store.open({ pack: sameSize });
      expect(await newer.search(scope, [own])).toEqual({ templates: 0, faces: [[]] });
      const renewed = face();
      expect(await newer.standing(scope, person)).toMatchObject({ templates: 1, outdated: 1 });
      expect(await newer.enrol(consent, [renewed], anyFace)).toBe(1);
      expect(await newer.standing(scope, person)).toMatchObject({ templates: 2, outdated: 1 });
      expect((await newer.search(scope, [renewed])).templates).toBe(1);
      expect((await shared.gallery.search(scope, [own])).templates).toBe(1);
      expect(await namesFound(newer, scope, renewed)).toEqual(['Ada']);
      expect((await newer.standing(scope, person)).templates).toBe(2);
      const packs = (await newer.dossier(scope, person))?.templates.map((template) => template.pack);
      expect(packs).toEqual(['test@1', 'test@2']);
      expect((await newer.erase(scope, person, 'asked', T0))?.removed.templates).toBe(2);
      expect(await shared.gallery.search(scope, [own])).toEqual({ templates: 0, faces: [[]] });
    });

    test('to a pack of another size leaves both usable', async () => {
      const scope = await shared.scope();
      const person = somebody('Ada');
      const consent = await enrolled(shared.gallery, scope, person, [face()]);
      await using wider = await shared.store.open({ pack: { id: 'wide@1', dims: 48 } });
      const wide = face(48);
      await wider.enrol(consent, [wide], anyFace);
      expect(await namesFound(wider, scope, wide)).toEqual(['Ada']);
      const lengths = (await wider.dossier(scope, person))?.templates.map((template) => template.embedding.length);
      expect(lengths).toEqual([16, 48]);
    });

    test('of the notice finds only those who agreed to it, without a new selfie', async () => {
      const scope = await shared.scope();
      const [ada, ben] = [somebody('Ada'), somebody('Ben')];
      const own = face();
      await enrolled(shared.gallery, scope, ada, [own]);
      await enrolled(shared.gallery, scope, ben, [faceAt(0.4, own)]);
      await using later = await shared.store.open({ notice: 2 });
      expect(await later.search(scope, [own])).toEqual({ templates: 0, faces: [[]] });
      await agreed(later, scope, ben, { version: 2, at: T0 + 1 });
      expect(await namesFound(later, scope, own)).toEqual(['Ben']);
      expect((await later.search(scope, [own])).templates).toBe(1);
      await agreed(later, scope, ada, { version: 2, at: T0 + 2 });
      expect(await namesFound(later, scope, own)).toEqual(['Ada', 'Ben']);
    });

    test('of the notice still protects the faces of those who have not agreed yet', async () => {
      const scope = await shared.scope();
      const own = face();
      await enrolled(shared.gallery, scope, somebody('Ada'), [own]);
      await using later = await shared.store.open({ notice: 2 });
      const eve = await agreed(later, scope, somebody('Eve'), { version: 2 });
      const attempt = later.enrol(eve, [own], { isSame: (distance) => distance < 0.3, now: T0 });
      await expect(attempt).rejects.toMatchObject({ code: 'face_taken' });
    });
  });
}
