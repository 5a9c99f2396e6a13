import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import { distanceBetween } from '../../src/match/distance.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

const MINUTE_MS = 60_000;

let stage: Awaited<ReturnType<typeof openStage>>;
const openWith = async (photosADay?: number) => {
  stage = await openStage({}, 'group', undefined, photosADay);
  await stage.agreed(ALICE, 'enroll', ['anna']);
};
afterEach(() => stage[Symbol.asyncDispose]());

const PRIVATE = { place: undefined };
const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join(' ');
/** What the asker saw of their /me, in private. */
async function began(more = {}) {
  const replies = await stage.say(ALICE, 'me', ['anna'], { ...PRIVATE, ...more });
  return replies[0]?.kind === 'consent' ? await stage.press(ALICE, action(replies, 'agree'), PRIVATE) : replies;
}
let first: unknown;
/** Sends photos without a command, each in its own message, and gives the ask of the first. */
async function sends(...photos: readonly string[]) {
  const asks = photos.map((who) => stage.ask(ALICE, '', [who], PRIVATE));
  for (const ask of asks) await stage.chat.ask(ask);
  first ??= asks[0]?.address.message;
  return asks;
}
/** The running answer, which is where the first photo is. */
const running = () => stage.platform.shownAt(first);
const works = () => stage.workOnSeries();
const own = () => stage.platform.own.map((album) => album.map(([who]) => who));
const press = async (label: string) => {
  const actions = (await running()).flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
  const found = actions.find((one) => one.label === label);
  if (!found) throw new Error(`no ${label} in ${JSON.stringify(actions)}`);
  return stage.pressOf(ALICE, found, PRIVATE);
};

beforeEach(() => {
  first = undefined;
});

