import { afterEach, describe, expect, it } from 'vitest';
import type { Courier } from '../../src/chat/courier.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
afterEach(() => stage[Symbol.asyncDispose]());
const open = async (audience: Courier['audience'], env: NodeJS.ProcessEnv = {}) => {
  stage = await openStage(env, audience);
};
const labels = async () => {
  const [notice] = await stage.say(ALICE, 'enroll', ['anna']);
  return notice?.kind === 'consent' ? notice.actions.map(({ label }) => label) : [];
};

/**
 * Alice enrols, and agrees to be shown to others where the notice offers that. Then Bob finds her.
 */
async function bobFindsAlice() {
  const notice = await stage.say(ALICE, 'enroll', ['anna']);
  await stage.press(
    ALICE,
    action(notice, 'agree', notice[0]?.kind === 'consent' && notice[0].actions.length > 2 ? 1 : 0),
  );
  return await stage.agreed(BOB, 'find', ['anna~']);
}

describe('if others see what is shown', () => {
  it('people may agree to be shown to them, and a result can be shown', async () => {
    await open('group');
    expect(await labels()).toEqual([en.notice.agree, en.notice.agreeShown, en.notice.decline]);
    expect(await bobFindsAlice()).toMatchObject([{ kind: 'result', show: { label: 'Show to the group' } }]);
  });

  it('nobody searches more often within an hour than they may', async () => {
    await open('group', { FINDS_PER_HOUR: '2' });
    await stage.agreed(BOB, 'find', ['anna']);
    await stage.say(BOB, 'find', ['anna']);
    expect(await stage.say(BOB, 'find', ['anna'])).toMatchObject([{ kind: 'error', code: 'rate_limited' }]);
  });
});

describe('if the asker is alone', () => {
  it('nothing is offered that needs others', async () => {
    await open('alone');
    expect(await labels()).toEqual(['I agree', 'No, thanks']);
    const [result] = await bobFindsAlice();
    expect(result).toMatchObject({ kind: 'result', text: expect.stringContaining('Alice') });
    expect(result).not.toHaveProperty('show');
  });

  it('searches are not counted', async () => {
    await open('alone', { FINDS_PER_HOUR: '2' });
    await stage.agreed(BOB, 'find', ['anna']);
    for (let search = 0; search < 5; search += 1) {
      expect(await stage.say(BOB, 'find', ['anna'])).toMatchObject([{ kind: 'result' }]);
    }
  });
});
