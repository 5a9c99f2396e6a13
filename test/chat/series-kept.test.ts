import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../support/words.ts';
import { openSeriesStage, PRIVATE, textOf } from './series-stage.ts';
import { ALICE, BOB, CLUB } from './stage.ts';

let on: Awaited<ReturnType<typeof openSeriesStage>>;
beforeEach(async () => {
  on = await openSeriesStage();
});
afterEach(() => on.stage[Symbol.asyncDispose]());

describe('what is said of photos that follow a /me', () => {
  it('stays when another /me took their place: a press says beside it that they are not kept any more', async () => {
    await on.began();
    await on.away('far', on.limit(2_000, 2) + 0.005);
    await on.sends('far', 'anna~');
    await on.works();
    await on.stage.chat.press(await on.pressOf(en.series.stop));
    await on.works();
    const more = await on.pressOf(en.me.showPossible);
    const summary = await on.running();
    expect(await on.stage.chat.refusal(more)).toBeUndefined();
    await on.stage.say(ALICE, 'me', ['anna'], PRIVATE);
    expect(await on.stage.chat.refusal(more)).toMatchObject({ code: 'expired', details: { timedOut: 1 } });
    expect(summary).toMatchObject([{ kind: 'confirm', text: expect.stringContaining('You are in 1 of 2 photos.') }]);
  });

  it('tells the reason when a dispute hides the person’s selfies in the middle', async () => {
    await on.began();
    await on.sends('anna~');
    await on.works();
    const { gallery } = on.stage.flow;
    const { dossier } = gallery;
    Object.assign(gallery, {
      async dossier(...of: Parameters<typeof dossier>) {
        const held = await dossier(...of);
        return held && { ...held, templates: held.templates.map((one) => ({ ...one, hidden: true })) };
      },
    });
    await on.sends('anna~');
    await on.works();
    await on.says(en.me.hidden);
    expect(textOf(await on.running())).not.toContain('you have not enrolled');
  });

  it('goes on when the group gets another id in the middle, and a /me there gives it more time', async () => {
    await on.began();
    await on.sends('anna~');
    await on.works();
    const supergroup = { ...CLUB, id: '-1000000000500' };
    await on.stage.chat.moved(CLUB, supergroup);
    await on.sends('anna~', 'ben');
    await on.works();
    await on.says('You are in 2 of 3 photos so far.');
    expect(textOf(await on.stage.say(ALICE, 'me', ['anna'], PRIVATE))).toContain(en.series.goOn);
    await on.sends('anna~');
    await on.works();
    await on.says('You are in 3 of 4 photos so far.');
  });

  it('is part of /mydata, in private and in its group, and of nobody else’s', async () => {
    await on.began();
    await on.sends('anna~', 'ben');
    await on.works();
    await on.sends('anna~');
    const told = 'Photos that you sent after /me in “Club”: 3, of which 1 wait to be looked at.';
    for (const where of [PRIVATE, {}]) {
      const [data] = await on.stage.say(ALICE, 'mydata', [], where);
      expect(data?.text).toContain(told);
      const photosAfterMe = { received: 3, looked: 2, found: 1, keptUntil: expect.any(String) };
      expect(data).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ photosAfterMe })]) });
    }
    await on.stage.agreed(BOB, 'find', ['carl']);
    expect(textOf(await on.stage.say(BOB, 'mydata', [], PRIVATE))).not.toContain('after /me');
  });
});