describe('after /me in private', () => {
  beforeEach(() => openWith());

  it('photos are looked at without a command, in one running answer, and found ones come back by reference', async () => {
    expect(textOf(await began())).toContain(en.series.goOn);
    await sends('anna~', 'ben', 'ben,anna~');
    await works();
    expect(textOf(await running())).toContain('You are in 2 of 3 photos so far.');
    await sends('carl', 'anna');
    await works();
    expect(textOf(await running())).toContain('You are in 3 of 5 photos so far.');
    expect(stage.platform.own).toEqual([
      [
        ['anna~', 'Photo 1'],
        ['ben,anna~', 'Photo 3'],
      ],
      [['anna', 'Photo 5']],
    ]);
  });

  it('gives them back in albums of ten, and a single one alone', async () => {
    await began();
    await sends(...Array.from({ length: 12 }, () => 'anna~'));
    await works();
    expect(own().map(({ length }) => length)).toEqual([10, 2]);
  });

  it('nothing of it is said in a group, where a photo means nothing', async () => {
    await began();
    const ask = stage.ask(ALICE, '', ['anna~']);
    await stage.chat.ask(ask);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'confirm' }]);
    const inGroup = await stage.say(ALICE, 'me', ['anna']);
    expect(textOf(inGroup)).not.toContain(en.series.goOn);
  });

  it('a photo of somebody who sent no /me is offered what it may be for, as ever', async () => {
    await began();
    expect(await stage.say(BOB, '', ['ben'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);
  });

  it('a photo that cannot be looked at costs itself alone', async () => {
    await began();
    const { fetchPhoto } = stage.platform.courier;
    const { Failure } = await import('../../src/failure.ts');
    stage.platform.courier.fetchPhoto = async (...of) => {
      if (of[0].who === 'torn') throw new Failure('image_unreadable');
      return await fetchPhoto(...of);
    };
    await sends('anna~', 'torn', 'anna~');
    await works();
    expect(textOf(await running())).toContain('You are in 2 of 2 photos so far. 1 could not be looked at.');
  });

  it('ends 15 minutes after the last photo, and an hour after the first /me', async () => {
    await began();
    await sends('anna~');
    await works();
    stage.clock.ms += 14 * MINUTE_MS;
    await sends('anna~');
    await works();
    expect(textOf(await running())).toContain('You are in 2 of 2 photos so far.');
    stage.clock.ms += 15 * MINUTE_MS;
    await works();
    expect(textOf(await running())).toBe(`${en.series.ended.other} You are in 2 of 2 photos.`);
    expect(await stage.say(ALICE, '', ['anna'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);

    await began();
    first = undefined;
    for (let minutes = 0; minutes < 60; minutes += 10) {
      await sends('anna~');
      await works();
      stage.clock.ms += 10 * MINUTE_MS;
    }
    expect(await stage.say(ALICE, '', ['anna'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);
  });

  it('Stop ends it: what waits is not looked at', async () => {
    await began();
    await sends('anna~');
    await works();
    const fetched = stage.platform.fetched.length;
    await sends('anna~', 'ben');
    await stage.chat.press(await press(en.series.stop));
    await works();
    expect(textOf(await running())).toBe(`${en.series.ended.stopped} You are in 1 of 1 photo.`);
    expect(stage.platform.fetched).toHaveLength(fetched);
    expect(await stage.parts.stores.pending.list('seriesphoto')).toEqual([]);
  });

  it('Stop while a photo is looked at holds too', async () => {
    await began();
    await sends('anna~', 'anna~');
    await works();
    const stop = await press(en.series.stop);
    await sends('anna~', 'anna~');
    stage.platform.waits.photos = async () => {
      delete stage.platform.waits.photos;
      await stage.chat.press(stop);
    };
    await works();
    await works();
    expect(textOf(await running())).toBe(`${en.series.ended.stopped} You are in 2 of 2 photos.`);
  });

  it('a message that is delivered again counts once, also after Stop', async () => {
    await began();
    const [ask] = await sends('anna~');
    await works();
    if (ask) await stage.chat.ask(ask);
    await works();
    expect(textOf(await running())).toContain('You are in 1 of 1 photo so far.');
    await stage.chat.press(await press(en.series.stop));
    if (ask) await stage.chat.ask(ask);
    await works();
    expect(own()).toEqual([['anna~']]);
  });

  it('a photo that shows somebody else is taken out, and deleted', async () => {
    await began();
    await sends(...Array.from({ length: 11 }, () => 'anna~'));
    await works();
    const asked = await press(en.series.which);
    await stage.chat.press(asked);
    const which = await stage.platform.shownAt(asked.address.message);
    expect(which).toMatchObject([{ kind: 'confirm', text: en.series.ask }]);
    const labels = which.flatMap((reply) =>
      ('actions' in reply ? (reply.actions ?? []) : []).map(({ label }) => label),
    );
    expect(labels).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `Photo ${11 - index} is not me`),
      en.series.earlier,
    ]);
    const earlier = await stage.press(ALICE, action(which, 'confirm', 10), PRIVATE);
    const out = action(earlier, 'confirm');
    expect(out.label).toBe('Photo 1 is not me');
    expect(textOf(await stage.press(ALICE, out, PRIVATE))).toContain('Photo 1 is taken out');
    // Pressed again, it changes nothing more.
    await stage.press(ALICE, out, PRIVATE);
    await works();
    expect(textOf(await running())).toContain('You are in 10 of 11 photos so far.');
    expect(await stage.parts.metrics.text()).toMatch(/harm="not_me"\} 1/);
  });

  it('nobody else can press its buttons', async () => {
    await began();
    await sends('anna~');
    await works();
    const { action: id } = await press(en.series.stop);
    expect(await stage.press(BOB, { id }, PRIVATE)).toMatchObject([{ code: 'expired' }]);
    await works();
    expect(textOf(await running())).toContain('so far');
  });

  it('makes way for single asks, but does not wait for ever', async () => {
    await began();
    await stage.agreed(BOB, 'find', ['carl']);
    const finding = Promise.withResolvers<void>();
    const order: unknown[] = [];
    const { fetchPhoto } = stage.platform.courier;
    stage.platform.courier.fetchPhoto = async (...of) => {
      if (of[0].who === 'eve') await finding.promise;
      order.push(of[0].who);
      return await fetchPhoto(...of);
    };
    const found = stage.say(BOB, 'find', ['eve']);
    await expect.poll(async () => (await stage.flow.queue.state()).running).toBe(1);
    await sends('anna~');
    const worked = works();
    setTimeout(finding.resolve, 300);
    await Promise.all([found, worked]);
    expect(order).toEqual(['eve', 'anna~']);

    const other = Promise.withResolvers<void>();
    stage.platform.courier.fetchPhoto = async (...of) => {
      if (of[0].who === 'eve') await other.promise;
      return await fetchPhoto(...of);
    };
    const last = stage.say(BOB, 'find', ['eve']);
    await sends('anna~');
    await works();
    expect(textOf(await running())).toContain('You are in 2 of 2 photos so far.');
    other.resolve();
    await last;
  });

  it('looks for nobody who left the group meanwhile', async () => {
    await began();
    await sends('anna~');
    await works();
    stage.platform.memberships.set(ALICE.id, 'gone');
    const fetched = stage.platform.fetched.length;
    await sends('anna~');
    await works();
    expect(stage.platform.fetched).toHaveLength(fetched);
    expect(textOf(await running())).toContain('You are not a member of that group');
  });

  it('in another group begins only once this one is over', async () => {
    await began();
    await sends('anna~');
    await works();
    await stage.press(ALICE, action(await stage.say(ALICE, 'enroll', ['anna'], { place: TEAM }), 'agree'), {
      place: TEAM,
    });
    const other = { about: TEAM };
    expect(textOf(await began(other))).not.toContain(en.series.goOn);
    await stage.chat.press(await press(en.series.stop));
    await works();
    expect(textOf(await began(other))).toContain(en.series.goOn);
    first = undefined;
    await sends('anna~');
    await works();
    expect(textOf(await running())).toContain('You are in 1 of 1 photo so far.');
  });
});

