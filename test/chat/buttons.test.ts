import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureText } from '../../src/chat/failure.ts';
import { Failure } from '../../src/failure.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

/** The error that a press gets when its button no longer works, with the reason. */
const over = (why: string) => ({ kind: 'error', code: 'expired', text: failureText(en, 'expired', { [why]: 1 }) });

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('forgetting', () => {
  it('asks once, erases, and gives a receipt; a second time there is nothing', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const confirm = await stage.say(ALICE, 'forget');
    expect(confirm).toMatchObject([{ kind: 'confirm' }]);
    const receipts = await stage.press(ALICE, action(confirm, 'confirm'));
    expect(receipts).toMatchObject([{ kind: 'receipt', receipt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) }]);
    expect(await stage.say(ALICE, 'mydata')).toMatchObject([
      { kind: 'info', text: expect.stringContaining('Nothing') },
    ]);
    expect(await stage.say(ALICE, 'forget')).toMatchObject([{ kind: 'info' }]);
    expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([{ faces: [{ verdict: 'unknown' }] }]);
  });

  it('here leaves the other groups alone; everywhere erases from all', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const notice = await stage.say(ALICE, 'enroll', ['anna'], { place: TEAM });
    await stage.press(ALICE, action(notice, 'agree'), { place: TEAM });
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    expect((await stage.flow.gallery.scopesOf(ALICE)).map(({ place }) => place?.title)).toEqual(['Team']);
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const replies = await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm', 1));
    expect(replies.map((reply) => reply.kind)).toEqual(['receipt', 'receipt']);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });

  it('erases nothing for a choice that was not offered', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const { id } = action(await stage.say(ALICE, 'forget'), 'confirm');
    const madeUp = await stage.press(ALICE, { id: id.replace(':here', ':yes') });
    expect(madeUp).toMatchObject([{ kind: 'confirm' }]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
  });

  it('keeps everything when the person cancels', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'cancel'));
    expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([{ faces: [{ verdict: 'match' }] }]);
  });

  it('also stops an enrolment that was queued before it', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const { epoch } = await stage.flow.gallery.standing(await stage.flow.gallery.scope(CLUB), ALICE);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    await stage.agreed(ALICE, 'find', ['carl']);
    const old = await stage.say(ALICE, 'enroll', ['anna'], { epoch });
    expect(old).toMatchObject([over('withdrawn')]);
  });
});

describe('buttons', () => {
  it('of somebody else do nothing, and stay', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    expect(await stage.press(BOB, action(notice, 'agree'))).toMatchObject([{ kind: 'error', code: 'not_yours' }]);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('work once, and then say so, also after an erasure', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    await stage.press(ALICE, action(notice, 'agree'));
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([over('used')]);
    const confirm = await stage.say(ALICE, 'forget');
    await stage.press(ALICE, action(confirm, 'confirm'));
    expect(await stage.press(ALICE, action(confirm, 'confirm'))).toMatchObject([over('used')]);
  });

  it('say that the work goes on while it does', async () => {
    const { courier } = stage.platform;
    const { fetchPhoto } = courier;
    const held = Promise.withResolvers<void>();
    Object.assign(courier, {
      async fetchPhoto(...args: Parameters<typeof fetchPhoto>) {
        await held.promise;
        return await fetchPhoto(...args);
      },
    });
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    const first = stage.pressOf(ALICE, action(notice, 'agree'));
    await stage.chat.press(first);
    expect(await stage.chat.refusal(stage.pressOf(ALICE, action(notice, 'agree')))).toMatchObject({
      code: 'in_progress',
    });
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'error', code: 'in_progress' }]);
    held.resolve();
    expect(await stage.platform.shownAt(first.address.message)).toMatchObject([{ kind: 'enrolled' }]);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([over('used')]);
  });

  it('stay good after a failure that passes', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    const { gallery } = stage.flow;
    const { agree } = gallery;
    Object.assign(gallery, { agree: () => Promise.reject(new Failure('unavailable')) });
    const failed = await stage.press(ALICE, action(notice, 'agree'));
    expect(failed).toMatchObject([{ code: 'unavailable', actions: [{ label: 'Try again' }] }]);
    Object.assign(gallery, { agree });
    expect(await stage.press(ALICE, action(failed, 'confirm'))).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('ask again for somebody who asked when too much was under way: nobody sends a photo twice', async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    const { queue } = stage.flow;
    const { add } = queue;
    Object.assign(queue, { add: () => Promise.reject(new Failure('busy')) });
    const refused = await stage.say(BOB, 'find', ['carl']);
    expect(refused).toMatchObject([{ code: 'busy', actions: [{ label: 'Try again' }] }]);
    Object.assign(queue, { add });
    expect(await stage.press(BOB, action(refused, 'confirm'))).toMatchObject([{ kind: 'result' }]);
  });

  it('of somebody who was erased since say that the ask was dropped with them', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    await stage.agreed(ALICE, 'find', ['carl']);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([over('lost')]);
  });

  it('survive a restart', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    await stage.restart();
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('expire', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    stage.clock.ms += 16 * 60_000;
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([over('timedOut')]);
    // A press gets this answer even when nothing is kept of the photos any more.
    await stage.parts.stores.pending.tidy(['parked'], stage.clock.ms);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([over('timedOut')]);
  });

  it('work in the group they were shown in, not in another, where a press costs nothing', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    expect(await stage.press(ALICE, action(notice, 'agree'), { place: TEAM })).toMatchObject([over('elsewhere')]);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('that were made up are expired', async () => {
    expect(await stage.press(ALICE, { id: 'nonsense' })).toMatchObject([{ kind: 'error', code: 'expired' }]);
  });
});
