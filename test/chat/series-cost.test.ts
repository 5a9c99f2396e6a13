import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../support/words.ts';
import { openSeriesStage, PRIVATE } from './series-stage.ts';
import { ALICE, action, CLUB } from './stage.ts';

const MINUTE_MS = 60_000;

let on: Awaited<ReturnType<typeof openSeriesStage>>;
beforeEach(async () => {
  on = await openSeriesStage();
});
afterEach(() => on.stage[Symbol.asyncDispose]());

describe('what is kept of photos after /me', () => {
  it('a long one stays cheap: what is rewritten with each photo stays small, and each message counts once', async () => {
    await on.began();
    const asks = await on.sends(...Array.from({ length: 150 }, () => 'anna~'));
    await on.works();
    await on.says('You are in 150 of 150 photos so far.');
    const [head] = await on.stage.parts.stores.pending.list('series');
    expect(head?.body.length).toBeLessThan(6_000);
    for (const ask of [asks[0], asks[70], asks[149]]) if (ask) await on.stage.chat.ask(ask);
    await on.works();
    await on.says('You are in 150 of 150 photos so far.');
    expect(on.own().flat()).toHaveLength(150);
  });

  it('costs nothing while nothing is to be done for it: nobody’s is read', async () => {
    const ask = on.stage.ask(ALICE, 'me', [], { place: CLUB });
    for (let person = 0; person < 50; person += 1) {
      await on.stage.flow.series.open({ ...ask, person: { ...ALICE, id: `2${person}` } }, { places: [] });
    }
    const { pending } = on.stage.parts.stores;
    const { list } = pending;
    let read = 0;
    pending.list = async (...of) => {
      const items = await list(...of);
      read += items.length;
      return items;
    };
    await on.stage.workOnSeries();
    expect(read).toBe(0);
    on.stage.clock.ms += 15 * MINUTE_MS;
    await on.stage.workOnSeries();
    expect(read).toBeGreaterThanOrEqual(50);
  });

  it('nothing of it is kept 15 minutes after its end, or after the last press of a button', async () => {
    await on.began();
    await on.sends('anna~', 'anna~');
    await on.works();
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    on.stage.clock.ms += 14 * MINUTE_MS;
    const which = await on.stage.press(ALICE, { id: (await on.pressOf(en.series.which)).action }, PRIVATE);
    await on.stage.press(ALICE, action(which, 'confirm'), PRIVATE);
    await on.works();
    on.stage.clock.ms += 14 * MINUTE_MS;
    await on.works();
    expect(await on.kept()).not.toEqual([]);
    on.stage.clock.ms += MINUTE_MS;
    await on.works();
    expect(await on.kept()).toEqual([]);
  });
});
