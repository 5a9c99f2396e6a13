import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import { Failure } from '../../src/failure.ts';
import { ATTEMPT, change, down, holdQueue } from './erasure-stage.ts';
import { claimsOf, openShows } from './shown-stage.ts';
import { ALICE, BOB, CLUB } from './stage.ts';

let shows: Awaited<ReturnType<typeof openShows>>;
let stage: (typeof shows)['stage'];
beforeEach(async () => {
  shows = await openShows();
  ({ stage } = shows);
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('what a group is shown', () => {
  it('is deleted at once when somebody whom it names left while it was posted, and the person who showed it reads so', async () => {
    stage.platform.posting.meanwhile = async () => {
      expect(shows.posts()).toHaveLength(1);
      await stage.flow.eraser.erase(ALICE, CLUB, 'left');
    };
    await shows.showOnly('anna');
    await expect.poll(() => stage.platform.shows).toEqual(['go', 'gone']);
    expect(shows.posts()).toEqual([]);
    expect(await shows.kept()).toEqual([]);
  });

  it('is deleted at once when somebody whom it names left right before', async () => {
    const { shown } = stage.flow;
    const { begin } = shown;
    const repair = change(shown, {
      async begin(...args) {
        await stage.flow.eraser.erase(ALICE, CLUB, 'left');
        return await begin(...args);
      },
    });
    await shows.showOnly('anna');
    await expect.poll(() => stage.platform.shows).toEqual(['go', 'gone']);
    repair();
    expect(shows.posts()).toEqual([]);
    expect(await shows.kept()).toEqual([]);
  });

  it('does not note the person who showed it if they left while it was posted', async () => {
    stage.platform.posting.meanwhile = async () => {
      await stage.flow.eraser.erase(BOB, CLUB, 'left');
    };
    await shows.showOnly('anna');
    await expect.poll(() => stage.platform.shows).toEqual(['go', 'stays']);
    expect(await shows.deleted(BOB)).toBe('not_yours');
    expect(await shows.deleted(ALICE)).toBe('gone');
  });

  it('is deleted if it cannot be noted', async () => {
    const { pending } = stage.parts.stores;
    const { put } = pending;
    pending.put = async (shelf, item) => {
      if (shelf === 'shown') throw new Failure('busy');
      return await put(shelf, item);
    };
    await shows.showOnly('anna');
    await expect.poll(() => stage.platform.shows).toEqual(['go', 'gone']);
    expect(shows.posts()).toEqual([]);
  });

  it('is noted before it is posted: people whom it names are told when nobody knows whether it was posted', async () => {
    // The program stops here for good, as if it were killed. It has sent the post, and has not yet
    // noted that it was sent.
    stage.platform.posting.meanwhile = () => new Promise(() => {});
    await shows.showOnly('anna');
    await expect.poll(() => shows.posts().length).toBe(1);
    await stage.restart();
    const receipt = await shows.forget(ALICE);
    expect(claimsOf(receipt)).toMatchObject({ shown: { deleted: 0, left: 1 } });
    expect(receipt.text).toContain('1 more is out of my reach and may still name you');
    expect(await shows.kept()).toEqual([]);
  });

  it.each([
    ['shown', 'stays', 'shown'],
    ['begun, which nobody knows the end of', 'unknown', 'unknown'],
  ])('is not posted again once it was %s', async (_, ending, again) => {
    const { courier, posting, shows: told } = stage.platform;
    let jobs = 0;
    posting.meanwhile = async () => {
      jobs += 1;
      if (ending === 'unknown') throw new Failure('unavailable');
    };
    const { answer } = courier;
    courier.answer = async (address, replies, options) => {
      await answer(address, replies, options);
      // The platform accepted the post, but not the sentence that tells the asker of it.
      if (options?.showing && told.length === 2) throw new Failure('unavailable');
    };
    await shows.showOnly('anna');
    await expect.poll(() => told.at(-1)).toBe(again);
    expect(jobs).toBe(1);
    expect(shows.posts()).toHaveLength(1);
  });

  it('is not posted when nobody whom it would name is there any more', async () => {
    const result = (await stage.agreed(BOB, 'find', ['anna,eve'])).find(({ kind }) => kind === 'result');
    if (result?.kind !== 'result' || !result.show) throw new Error('nothing can be shown');
    stage.platform.memberships.set(ALICE.id, 'gone');
    expect(await stage.press(BOB, result.show)).toMatchObject([
      { text: expect.stringContaining('Nothing was shown.') },
    ]);
    expect(shows.posts()).toEqual([]);
  });

  it('leaves out the photos that name nobody', async () => {
    await shows.show('anna', 'carl');
    const [found] = await stage.agreed(BOB, 'find', ['anna', 'eve']);
    if (found?.kind !== 'result' || !found.show) throw new Error('nothing can be shown');
    await stage.press(BOB, found.show);
    await expect.poll(() => shows.posts()[1]?.[1]?.length).toBe(1);
  });

  it('counts once in the receipt, even if the erasure had to be tried again', async () => {
    await shows.show('anna');
    await shows.show('anna');
    const { flow } = stage;
    const { jobs } = holdQueue(stage);
    const { pending } = stage.parts.stores;
    const { drop } = pending;
    let drops = 0;
    const repair = change(pending, {
      async drop(shelf, id) {
        if (shelf === 'shown') drops += 1;
        // The first post is deleted, and its note is dropped. The second is deleted too, but its
        // note cannot be dropped.
        return shelf === 'shown' && drops > 1 ? await down() : await drop(shelf, id);
      },
    });
    expect((await shows.forget(ALICE)).kind).toBe('info');
    repair();
    const answers: Reply[] = [];
    const { answer } = stage.platform.courier;
    stage.platform.courier.answer = async (address, replies, options) => {
      answers.push(...replies);
      return await answer(address, replies, options);
    };
    for (const job of jobs) await flow.eraser.handler(job, ATTEMPT);
    expect(answers.map(claimsOf)).toMatchObject([{ shown: { deleted: 2, left: 0 } }]);
    expect(shows.posts()).toEqual([]);
  });
});
