import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

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

  it('here leaves the other groups alone, everywhere does not', async () => {
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

  it('beats an enrolment that was queued before it', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const { epoch } = await stage.flow.gallery.standing(await stage.flow.gallery.scope(CLUB), ALICE);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    await stage.agreed(ALICE, 'find', ['carl']);
    const old = await stage.say(ALICE, 'enroll', ['anna'], { epoch });
    expect(old).toMatchObject([{ kind: 'error', code: 'expired' }]);
  });
});

describe('buttons', () => {
  it('of somebody else do nothing, and stay', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    expect(await stage.press(BOB, action(notice, 'agree'))).toMatchObject([{ kind: 'error', code: 'not_yours' }]);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('work once', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    await stage.press(ALICE, action(notice, 'agree'));
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'error', code: 'expired' }]);
  });

  it('survive a restart', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    await stage.restart();
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('expire', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    stage.clock.ms += 16 * 60_000;
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'error', code: 'expired' }]);
  });

  it('work in the group they were shown in, not in another', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    expect(await stage.press(ALICE, action(notice, 'agree'), { place: TEAM })).toMatchObject([{ code: 'expired' }]);
  });

  it('that were made up are expired', async () => {
    expect(await stage.press(ALICE, { id: 'nonsense' })).toMatchObject([{ kind: 'error', code: 'expired' }]);
  });
});
