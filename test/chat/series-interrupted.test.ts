import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { en } from '../support/words.ts';
import { openSeriesStage, PRIVATE, textOf } from './series-stage.ts';
import { ALICE, action, CLUB } from './stage.ts';

let on: Awaited<ReturnType<typeof openSeriesStage>>;
const begin = async (photosADay?: number) => {
  on = await openSeriesStage(photosADay);
};
afterEach(() => on.stage[Symbol.asyncDispose]());

describe('however it is interrupted', () => {
  beforeEach(() => begin());

  it('a restart goes on with what waits: nothing twice, nothing missing', async () => {
    await on.began();
    await on.sends(...Array.from({ length: 25 }, (_, index) => (index % 2 === 0 ? 'anna~' : 'ben')));
    const stopped = new AbortController();
    let seen = 0;
    on.stage.platform.waits.photos = async () => {
      seen += 1;
      if (seen === 7) stopped.abort();
    };
    await on.stage.workOnSeries(stopped.signal);
    await on.stage.restart();
    delete on.stage.platform.waits.photos;
    await on.works();
    await on.says('You are in 13 of 25 photos so far.');
    const numbers = on.stage.platform.own.flat().map(([, caption]) => caption);
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, index) => `Photo ${2 * index + 1}`));
  });

  it('a worker that dies as it begins says afterwards that nothing more comes where it still says that it looks', async () => {
    await on.began();
    const { placeholder } = on.stage.platform.courier;
    on.stage.platform.courier.placeholder = async (...of) => {
      await placeholder(...of);
      return on.dies();
    };
    await on.sends('anna~');
    await on.works();
    on.stage.platform.courier.placeholder = placeholder;
    await on.stage.restart();
    await on.works();
    await on.says(`You are in 1 of 1 photo so far. ${en.series.torn}`);
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    await on.says(en.series.torn);
  });

  it('a platform that lets it wait as it begins showed nothing, so nothing is said of it', async () => {
    await on.began();
    const { placeholder } = on.stage.platform.courier;
    on.stage.platform.courier.placeholder = async () => {
      on.stage.platform.courier.placeholder = placeholder;
      throw new Failure('unavailable', { details: { seconds: 20 } });
    };
    await on.sends('anna~');
    await on.works();
    expect(textOf(await on.running())).not.toContain(en.series.torn);
  });

  it('when nothing ran until it was too late, its person is told so where they were waiting', async () => {
    await on.began();
    await on.sends('anna~');
    on.stage.platform.waits.photos = async () => on.dies();
    await on.works();
    delete on.stage.platform.waits.photos;
    await on.stage.restart();
    on.stage.clock.ms += 180 * 60_000;
    await on.works();
    await on.says('I did not get to the end of this in time.');
    expect(await on.kept()).toEqual([]);
  });

  it('a photo that was sent by a worker that died right afterwards is not sent again on request', async () => {
    await on.began();
    await on.sends('anna~', 'anna~');
    const { series } = on.stage.flow;
    const { given } = series.parts;
    let noted = 0;
    Object.assign(series.parts, {
      async given(...of: Parameters<typeof given>) {
        await given(...of);
        noted += 1;
        if (noted === 2) on.dies();
      },
    });
    await on.works();
    await on.stage.restart();
    await on.works();
    await on.stage.chat.press(await on.pressOf(en.series.again));
    await on.works();
    expect(on.own()).toEqual([['anna~', 'anna~']]);
    await on.says('You are in 2 of 2 photos so far.');
    expect(textOf(await on.running())).not.toContain('interrupted');
  });

  it('a worker that dies while it sends photos sends none twice, says so, and sends them on request', async () => {
    await on.began();
    await on.sends('anna~', 'anna~');
    on.stage.platform.owning.meanwhile = async () => on.dies();
    await on.works();
    delete on.stage.platform.owning.meanwhile;
    await on.stage.restart();
    await on.works();
    expect(on.own()).toEqual([['anna~', 'anna~']]);
    await on.says('I was interrupted while I sent you 2 of them');
    await on.stage.chat.press(await on.pressOf(en.series.again));
    await on.works();
    expect(on.own()).toEqual([
      ['anna~', 'anna~'],
      ['anna~', 'anna~'],
    ]);
    expect(textOf(await on.running())).not.toContain('interrupted');
  });

  it('a worker that dies between a photo and the next counts none twice', async () => {
    await on.began();
    await on.sends('anna~', 'ben');
    Object.assign(on.stage.flow.series, { dropPhoto: async () => on.dies() });
    await on.works();
    await on.stage.restart();
    await on.works();
    await on.says('You are in 1 of 2 photos so far.');
    expect(on.own()).toEqual([['anna~']]);
  });

  it('two workers do everything once', async () => {
    await on.began();
    await on.sends(...Array.from({ length: 30 }, () => 'anna~'));
    await Promise.all([on.works(), on.works(), on.works()]);
    await on.works();
    await on.says('You are in 30 of 30 photos so far.');
    expect(on.own().flat()).toHaveLength(30);
  });

  it('albums that arrive at the same moment are all taken in', async () => {
    await on.began();
    const asks = Array.from({ length: 5 }, () => on.stage.ask(ALICE, '', ['anna~', 'ben'], PRIVATE));
    await Promise.all(asks.map((ask) => on.stage.chat.ask(ask)));
    await on.works();
    const shown = await Promise.any(asks.map((ask) => on.stage.platform.shownAt(ask.address.message)));
    expect(textOf(shown)).toContain('You are in 5 of 10 photos so far.');
  });
});