describe('however it is interrupted', () => {
  beforeEach(() => openWith());
  /** As if it were killed here: nothing that this program does from now on is kept. */
  const dies = () => {
    const gone = () => Promise.reject(new Error('killed'));
    Object.assign(stage.flow.series, { change: gone, dropPhoto: gone });
    throw new Error('killed');
  };

  it('a restart goes on with what waits: nothing twice, nothing missing', async () => {
    await began();
    await sends(...Array.from({ length: 25 }, (_, index) => (index % 2 === 0 ? 'anna~' : 'ben')));
    const stopped = new AbortController();
    let seen = 0;
    stage.platform.waits.photos = async () => {
      seen += 1;
      if (seen === 7) stopped.abort();
    };
    await stage.workOnSeries(stopped.signal);
    await stage.restart();
    delete stage.platform.waits.photos;
    await works();
    expect(textOf(await running())).toContain('You are in 13 of 25 photos so far.');
    const numbers = stage.platform.own.flat().map(([, caption]) => caption);
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, index) => `Photo ${2 * index + 1}`));
  });

  it('a worker that dies while it sends photos sends none twice, says so, and sends them on request', async () => {
    await began();
    await sends('anna~', 'anna~');
    stage.platform.owning.meanwhile = async () => void dies();
    await works();
    delete stage.platform.owning.meanwhile;
    await stage.restart();
    await works();
    expect(own()).toEqual([['anna~', 'anna~']]);
    expect(textOf(await running())).toContain('I was interrupted while I sent you 2 of them');
    await stage.chat.press(await press(en.series.again));
    await works();
    expect(own()).toEqual([
      ['anna~', 'anna~'],
      ['anna~', 'anna~'],
    ]);
    expect(textOf(await running())).not.toContain('interrupted');
  });

  it('a worker that dies between a photo and the next counts none twice', async () => {
    await began();
    await sends('anna~', 'ben');
    Object.assign(stage.flow.series, { dropPhoto: async () => dies() });
    await works();
    await stage.restart();
    await works();
    expect(textOf(await running())).toContain('You are in 1 of 2 photos so far.');
    expect(own()).toEqual([['anna~']]);
  });

  it('two workers do everything once', async () => {
    await began();
    await sends(...Array.from({ length: 30 }, () => 'anna~'));
    await Promise.all([works(), works(), works()]);
    await works();
    expect(textOf(await running())).toContain('You are in 30 of 30 photos so far.');
    expect(own().flat()).toHaveLength(30);
  });

  it('albums that arrive at the same moment are all taken in', async () => {
    await began();
    const asks = Array.from({ length: 5 }, () => stage.ask(ALICE, '', ['anna~', 'ben'], PRIVATE));
    first = asks[0]?.address.message;
    await Promise.all(asks.map((ask) => stage.chat.ask(ask)));
    await works();
    const shown = await Promise.any(asks.map((ask) => stage.platform.shownAt(ask.address.message)));
    expect(textOf(shown)).toContain('You are in 5 of 10 photos so far.');
  });
});

