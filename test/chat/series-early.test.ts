import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { en } from '../support/words.ts';
import { openSeriesStage, PRIVATE, textOf } from './series-stage.ts';
import { ALICE, action, TEAM } from './stage.ts';

let on: Awaited<ReturnType<typeof openSeriesStage>>;
beforeEach(async () => {
  on = await openSeriesStage();
});
afterEach(() => on.stage[Symbol.asyncDispose]());

/** Alice has agreed to search for herself, and no series of hers goes on. */
async function agrees() {
  await on.began();
  on.stage.clock.ms += 16 * 60_000;
  await on.works();
}

/** A /me that a worker has not answered until `ends` is called. */
async function slowly(photos: readonly string[] = ['anna']) {
  const { promise, resolve: ends } = Promise.withResolvers<void>();
  on.stage.platform.waits.photos = () => promise;
  const ask = on.stage.ask(ALICE, 'me', photos, PRIVATE);
  await on.stage.chat.ask(ask);
  return {
    ends() {
      delete on.stage.platform.waits.photos;
      ends();
      return on.stage.platform.shownAt(ask.address.message);
    },
  };
}

const pressed = (replies: Awaited<ReturnType<typeof on.began>>, role: 'agree' | 'decline') =>
  on.stage.press(ALICE, action(replies, role), PRIVATE);
const fetched = () => on.stage.platform.fetched.length;

