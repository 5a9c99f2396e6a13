import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { BRIEF, type Shelf } from '../../src/queue/pending.ts';
import { en } from '../support/words.ts';
import { openSeriesStage, PRIVATE, textOf } from './series-stage.ts';
import { ALICE, action, BOB, CLUB, TEAM } from './stage.ts';

const MINUTE_MS = 60_000;

let on: Awaited<ReturnType<typeof openSeriesStage>>;
const begin = async (photosADay?: number) => {
  on = await openSeriesStage(photosADay);
};
afterEach(() => on.stage[Symbol.asyncDispose]());

describe('after /me in private', () => {
  beforeEach(() => begin());

  it('photos are looked at without a command, in one running answer, and found ones come back by reference', async () => {
    expect(textOf(await on.began())).toContain(en.series.goOn);
    await on.sends('anna~', 'ben', 'ben,anna~');
    await on.works();
    await on.says('You are in 2 of 3 photos so far.');
    await on.sends('carl', 'anna');
    await on.works();
    await on.says('You are in 3 of 5 photos so far.');
    expect(on.stage.platform.own).toEqual([
      [
        ['anna~', 'Photo 1'],
        ['ben,anna~', 'Photo 3'],
      ],
      [['anna', 'Photo 5']],
    ]);
  });

  it('gives them back in albums of ten, and a single one alone', async () => {
    await on.began();
    await on.sends(...Array.from({ length: 12 }, () => 'anna~'));
    await on.works();
    expect(on.own().map(({ length }) => length)).toEqual([10, 2]);
  });

  it('nothing of it is said in a group, where a photo means nothing', async () => {
    await on.began();
    const ask = on.stage.ask(ALICE, '', ['anna~']);
    await on.stage.chat.ask(ask);
    expect(await on.stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'confirm' }]);
    const inGroup = await on.stage.say(ALICE, 'me', ['anna']);
    expect(textOf(inGroup)).not.toContain(en.series.goOn);
  });

  it('a photo of somebody who sent no /me is offered what it may be for, as ever', async () => {
    await on.began();
    expect(await on.stage.say(BOB, '', ['ben'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);
  });

  it('two /me of the same moment begin it once: what follows the first is looked at too', async () => {
    await on.began();
    on.stage.clock.ms += 76 * MINUTE_MS;
    await on.works();
    await on.stage.parts.stores.pending.tidy(BRIEF, on.stage.clock.ms);
    const { pending } = on.stage.parts.stores;
    const isTaken = Promise.withResolvers<void>();
    let begins = 0;
    const late = async (shelf: Shelf) => {
      if (shelf === 'series') begins += 1;
      if (begins === 2) await isTaken.promise;
    };
    const { put, add } = pending;
    pending.put = (shelf, item) => late(shelf).then(() => put(shelf, item));
    pending.add = (shelf, item) => late(shelf).then(() => add(shelf, item));
    const ask = on.stage.ask(ALICE, 'me', ['anna'], { place: CLUB });
    const [first, second] = [
      on.stage.flow.series.open(ask, { places: [CLUB] }),
      on.stage.flow.series.open(ask, { places: [CLUB] }),
    ];
    expect(await first).toMatchObject({ isOpen: true });
    await on.sends('anna~');
    isTaken.resolve();
    expect(await second).toMatchObject({ isOpen: true });
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 2 of 2 photos so far.');
  });

  it('a photo that cannot be looked at costs itself alone', async () => {
    await on.began();
    const { fetchPhoto } = on.stage.platform.courier;
    on.stage.platform.courier.fetchPhoto = async (...of) => {
      if (of[0].who === 'torn') throw new Failure('image_unreadable');
      return await fetchPhoto(...of);
    };
    await on.sends('anna~', 'torn', 'anna~');
    await on.works();
    await on.says('You are in 2 of 2 photos so far. 1 could not be looked at.');
  });

  it('a found photo that the platform refuses to give back costs itself alone too', async () => {
    await on.began();
    on.stage.platform.owning.refused = 'ben,anna~';
    await on.sends(
      ...Array.from({ length: 6 }, () => 'anna~'),
      'ben,anna~',
      ...Array.from({ length: 5 }, () => 'anna~'),
    );
    await on.works();
    const captions = on.stage.platform.own.flat().map(([, caption]) => caption);
    expect(captions).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12].map((number) => `Photo ${number}`));
    const text = textOf(await on.running());
    expect(text).toContain('You are in 12 of 12 photos so far.');
    expect(text).toContain('Photo 7 could not be fetched any more');
    expect(text).not.toContain('interrupted');
  });

  it('ends 15 minutes after the last photo, and an hour after the first /me', async () => {
    await on.began();
    await on.sends('anna~');
    await on.works();
    on.stage.clock.ms += 14 * MINUTE_MS;
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 2 of 2 photos so far.');
    on.stage.clock.ms += 15 * MINUTE_MS;
    await on.works();
    expect(textOf(await on.running())).toBe(`${en.series.ended.other} You are in 2 of 2 photos.`);
    expect(await on.stage.say(ALICE, '', ['anna'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);

    await on.began();
    for (let minutes = 0; minutes < 60; minutes += 10) {
      await on.sends('anna~');
      await on.works();
      on.stage.clock.ms += 10 * MINUTE_MS;
    }
    expect(await on.stage.say(ALICE, '', ['anna'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);
  });

  it('Stop ends it: what waits is not looked at', async () => {
    await on.began();
    await on.sends('anna~');
    await on.works();
    const fetched = on.stage.platform.fetched.length;
    await on.sends('anna~', 'ben');
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    expect(textOf(await on.running())).toBe(`${en.series.ended.stopped} You are in 1 of 1 photo.`);
    expect(on.stage.platform.fetched).toHaveLength(fetched);
    expect(await on.stage.parts.stores.pending.list('seriesphoto')).toEqual([]);
  });

  it('Stop while a photo is looked at holds too', async () => {
    await on.began();
    await on.sends('anna~', 'anna~');
    await on.works();
    const stop = await on.pressOf(en.series.stop);
    await on.sends('anna~', 'anna~');
    on.stage.platform.waits.photos = async () => {
      delete on.stage.platform.waits.photos;
      await on.stage.chat.press(stop);
    };
    await on.works();
    await on.works();
    expect(textOf(await on.running())).toBe(`${en.series.ended.stopped} You are in 2 of 2 photos.`);
  });

  it('a message that is delivered again counts once, also after Stop', async () => {
    await on.began();
    const [ask] = await on.sends('anna~');
    await on.works();
    if (ask) await on.stage.chat.ask(ask);
    await on.works();
    await on.says('You are in 1 of 1 photo so far.');
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    if (ask) await on.stage.chat.ask(ask);
    await on.works();
    expect(on.own()).toEqual([['anna~']]);
  });

  it('a photo that shows somebody else is taken out, and deleted', async () => {
    await on.began();
    await on.sends(...Array.from({ length: 11 }, () => 'anna~'));
    await on.works();
    const asked = await on.pressOf(en.series.which);
    await on.stage.chat.press(asked);
    const which = await on.stage.platform.shownAt(asked.address.message);
    expect(which).toMatchObject([{ kind: 'confirm', text: en.series.ask }]);
    const labels = which.flatMap((reply) =>
      ('actions' in reply ? (reply.actions ?? []) : []).map(({ label }) => label),
    );
    expect(labels).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `Photo ${11 - index} is not me`),
      en.series.earlier,
    ]);
    const earlier = await on.stage.press(ALICE, action(which, 'confirm', 10), PRIVATE);
    const out = action(earlier, 'confirm');
    expect(out.label).toBe('Photo 1 is not me');
    expect(textOf(await on.stage.press(ALICE, out, PRIVATE))).toContain('Photo 1 is taken out');
    // Pressed again, it changes nothing more.
    await on.stage.press(ALICE, out, PRIVATE);
    await on.works();
    await on.says('You are in 10 of 11 photos so far.');
    expect(await on.stage.parts.metrics.text()).toMatch(/harm="not_me"\} 1/);
  });

  it('nobody else can press its buttons', async () => {
    await on.began();
    await on.sends('anna~');
    await on.works();
    const { action: id } = await on.pressOf(en.series.stop);
    expect(await on.stage.press(BOB, { id }, PRIVATE)).toMatchObject([{ code: 'expired' }]);
    await on.works();
    await on.says('so far');
  });

  it('makes way for single asks, but does not wait for ever', async () => {
    await on.began();
    await on.stage.agreed(BOB, 'find', ['carl']);
    const finding = Promise.withResolvers<void>();
    const order: unknown[] = [];
    const { fetchPhoto } = on.stage.platform.courier;
    on.stage.platform.courier.fetchPhoto = async (...of) => {
      if (of[0].who === 'eve') await finding.promise;
      order.push(of[0].who);
      return await fetchPhoto(...of);
    };
    const found = on.stage.say(BOB, 'find', ['eve']);
    await expect.poll(async () => (await on.stage.flow.queue.state()).running).toBe(1);
    await on.sends('anna~');
    const worked = on.works();
    setTimeout(finding.resolve, 300);
    await Promise.all([found, worked]);
    expect(order).toEqual(['eve', 'anna~']);

    const other = Promise.withResolvers<void>();
    on.stage.platform.courier.fetchPhoto = async (...of) => {
      if (of[0].who === 'eve') await other.promise;
      return await fetchPhoto(...of);
    };
    const last = on.stage.say(BOB, 'find', ['eve']);
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 2 of 2 photos so far.');
    other.resolve();
    await last;
  });

  it('looks for nobody who left the group meanwhile', async () => {
    await on.began();
    await on.sends('anna~');
    await on.works();
    on.stage.platform.memberships.set(ALICE.id, 'gone');
    const fetched = on.stage.platform.fetched.length;
    await on.sends('anna~');
    await on.works();
    expect(on.stage.platform.fetched).toHaveLength(fetched);
    await on.says('You are not a member of that group');
  });

  it('does not keep a /me from beginning anew when no photo followed the one before', async () => {
    await on.began();
    on.stage.clock.ms += 16 * MINUTE_MS;
    await on.works();
    expect(textOf(await on.began())).toContain(en.series.goOn);
    await on.stage.press(ALICE, action(await on.stage.say(ALICE, 'enroll', ['anna'], { place: TEAM }), 'agree'), {
      place: TEAM,
    });
    expect(textOf(await on.began({ about: TEAM }))).toContain(en.series.goOn);
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 1 of 1 photo so far.');
  });

  it('no photo of somebody else’s message is looked at', async () => {
    await on.began();
    const fetched = on.stage.platform.fetched.length;
    const photos = [{ platform: 'telegram', who: 'anna', isOfOthers: true }] as const;
    expect(await on.stage.say(ALICE, '', [], { ...PRIVATE, photos })).toMatchObject([{ kind: 'confirm' }]);
    await on.works();
    expect(on.stage.platform.fetched).toHaveLength(fetched);
  });

  it('in another group begins only once this one is over', async () => {
    await on.began();
    await on.sends('anna~');
    await on.works();
    await on.stage.press(ALICE, action(await on.stage.say(ALICE, 'enroll', ['anna'], { place: TEAM }), 'agree'), {
      place: TEAM,
    });
    const other = { about: TEAM };
    const elsewhere = textOf(await on.began(other));
    expect(elsewhere).not.toContain(en.series.goOn);
    expect(elsewhere).toContain('still belong to your /me in “Club”. If they are for “Team”, press Stop there first.');
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    expect(textOf(await on.began(other))).toContain(en.series.goOn);
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 1 of 1 photo so far.');
  });
});