describe('/forget in the middle', () => {
  it.each(['waiting', 'being looked at'])('leaves nothing of photos that are %s', async (when) => {
    await openWith();
    await began();
    await sends('anna~');
    await works();
    await sends('anna~', 'anna~');
    const forget = async () => {
      await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    };
    if (when === 'waiting') await forget();
    else {
      stage.platform.waits.photos = async () => {
        delete stage.platform.waits.photos;
        await forget();
      };
    }
    const before = own().length;
    await works();
    await works();
    expect(own()).toHaveLength(before);
    const { pending } = stage.parts.stores;
    expect([await pending.list('series'), await pending.list('seriesphoto')]).toEqual([[], []]);
    expect(textOf(await running())).toContain('You were erased after you asked for this');
    expect(await stage.say(ALICE, '', ['anna'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);
  });

  it.each([
    ['leaving the group', () => stage.chat.left(CLUB, ALICE)],
    ['removing the bot', () => stage.chat.removed(CLUB)],
  ])('so does %s', async (_, happens) => {
    await openWith();
    await began();
    await sends('anna~');
    await happens();
    const { pending } = stage.parts.stores;
    expect([await pending.list('series'), await pending.list('seriesphoto')]).toEqual([[], []]);
  });
});

describe('the chance', () => {
  /** A face at this distance from Anna's. */
  async function away(name: string, distance: number) {
    const held = await stage.flow.gallery.dossier(await stage.scope(), ALICE);
    const anna = held?.templates[0]?.embedding;
    if (!anna) throw new Error('Alice is not enrolled');
    const cosine = 1 - distance ** 2 / 2;
    const across = anna.indexOf(0);
    const face = anna.map((value, at) => (at === across ? Math.sqrt(1 - cosine ** 2) : value * cosine));
    expect(distanceBetween(anna, face)).toBeCloseTo(distance, 3);
    stage.embeddings.set(name, face);
  }
  /** The largest distance of a match, if one photo with one face is one of so many. */
  const limit = (photos: number) => {
    const { matcher } = stage.parts.recognition;
    return matcher.distanceAtChance(0.01, { templates: 1, faces: photos, power: matcher.powerIn(undefined) });
  };

  it('is that of all photos of a day: what is a match alone is only possible among 2,000, and shown on request', async () => {
    await openWith();
    await began();
    const [alone, among] = [limit(1), limit(2_000)];
    expect(alone - among).toBeGreaterThan(0.03);
    await away('near', among - 0.005);
    await away('far', among + 0.005);
    const [single] = await stage.say(ALICE, 'me', ['far'], PRIVATE);
    expect(single).toMatchObject({ kind: 'presence', found: 1 });
    await sends('near', 'far');
    await works();
    const text = textOf(await running());
    expect(text).toContain('You are in 1 of 2 photos so far.');
    expect(own()).toEqual([['near']]);
    expect(text).toContain('You may be in 1 more: that is uncertain.');
    await stage.chat.press(await press(en.me.showPossible));
    await works();
    expect(stage.platform.own[1]).toEqual([['far', 'Photo 2: perhaps']]);
    expect(textOf(await running())).toContain('You are in 1 of 2 photos so far.');
  });

  it('does not grow with the number of series: their photos together are at most those of a day', async () => {
    await openWith(6);
    await began();
    await sends('anna~', 'anna~', 'anna~');
    await works();
    await stage.chat.press(await press(en.series.stop));
    await works();
    await began();
    first = undefined;
    await sends('anna~', 'anna~');
    await works();
    // Two /me with a photo each count too, so that one is too many.
    expect(textOf(await running())).toContain('You are in 1 of 1 photo so far.');
    expect(textOf(await running())).toMatch(
      /1 more was not taken: I look at 6 photos of one person in a day\. Send it again in 24 hours\./,
    );
  });
});

describe('the photos of a day', () => {
  it('are limited, also for who is erased and comes back, and go on a day later', async () => {
    await openWith(4);
    await began();
    await sends('anna~', 'anna~', 'anna~', 'anna~');
    await works();
    expect(textOf(await running())).toContain('You are in 3 of 3 photos so far. 1 more was not taken');
    const tooMany = { code: 'rate_limited', text: expect.stringContaining('as many photos looked through') };
    expect(await stage.say(ALICE, 'me', ['anna'], PRIVATE)).toMatchObject([tooMany]);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await began()).toMatchObject([tooMany]);
    stage.clock.ms += 24 * 60 * MINUTE_MS;
    expect(await began()).toMatchObject([{ kind: 'presence' }, { text: en.series.goOn }]);
  });
});
