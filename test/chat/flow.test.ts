import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
      notice: { version: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
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

  it('people of one group are not found from another', async () => {
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

  describe('of whom the platform does not say whether they are a member', () => {
    beforeEach(() => void stage.platform.memberships.set(ALICE.id, 'no_proof'));

    it('is not named to others, and sees oneself where they ask from inside', async () => {
      await stage.agreed(ALICE, 'enroll', ['anna']);
      expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([
        { faces: [{ verdict: 'unknown', matches: [] }] },
      ]);
      expect(await stage.agreed(ALICE, 'find', ['anna'])).toMatchObject([{ faces: [{ verdict: 'match' }] }]);
    });

    it('may use what a message from inside began, and nothing from outside', async () => {
      const notice = await stage.say(ALICE, 'enroll', ['anna']);
      expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject([
        { kind: 'enrolled' },
      ]);
      expect(await stage.say(ALICE, 'find', ['anna'], { place: undefined })).toMatchObject([
        { code: 'not_a_member', text: expect.stringContaining('inside that group') },
      ]);
    });

    it('sends the selfie that a command from inside waits for in private', async () => {
      await stage.say(ALICE, 'enroll');
      const notice = await stage.say(ALICE, '', ['anna'], { place: undefined });
      expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject([
        { kind: 'enrolled' },
      ]);
    });

    it('is proved by nothing that they sent before the bot was removed', async () => {
      const notice = await stage.say(ALICE, 'enroll', ['anna']);
      stage.platform.presences.set(CLUB.id, { is: 'gone', bot: 'finder' });
      expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject([
        { code: 'not_a_member' },
      ]);
    });

    it('who chose a group in private a moment ago is asked about again', async () => {
      stage.platform.memberships.set(ALICE.id, 'member');
      await stage.agreed(ALICE, 'enroll', ['anna']);
      const notice = await stage.say(ALICE, 'find', ['anna'], { place: undefined });
      stage.platform.memberships.set(ALICE.id, 'no_proof');
      expect(await stage.press(ALICE, action(notice, 'agree'), { place: undefined })).toMatchObject([
        { code: 'not_a_member' },
      ]);
    });
  });

  it('faces are numbered across photos, one result each, and a bad photo costs the others nothing', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const replies = await stage.agreed(BOB, 'find', ['carl,dora', '', 'anna']);
    expect(replies).toMatchObject([
      { kind: 'result', faces: [{ number: 1 }, { number: 2 }] },
      { kind: 'error', code: 'no_face' },
      { kind: 'result', faces: [{ number: 3, verdict: 'match' }] },
    ]);
  });

  it('several selfies become several templates; one of somebody else is refused', async () => {
    expect(await stage.agreed(ALICE, 'enroll', ['anna', 'anna~'])).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
    expect(await stage.say(ALICE, 'enroll', ['carl'])).toMatchObject([{ kind: 'error', code: 'several_faces' }]);
  });

  it('the same selfie again adds nothing', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await stage.say(ALICE, 'enroll', ['anna'])).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
    expect(await stage.say(ALICE, 'enroll', ['anna~'])).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });

  it('templates of another model keep nobody from enrolling anew', async () => {
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

  it('a face that somebody else enrolled is refused, and its owner is told once and can see who', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await stage.agreed(BOB, 'enroll', ['anna~'])).toMatchObject([{ kind: 'error', code: 'face_taken' }]);
    const told = await stage.agreed(ALICE, 'find', ['carl']);
    expect(told).toMatchObject([{ kind: 'result' }, { kind: 'info', text: expect.stringContaining('/mydata') }]);
    expect(await stage.say(ALICE, 'find', ['carl'])).toHaveLength(1);
    const [data] = await stage.say(ALICE, 'mydata');
    expect(data).toMatchObject({ kind: 'info', text: expect.stringContaining('Bob') });
  });

  it('"this is me" hides both entries until one of them is erased', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const taken = await stage.agreed(BOB, 'enroll', ['anna~']);
    await stage.press(BOB, action(taken, 'confirm'));
    expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([{ faces: [{ verdict: 'unknown' }] }]);
    const confirm = await stage.say(ALICE, 'forget');
    await stage.press(ALICE, action(confirm, 'confirm'));
    expect(await stage.say(BOB, 'find', ['anna'])).toMatchObject([
      { faces: [{ verdict: 'match', matches: [{ name: 'Bob' }] }] },
    ]);
  });

  it('who found whom stands in mydata, without what was found', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(BOB, 'find', ['anna']);
    const [data] = await stage.say(ALICE, 'mydata');
    expect(data).toMatchObject({ kind: 'info', data: [{ name: 'Alice', foundBy: [{ kind: 'find', finder: 'Bob' }] }] });
  });
});

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
    expect((await stage.flow.gallery.scopesOf(ALICE)).map(({ place }) => place.title)).toEqual(['Team']);
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

