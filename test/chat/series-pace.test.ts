import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { BRIEF } from '../../src/queue/pending.ts';
import { openSeriesStage, PRIVATE } from './series-stage.ts';
import { BOB } from './stage.ts';

const MINUTE_MS = 60_000;

let on: Awaited<ReturnType<typeof openSeriesStage>>;
beforeEach(async () => {
  on = await openSeriesStage();
});
afterEach(() => on.stage[Symbol.asyncDispose]());

describe('the pace of photos after /me', () => {
  it('photos that come one after the other change the answer every 3 seconds at most, and are given together', async () => {
    await on.began();
    const [first] = await on.sends('anna~');
    await on.works();
    const told = on.stage.platform.timesAnswered(first?.address.message);
    on.stage.clock.ms += 3_000;
    for (let photo = 0; photo < 5; photo += 1) {
      await on.sends('anna~');
      await on.stage.workOnSeries();
      on.stage.clock.ms += 500;
    }
    await on.works();
    expect(on.stage.platform.timesAnswered(first?.address.message) - told).toBe(2);
    expect(on.own().map(({ length }) => length)).toEqual([1, 1, 4]);
    await on.says('You are in 6 of 6 photos so far.');
  });

  it('a series is not kept for ever while its answer is refused, and goes on when a worker comes back late', async () => {
    await on.began();
    await on.sends('anna~');
    on.stage.clock.ms += 70 * MINUTE_MS;
    const { answer } = on.stage.platform.courier;
    on.stage.platform.courier.answer = () => Promise.reject(new Failure('internal'));
    await on.works();
    expect(on.own()).toEqual([['anna~']]);
    for (let minutes = 70; minutes < 180; minutes += 10) {
      on.stage.clock.ms += 10 * MINUTE_MS;
      await on.works();
    }
    on.stage.platform.courier.answer = answer;
    await on.stage.parts.stores.pending.tidy(BRIEF, on.stage.clock.ms);
    expect(await on.kept()).toEqual([]);
  });

  it('a series that cannot be worked on for a moment does not wait until all others are done', async () => {
    await on.began();
    await on.stage.agreed(BOB, 'enroll', ['ben']);
    await on.stage.agreed(BOB, 'me', ['ben']);
    await on.stage.say(BOB, 'me', ['ben'], PRIVATE);
    const { fetchPhoto } = on.stage.platform.courier;
    const order: unknown[] = [];
    let isDown = true;
    on.stage.platform.courier.fetchPhoto = async (...of) => {
      const { who } = of[0];
      if (who === 'anna~' && isDown) {
        isDown = false;
        throw new Failure('unavailable');
      }
      if (who === 'ben~') await sleep(50);
      order.push(who);
      return await fetchPhoto(...of);
    };
    await on.sends('anna~');
    const many = Array.from({ length: 10 }, () => 'ben~');
    for (let album = 0; album < 5; album += 1) await on.stage.chat.ask(on.stage.ask(BOB, '', many, PRIVATE));
    await on.stage.workOnSeries();
    expect(order.indexOf('anna~')).toBeGreaterThan(-1);
    expect(order.indexOf('anna~')).toBeLessThan(order.lastIndexOf('ben~'));
  });
});