describe('/forget in the middle', () => {
  it.each(['waiting', 'being looked at'])('leaves nothing of photos that are %s', async (when) => {
    await begin();
    await on.began();
    await on.sends('anna~');
    await on.works();
    await on.sends('anna~', 'anna~');
    const forget = async () => {
      await on.stage.press(ALICE, action(await on.stage.say(ALICE, 'forget'), 'confirm'));
    };
    if (when === 'waiting') await forget();
    else {
      on.stage.platform.waits.photos = async () => {
        delete on.stage.platform.waits.photos;
        await forget();
      };
    }
    const before = on.own().length;
    await on.works();
    await on.works();
    expect(on.own()).toHaveLength(before);
    expect(await on.kept()).toEqual([]);
    await on.says('You were erased after you asked for this');
    expect(await on.stage.say(ALICE, '', ['anna'], PRIVATE)).toMatchObject([{ kind: 'confirm' }]);
  });

  it('leaves nothing of a photo that a worker keeps a moment later, even if the worker dies then', async () => {
    await begin();
    await on.began();
    await on.sends('anna~');
    const confirm = action(await on.stage.say(ALICE, 'forget'), 'confirm');
    on.stage.platform.waits.photos = async () => {
      delete on.stage.platform.waits.photos;
      await on.stage.press(ALICE, confirm);
    };
    const { parts } = on.stage.flow.series;
    const { keep } = parts;
    let isKeeping = false;
    Object.assign(parts, {
      async keep(...of: Parameters<typeof keep>) {
        isKeeping = true;
        await keep(...of);
        return on.dies();
      },
    });
    await on.works();
    expect(isKeeping).toBe(true);
    expect(await on.kept()).toEqual([]);
  });

  it.each([
    ['while it begins', false],
    ['after it was killed as it began', true],
  ])('says so %s, where it says that it looks or below', async (_, isKilled) => {
    await begin();
    await on.began();
    const confirm = action(await on.stage.say(ALICE, 'forget'), 'confirm');
    const { placeholder } = on.stage.platform.courier;
    on.stage.platform.courier.placeholder = async (...of) => {
      on.stage.platform.courier.placeholder = placeholder;
      const address = await placeholder(...of);
      if (isKilled) on.dies();
      await on.stage.press(ALICE, confirm);
      return { ...address, message: 'looks' };
    };
    const [ask] = await on.sends('anna~');
    await on.works();
    if (isKilled) {
      await on.stage.restart();
      await on.stage.press(ALICE, confirm);
    }
    const said = await on.stage.platform.shownAt(isKilled ? ask?.address.message : 'looks');
    expect(textOf(said)).toContain('You were erased after you asked for this');
    await on.works();
    expect(await on.kept()).toEqual([]);
  });

  it('leaves nothing of photos that are being taken in', async () => {
    await begin();
    await on.began();
    await on.sends('anna~');
    const confirm = action(await on.stage.say(ALICE, 'forget'), 'confirm');
    const { dailyPhotos } = on.stage.flow;
    const { spend } = dailyPhotos;
    Object.assign(dailyPhotos, {
      async spend(...of: Parameters<typeof spend>) {
        const granted = await spend(...of);
        await on.stage.press(ALICE, confirm);
        return granted;
      },
    });
    await on.sends('anna~');
    expect(await on.kept()).toEqual([]);
  });

  it('leaves nothing of a /me that is being answered', async () => {
    await begin();
    await on.began();
    await on.sends('anna~');
    await on.works();
    const confirm = action(await on.stage.say(ALICE, 'forget'), 'confirm');
    on.stage.platform.waits.photos = async () => {
      delete on.stage.platform.waits.photos;
      await on.stage.press(ALICE, confirm);
    };
    await on.stage.say(ALICE, 'me', ['anna'], PRIVATE);
    await expect.poll(async () => (await on.stage.flow.queue.state()).running).toBe(0);
    expect(await on.kept()).toEqual([]);
  });

  it.each([
    ['leaving the group', () => on.stage.chat.left(CLUB, ALICE)],
    ['removing the bot', () => on.stage.chat.removed(CLUB)],
  ])('so does %s', async (_, happens) => {
    await begin();
    await on.began();
    await on.sends('anna~');
    await happens();
    expect(await on.kept()).toEqual([]);
  });
});