describe('asks that are not complete', () => {
  it('an unknown command names help', async () => {
    expect(await stage.say(ALICE, 'dance')).toMatchObject([
      { code: 'bad_command', text: expect.stringContaining('/help') },
    ]);
  });

  it('a photo sent after the command completes it', async () => {
    const invitation = { kind: 'error', code: 'no_photo', text: expect.stringContaining('1 to 3 selfies') };
    expect(await stage.say(ALICE, 'enroll')).toMatchObject([invitation]);
    const notice = await stage.say(ALICE, '', ['anna']);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('a photo without a command is asked what it is for', async () => {
    expect(await stage.say(ALICE, '', ['anna'])).toMatchObject([{ code: 'bad_command' }]);
  });

  it('eleven photos are too many', async () => {
    const photos = Array.from({ length: 11 }, () => 'anna');
    expect(await stage.say(ALICE, 'find', photos)).toMatchObject([
      { code: 'too_many_photos', text: expect.stringContaining('10') },
    ]);
  });

  it('in private the person chooses which group is meant', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const notice = await stage.say(ALICE, 'enroll', ['anna'], { place: TEAM });
    await stage.press(ALICE, action(notice, 'agree'), { place: TEAM });
    const which = await stage.say(ALICE, 'find', ['anna'], { place: undefined });
    expect(which).toMatchObject([{ kind: 'confirm', actions: [{ label: 'Club' }, { label: 'Team' }] }]);
    const notice2 = await stage.press(ALICE, action(which, 'confirm', 1), { place: undefined });
    expect(await stage.press(ALICE, action(notice2, 'agree'), { place: undefined })).toMatchObject([
      { kind: 'result' },
    ]);
  });

  it('in private somebody who left the group gets nothing of it', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    stage.platform.memberships.set(ALICE.id, 'gone');
    expect(await stage.say(ALICE, 'find', ['anna'], { place: undefined })).toMatchObject([{ code: 'not_a_member' }]);
  });
});

describe('deliveries and deadlines', () => {
  it('the same update twice is answered once', async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    const ask = stage.ask(BOB, 'find', ['carl']);
    await stage.chat.ask(ask);
    await stage.platform.shownAt(ask.address.message);
    await stage.flow.placeholders.find(stage.flow.placeholders.idOf(ask));
    await expect
      .poll(async () => (await stage.flow.placeholders.find(stage.flow.placeholders.idOf(ask)))?.open)
      .toBeUndefined();
    await stage.chat.ask(ask);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
    expect(stage.platform.fetched).toEqual(['carl', 'carl']);
  });

  it('a person gets so many finds an hour, and is told when the next is possible', async () => {
    await stage[Symbol.asyncDispose]();
    stage = await openStage({ FINDS_PER_HOUR: '2' });
    await stage.agreed(BOB, 'find', ['carl']);
    await stage.say(BOB, 'find', ['carl']);
    const third = await stage.say(BOB, 'find', ['carl']);
    expect(third).toMatchObject([{ code: 'rate_limited', text: expect.stringContaining('60 minutes') }]);
    stage.clock.ms += 3_600_001;
    expect(await stage.say(BOB, 'find', ['carl'])).toMatchObject([{ kind: 'result' }]);
  });

  it('a person with two requests under way is told to wait for one of them', async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    const photo = Promise.withResolvers<Uint8Array>();
    vi.spyOn(stage.platform.courier, 'fetchPhoto').mockReturnValue(photo.promise);
    const underWay = [stage.ask(BOB, 'find', ['carl']), stage.ask(BOB, 'find', ['carl'])];
    for (const ask of underWay) await stage.chat.ask(ask);
    expect(await stage.say(BOB, 'find', ['carl'])).toMatchObject([
      { code: 'rate_limited', text: expect.stringContaining('once one of them is answered') },
    ]);
    photo.resolve(Buffer.from('carl'));
    for (const { address } of underWay) await stage.platform.shownAt(address.message);
    await expect.poll(() => stage.say(BOB, 'find', ['carl'])).toMatchObject([{ kind: 'result' }]);
  });

  it('only the enrolled may search where the operator wants it so', async () => {
    await stage[Symbol.asyncDispose]();
    stage = await openStage({ FIND_BY: 'enrolled' });
    expect(await stage.agreed(BOB, 'find', ['carl'])).toMatchObject([{ code: 'not_enrolled' }]);
    await stage.agreed(BOB, 'enroll', ['ben']);
    expect(await stage.say(BOB, 'find', ['carl'])).toMatchObject([{ kind: 'result' }]);
  });
});

it('answers in the reader’s language', async () => {
  expect(await stage.say(ALICE, 'dance', [], { locale: 'de-AT' })).toMatchObject([
    { text: expect.stringContaining('Befehl') },
  ]);
});