describe('photos that come before a /me is answered', () => {
  it('belong to it, and its answer speaks of them', async () => {
    await agrees();
    const me = await slowly();
    const asks = await on.sends('anna~', 'ben', 'anna~');
    expect(textOf(await me.ends())).toContain('The 3 other photos that you sent are in an answer of their own.');
    await on.works();
    await on.says('You are in 2 of 3 photos so far.');
    expect(on.own()).toEqual([['anna~', 'anna~']]);
    for (const { address } of asks.slice(1)) expect(on.stage.platform.timesAnswered(address.message)).toBe(0);
  });

  it('belong to it too when the first of them was what it waited for', async () => {
    await agrees();
    const asked = await on.stage.say(ALICE, 'me', [], PRIVATE);
    expect(asked).toMatchObject([{ code: 'no_photo' }]);
    const first = on.stage.ask(ALICE, '', ['anna'], PRIVATE);
    const { promise, resolve } = Promise.withResolvers<void>();
    on.stage.platform.waits.photos = () => promise;
    await on.stage.chat.ask(first);
    await on.sends(...Array.from({ length: 29 }, () => 'anna~'));
    delete on.stage.platform.waits.photos;
    resolve();
    const answer = await on.stage.platform.shownAt(first.address.message);
    expect(answer[0]).toMatchObject({ kind: 'presence', found: 1 });
    expect(textOf(answer)).toContain('The 29 other photos that you sent');
    await on.works();
    await on.works();
    await on.says('You are in 29 of 29 photos so far.');
    expect(on.own().flat()).toHaveLength(29);
  });

  it('are looked at after a restart amid all of it: nothing twice, nothing missing', async () => {
    await agrees();
    const { queue } = on.stage.flow;
    const { add } = queue;
    Object.assign(queue, { add: async () => Promise.reject(new Error('killed')) });
    const ask = on.stage.ask(ALICE, 'me', ['anna'], PRIVATE);
    on.stage.platform.courier.answer = (
      (answer) =>
      async (...of) => {
        if (of[0].message === ask.address.message && of[1][0]?.kind === 'error') throw new Failure('unavailable');
        return await answer(...of);
      }
    )(on.stage.platform.courier.answer);
    await expect(on.stage.chat.ask(ask)).rejects.toThrow();
    Object.assign(queue, { add });
    await on.stage.restart();
    // The platform delivers again what was not confirmed.
    await on.stage.chat.ask(ask);
    const [sent] = await on.sends('anna~', 'ben');
    await on.stage.restart();
    if (sent) await on.stage.chat.ask(sent);
    expect((await on.stage.platform.shownAt(ask.address.message))[0]).toMatchObject({ kind: 'presence', found: 1 });
    await on.works();
    await on.says('You are in 1 of 2 photos so far.');
    expect(on.own()).toEqual([['anna~']]);
  });

  it('leave nothing when their person is erased before the answer', async () => {
    await agrees();
    const confirm = action(await on.stage.say(ALICE, 'forget'), 'confirm');
    const me = await slowly();
    await on.sends('anna~', 'anna~');
    await on.stage.press(ALICE, confirm);
    await me.ends();
    await on.works();
    expect(await on.kept()).toEqual([]);
    expect(on.own()).toEqual([]);
  });

  it('are nobody’s after a /me that could not be answered', async () => {
    await agrees();
    const { fetchPhoto } = on.stage.platform.courier;
    on.stage.platform.courier.fetchPhoto = async () => Promise.reject(new Failure('image_unreadable'));
    expect(await on.stage.say(ALICE, 'me', ['torn'], PRIVATE)).toMatchObject([{ code: 'image_unreadable' }]);
    on.stage.platform.courier.fetchPhoto = fetchPhoto;
    await expect.poll(async () => (await on.stage.flow.queue.state()).running).toBe(0);
    expect(await on.stage.say(ALICE, '', ['anna'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);
  });
});

describe('photos that come while the notice of a /me is open', () => {
  const asks = async () => {
    const notice = await on.stage.say(ALICE, 'me', ['anna'], PRIVATE);
    expect(notice[0]?.kind).toBe('consent');
    return notice;
  };

  it('wait for the answer, in one message that says so, and then are looked at', async () => {
    const notice = await asks();
    const before = fetched();
    await on.sends('anna~', 'ben', 'anna~');
    await on.works();
    await on.says('3 photos wait until you have answered the question above.');
    expect(fetched()).toBe(before);
    const answer = await pressed(notice, 'agree');
    expect(answer[0]).toMatchObject({ kind: 'presence', found: 1 });
    expect(textOf(answer)).toContain('The 3 other photos that you sent');
    await on.works();
    await on.says('You are in 2 of 3 photos so far.');
    expect(on.own()).toEqual([['anna~', 'anna~']]);
  });

  it('wait through a restart', async () => {
    const notice = await asks();
    await on.sends('anna~');
    await on.stage.restart();
    await on.sends('anna~');
    await on.works();
    await on.says('2 photos wait');
    await on.stage.restart();
    await pressed(notice, 'agree');
    await on.works();
    await on.says('You are in 2 of 2 photos so far.');
  });

  it('are not looked at when it is declined', async () => {
    const notice = await asks();
    await on.sends('anna~');
    await on.works();
    const before = fetched();
    await pressed(notice, 'decline');
    await on.works();
    await on.says(`${en.series.ended.stopped} I looked at none of your photos.`);
    expect(fetched()).toBe(before);
    expect(await on.stage.parts.stores.pending.list('seriesphoto')).toEqual([]);
    expect(await on.stage.say(ALICE, '', ['anna'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);
  });

  it('are not looked at when nobody answers it, however many come', async () => {
    await asks();
    const before = fetched();
    for (let minutes = 0; minutes < 15; minutes += 5) {
      await on.sends('anna~');
      on.stage.clock.ms += 5 * 60_000;
    }
    await on.works();
    await on.says(`${en.series.ended.other} I looked at none of your photos.`);
    expect(fetched()).toBe(before);
    expect(await on.stage.parts.stores.pending.list('seriesphoto')).toEqual([]);
  });

  it('are let go by Stop, and the /me itself is still answered', async () => {
    const notice = await asks();
    await on.sends('anna~');
    await on.works();
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    await on.says(en.series.ended.stopped);
    expect((await pressed(notice, 'agree'))[0]).toMatchObject({ kind: 'presence', found: 1 });
    await on.works();
    expect(on.own()).toEqual([]);
  });

  it('leave nothing after /forget', async () => {
    await asks();
    await on.sends('anna~');
    await on.works();
    await on.stage.press(ALICE, action(await on.stage.say(ALICE, 'forget'), 'confirm'));
    expect(await on.kept()).toEqual([]);
    await on.says('You were erased after you asked for this');
  });

  it('end with the reason when the person may not ask any more', async () => {
    const notice = await asks();
    await on.sends('anna~');
    on.stage.platform.memberships.set(ALICE.id, 'gone');
    await pressed(notice, 'agree');
    await on.works();
    await on.says('You are not a member of that group');
  });
});

describe('photos that come while nobody knows which group a /me is about', () => {
  /** By this command Alice gets known in a second group. Then she sends a /me and two photos. */
  const which = async (command: string) => {
    const notice = await on.stage.say(ALICE, command, ['anna'], { place: TEAM });
    await on.stage.press(ALICE, action(notice, 'agree'), { place: TEAM });
    const replies = await on.stage.say(ALICE, 'me', ['anna'], PRIVATE);
    expect(textOf(replies)).toBe(en.place.which);
    await on.sends('anna~', 'ben');
    return replies;
  };

  it('wait until it is picked and its notice is answered', async () => {
    const replies = await which('enroll');
    const notice = await on.stage.press(ALICE, action(replies, 'confirm'), PRIVATE);
    expect(notice[0]?.kind).toBe('consent');
    await on.sends('anna~');
    await on.works();
    await on.says('3 photos wait');
    expect(textOf(await pressed(notice, 'agree'))).toContain('The 3 other photos that you sent');
    await on.works();
    await on.says('You are in 2 of 3 photos so far.');
  });

  it('end with the reason when the person is not enrolled in the group that they pick', async () => {
    const replies = await which('find');
    await on.stage.press(ALICE, action(replies, 'confirm', 1), PRIVATE);
    await on.works();
    await on.says('you have not enrolled it in the group');
  });

  it('are named in /mydata all the same', async () => {
    await which('enroll');
    const told = en.mydata.series({ group: en.place.yours, received: 2, waiting: 2, date: '' }).split(',', 1)[0] ?? '';
    expect(told).toContain('your group');
    expect(textOf(await on.stage.say(ALICE, 'mydata', [], PRIVATE))).toContain(told);
  });
});
