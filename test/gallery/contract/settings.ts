import { describe, expect, test } from 'vitest';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, somebody, somewhere } from '../people.ts';
import { sharedStore } from './shared-store.ts';

export function settingsContract(newStore: () => Promise<GalleryStore>): void {
  describe('what the admins of a group set', () => {
    const shared = sharedStore(newStore);

    test('is nothing at first, and known to everybody once it is set', async () => {
      const place = somewhere();
      const scope = await shared.gallery.scope(place);
      expect(await shared.beside.settings(scope)).toEqual({});
      expect(await shared.beside.entrance(place, somebody())).not.toHaveProperty('settings');
      await shared.gallery.configure(scope, { showing: false, findsPerHour: 3 });
      for (const gallery of [shared.gallery, shared.beside]) {
        expect(await gallery.settings(scope)).toEqual({ showing: false, findsPerHour: 3 });
        expect((await gallery.entrance(place, somebody())).settings).toEqual({ showing: false, findsPerHour: 3 });
      }
    });

    test('changes by what is given, and what is taken back is as the operator has it', async () => {
      const place = somewhere();
      const scope = await shared.gallery.scope(place);
      await shared.gallery.configure(scope, { retentionDays: 30, language: 'de' });
      // The other gallery has looked the group up before, and may have kept what it read.
      await shared.beside.entrance(place, somebody());
      await shared.gallery.configure(scope, { retentionDays: 60, findBy: 'enrolled' });
      expect((await shared.beside.entrance(place, somebody())).settings).toMatchObject({ retentionDays: 60 });
      await shared.beside.configure(scope, { retentionDays: undefined });
      expect(await shared.gallery.settings(scope)).toEqual({ language: 'de', findBy: 'enrolled' });
    });

    test('by two at the same moment holds for both', async () => {
      const scope = await shared.scope();
      const { gallery, beside } = shared;
      await Promise.all([
        gallery.configure(scope, { showing: false }),
        beside.configure(scope, { findsPerHour: 5 }),
        gallery.configure(scope, { retentionDays: 7 }),
      ]);
      expect(await gallery.settings(scope)).toEqual({ showing: false, findsPerHour: 5, retentionDays: 7 });
    });

    test('is that of one group alone', async () => {
      const [scope, other] = [await shared.scope(), await shared.scope()];
      await shared.gallery.configure(scope, { findsPerHour: 3 });
      expect(await shared.gallery.settings(other)).toEqual({});
    });

    test('moves with a group that gets another id, whichever of the two had it', async () => {
      for (const isSetLater of [false, true]) {
        const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
        const set = await shared.gallery.scope(isSetLater ? supergroup : group);
        await shared.gallery.configure(set, { findsPerHour: 3 });
        await agreed(shared.gallery, await shared.gallery.scope(isSetLater ? group : supergroup), somebody());
        await shared.gallery.movePlace(group, supergroup);
        const scope = await shared.beside.scope(supergroup);
        expect(await shared.beside.scope(group)).toBe(scope);
        expect(await shared.beside.settings(scope)).toEqual({ findsPerHour: 3 });
      }
    });

    test('is of both the stricter, where both ids had some', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      const [empty, inhabited] = [await shared.gallery.scope(group), await shared.gallery.scope(supergroup)];
      await shared.gallery.configure(empty, { findsPerHour: 3, showing: false, enrolProof: 'gesture' });
      await shared.gallery.configure(inhabited, { findsPerHour: 5, retentionDays: 30, enrolProof: 'none' });
      await agreed(shared.gallery, inhabited, somebody());
      await shared.gallery.movePlace(group, supergroup);
      expect(await shared.beside.settings(await shared.beside.scope(group))).toEqual({
        findsPerHour: 3,
        retentionDays: 30,
        showing: false,
        enrolProof: 'gesture',
      });
    });

    test('keeps the channels that only one of two ids had', async () => {
      const [group, supergroup] = [somewhere('telegram'), somewhere('telegram')];
      const [before, after] = [await shared.gallery.scope(group), await shared.gallery.scope(supergroup)];
      await shared.gallery.configure(before, { showing: false });
      await shared.gallery.configure(after, { channels: ['7', '8'] });
      await shared.gallery.movePlace(group, supergroup);
      const settings = await shared.beside.settings(await shared.beside.scope(supergroup));
      expect(settings).toEqual({ showing: false, channels: ['7', '8'] });
    });

    test('goes with the group', async () => {
      const place = somewhere();
      const scope = await shared.gallery.scope(place);
      await shared.gallery.configure(scope, { findsPerHour: 3 });
      await shared.gallery.dropScope(scope);
      expect(await shared.gallery.settings(scope)).toEqual({});
      await expect(shared.gallery.configure(scope, { findsPerHour: 4 })).rejects.toMatchObject({ code: 'expired' });
      expect(await shared.gallery.settings(await shared.gallery.scope(place))).toEqual({});
    });
  });
}
