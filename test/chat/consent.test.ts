import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOTICE_VERSION } from '../../src/consent/notice.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

/**
 * From now on another version of the notice is in force, as it is after an update of the program.
 */
function renewNotice(): void {
  const { notices } = stage.flow;
  Object.assign(stage.flow, {
    notices: (...args: Parameters<typeof notices>) => ({
      ...notices(...args),
      version: NOTICE_VERSION + 1,
      hash: 'f'.repeat(64),
    }),
  });
}

const eventsOf = async (person: typeof ALICE) =>
  (await stage.flow.gallery.dossier(await stage.scope(), person))?.events.map(({ kind }) => kind);

describe('agreeing', () => {
  it('to a notice that is no longer in force shows the one that is, and stores nothing', async () => {
    const old = await stage.say(ALICE, 'enroll', ['anna']);
    renewNotice();
    const renewed = await stage.press(ALICE, action(old, 'agree'));
    expect(renewed).toMatchObject([{ kind: 'consent', notice: { version: NOTICE_VERSION + 1 } }]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });

  it('counts for nothing when the person is erased before it is written', async () => {
    await stage.agreed(ALICE, 'find', ['carl']);
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    const { parked, eraser } = stage.flow;
    const { take } = parked;
    Object.assign(parked, {
      async take(...args: Parameters<typeof take>) {
        const taken = await take(...args);
        await eraser.erase(ALICE, 'everywhere', 'asked');
        return taken;
      },
    });
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'error', code: 'expired' }]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });
});

describe('somebody who left the group since a button was shown', () => {
  it('agrees to nothing there any more: nothing of them is written', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    stage.platform.memberships.set(ALICE.id, 'gone');
    const refused = [{ kind: 'error', code: 'not_a_member' }];
    expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject(refused);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
    expect(stage.platform.fetched).toEqual([]);
  });

  it('can still decline', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    stage.platform.memberships.set(ALICE.id, 'gone');
    expect(await stage.press(ALICE, action(notice, 'decline'))).toMatchObject([{ kind: 'info' }]);
  });

  it('shows nothing to those who are still in it', async () => {
    await stage.say(ALICE, 'enroll', ['anna'], {
      choice: 'shown',
      args: `notice:${stage.flow.notices('enrol', 'en', CLUB).hash}`,
    });
    const [result] = await stage.agreed(BOB, 'find', ['anna']);
    const show = result?.kind === 'result' && result.show;
    if (!show) throw new Error('nothing can be shown');
    stage.platform.memberships.set(BOB.id, 'gone');
    expect(await stage.press(BOB, show)).toMatchObject([{ kind: 'error', code: 'not_a_member' }]);
    expect(stage.platform.fetched).toEqual(['anna', 'anna']);
  });

  it('can still have everything of them erased', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const confirm = await stage.say(ALICE, 'forget');
    stage.platform.memberships.set(ALICE.id, 'gone');
    expect(await stage.press(ALICE, action(confirm, 'confirm'))).toMatchObject([{ kind: 'receipt' }]);
  });
});

describe('a form that showed the notice and was sent with it ticked', () => {
  const form = async (choice: string) => {
    const { hash } = stage.flow.notices('enrol', 'en', CLUB);
    return await stage.say(ALICE, 'enroll', ['anna'], { choice, args: `notice:${hash}` });
  };

  it('enrols at once, and agrees once', async () => {
    expect(await form('agree')).toMatchObject([{ kind: 'enrolled' }]);
    expect(await eventsOf(ALICE)).toEqual(['agreed', 'enrolled']);
  });

  it('may agree to be shown as well', async () => {
    expect(await form('shown')).toMatchObject([{ kind: 'enrolled' }]);
    expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([{ show: { role: 'confirm' } }]);
  });

  it('shows the notice in force when it showed another', async () => {
    expect(await stage.say(ALICE, 'enroll', ['anna'], { choice: 'agree', args: 'notice:old' })).toMatchObject([
      { kind: 'consent' },
    ]);
    expect(stage.platform.fetched).toEqual([]);
  });
});
