import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Membership } from '../../src/chat/courier.ts';
import { NOTICE_VERSION } from '../../src/consent/notice.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('before somebody agrees', () => {
  it('nothing of a photo is fetched, and the notice comes with its version and hash', async () => {
    const [notice] = await stage.say(ALICE, 'enroll', ['anna']);
    expect(notice).toMatchObject({
      kind: 'consent',
      notice: { version: NOTICE_VERSION, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(stage.platform.fetched).toEqual([]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });

  it('declining stores nothing and drops the photo', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    const decline = action(notice, 'decline');
    expect(await stage.press(ALICE, decline)).toMatchObject([{ kind: 'info' }]);
    expect(await stage.press(ALICE, decline)).toMatchObject([{ kind: 'error', code: 'expired' }]);
    expect(stage.platform.fetched).toEqual([]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });

  it('agreeing to search does not enrol', async () => {
    await stage.agreed(ALICE, 'find', ['anna']);
    expect((await stage.say(ALICE, 'enroll', ['anna']))[0]).toMatchObject({ kind: 'consent' });
  });
});

describe('enrolling and finding', () => {
  it('agreeing continues the command by itself, and the person is found by others of the group', async () => {
    expect(await stage.agreed(ALICE, 'enroll', ['anna'])).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
    const [result] = await stage.agreed(BOB, 'find', ['carl,anna']);
    expect(result).toMatchObject({
      kind: 'result',
      faces: [
        { number: 1, verdict: 'unknown', matches: [] },
        { number: 2, verdict: 'match', matches: [{ name: 'Alice', distance: 0 }] },
      ],
    });
  });

  it('people of one group are not found from another group', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const notice = await stage.say(BOB, 'find', ['anna'], { place: TEAM });
    const [result] = await stage.press(BOB, action(notice, 'agree'), { place: TEAM });
    expect(result).toMatchObject({ kind: 'result', faces: [{ verdict: 'unknown', matches: [] }] });
  });

  it('somebody who left the group is not named', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    stage.platform.memberships.set(ALICE.id, 'gone');
    const [result] = await stage.agreed(BOB, 'find', ['anna']);
    expect(result).toMatchObject({ kind: 'result', faces: [{ verdict: 'unknown', matches: [] }] });
  });

  it('a platform that cannot be asked for membership hides nobody', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    stage.platform.memberships.set(ALICE.id, 'down');
    expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([{ faces: [{ verdict: 'match' }] }]);
  });

  describe('somebody of whom the platform does not say whether they are a member', () => {
    beforeEach(() => void stage.platform.memberships.set(ALICE.id, 'no_proof'));

    it('is not named to others, and sees themselves when they ask from inside', async () => {
      await stage.agreed(ALICE, 'enroll', ['anna']);
      expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([
        { faces: [{ verdict: 'unknown', matches: [] }] },
      ]);
      expect(await stage.agreed(ALICE, 'find', ['anna'])).toMatchObject([{ faces: [{ verdict: 'match' }] }]);
    });

    it('may go on with what they began from inside, and nothing else from outside', async () => {
      const notice = await stage.say(ALICE, 'enroll', ['anna']);
      expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject([
        { kind: 'enrolled' },
      ]);
      expect(await stage.say(ALICE, 'find', ['anna'], { place: undefined })).toMatchObject([
        { code: 'not_a_member', text: expect.stringContaining('inside that group') },
      ]);
    });

    it('sends in private the selfie that a command from inside waits for', async () => {
      await stage.say(ALICE, 'enroll');
      const notice = await stage.say(ALICE, '', ['anna'], { place: undefined });
      expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject([
        { kind: 'enrolled' },
      ]);
    });

    it('is not proved by a message from before the bot was removed', async () => {
      const notice = await stage.say(ALICE, 'enroll', ['anna']);
      stage.platform.presences.set(CLUB.id, { is: 'gone', bot: 'finder' });
      expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject([
        { code: 'not_a_member' },
      ]);
    });

    it('somebody who names a group from outside enters it only once the platform says that they are in it', async () => {
      const asked = (membership: Membership) => {
        stage.platform.memberships.set(BOB.id, membership);
        return stage.say(BOB, 'find', ['anna'], { place: undefined, about: CLUB });
      };
      expect(await asked('down')).toMatchObject([{ code: 'unavailable' }]);
      expect(await asked('no_proof')).toMatchObject([{ code: 'not_a_member' }]);
      expect(await asked('gone')).toMatchObject([{ code: 'not_a_member' }]);
      expect(await asked('member')).toMatchObject([{ kind: 'consent' }]);
    });

    it('the platform is asked again about somebody who chose a group in private a moment ago', async () => {
      stage.platform.memberships.set(ALICE.id, 'member');
      await stage.agreed(ALICE, 'enroll', ['anna']);
      const notice = await stage.say(ALICE, 'find', ['anna'], { place: undefined });
      stage.platform.memberships.set(ALICE.id, 'no_proof');
      expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject([
        { code: 'not_a_member' },
      ]);
    });
  });

  it('faces are numbered across photos, with one result each, and a bad photo does not spoil the others', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const replies = await stage.agreed(BOB, 'find', ['carl,dora', '', 'anna']);
    expect(replies).toMatchObject([
      { kind: 'result', faces: [{ number: 1 }, { number: 2 }] },
      { kind: 'error', code: 'no_face' },
      { kind: 'result', faces: [{ number: 3, verdict: 'match' }] },
    ]);
  });

  it('several selfies become several templates; a selfie of somebody else is refused', async () => {
    expect(await stage.agreed(ALICE, 'enroll', ['anna', 'anna~'])).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
    expect(await stage.say(ALICE, 'enroll', ['carl'])).toMatchObject([{ kind: 'error', code: 'several_faces' }]);
  });

  it('the same selfie again adds nothing', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await stage.say(ALICE, 'enroll', ['anna'])).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
    expect(await stage.say(ALICE, 'enroll', ['anna~'])).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });

  it('templates of another model keep nobody from enrolling again', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const { gallery } = stage.flow;
    const { dossier } = gallery;
    Object.assign(gallery, {
      async dossier(...args: Parameters<typeof dossier>) {
        const held = await dossier.apply(gallery, args);
        const templates = held?.templates.map((template) => ({
          ...template,
          pack: 'another@1',
          embedding: template.embedding.toReversed(),
        }));
        return held && { ...held, templates };
      },
    });
    expect(await stage.say(ALICE, 'enroll', ['anna~'])).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('a group photo is no selfie', async () => {
    expect(await stage.agreed(ALICE, 'enroll', ['anna,carl'])).toMatchObject([
      { kind: 'error', code: 'several_faces' },
    ]);
  });

  it('a face that somebody else enrolled is refused, and its owner is told once that somebody tried, without a name', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await stage.agreed(BOB, 'enroll', ['anna~'])).toMatchObject([{ kind: 'error', code: 'face_taken' }]);
    const told = await stage.agreed(ALICE, 'find', ['carl']);
    expect(told).toMatchObject([{ kind: 'result' }, { kind: 'info', text: expect.stringContaining('/mydata') }]);
    expect(await stage.say(ALICE, 'find', ['carl'])).toHaveLength(1);
    const data = await stage.say(ALICE, 'mydata');
    expect(data).toMatchObject([{ kind: 'info', text: expect.stringContaining('somebody else sent your face') }]);
    expect(JSON.stringify(data)).not.toContain('Bob');
  });

  it('the same selfie three times in one message counts once, and a sentence says so', async () => {
    expect(await stage.agreed(ALICE, 'enroll', ['anna', 'anna', 'anna'])).toMatchObject([
      { kind: 'enrolled', templates: 1, text: expect.stringContaining('The same picture counts once.') },
    ]);
    const [data] = await stage.say(ALICE, 'mydata');
    expect(data).toMatchObject({ data: [{ templates: [{}], ledger: [{}, { kind: 'enrolled', templates: 1 }] }] });
    expect(await stage.agreed(BOB, 'enroll', ['carl', 'carl~'])).toMatchObject([
      { templates: 2, text: expect.not.stringContaining('counts once') },
    ]);
  });

  it('/mydata says who found whom, without the photo', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(BOB, 'find', ['anna']);
    const [data] = await stage.say(ALICE, 'mydata');
    expect(data).toMatchObject({ kind: 'info', data: [{ name: 'Alice', foundBy: [{ kind: 'find', finder: 'Bob' }] }] });
  });
});
