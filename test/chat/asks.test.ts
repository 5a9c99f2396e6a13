import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ask } from '../../src/chat/ask.ts';
import { openChat } from '../../src/chat/open-chat.ts';
import { Failure } from '../../src/failure.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, openStage, TEAM } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

/**
 * The platform does not accept the first answer, so it delivers the message again. Gives the answer
 * that is shown then.
 */
async function deliveredTwice(ask: Ask) {
  const { courier, shownAt } = stage.platform;
  const { answer } = courier;
  const away = async () => Promise.reject(new Failure('unavailable'));
  Object.assign(courier, { answer: away });
  await expect(stage.chat.ask(ask)).rejects.toMatchObject({ code: 'unavailable' });
  Object.assign(courier, { answer });
  await stage.chat.ask(ask);
  return await shownAt(ask.address.message);
}

describe('asks that are not complete', () => {
  it('an unknown command is answered with help, and with what can be done', async () => {
    const actions = ['Find people', 'Find me', 'Blur faces', 'Enrol me'].map((label) => ({ label }));
    expect(await stage.say(ALICE, 'dance')).toMatchObject([
      { code: 'bad_command', text: expect.stringContaining('/help'), actions },
    ]);
  });

  it.each([
    ['fidn', 'find', 'Find people'],
    ['enrol', 'enroll', 'Enrol me'],
    ['vergesen', 'forget', 'Forget me'],
  ])('a mistyped command, /%s, is answered with a button for the nearest one, /%s', async (typed, name, label) => {
    const offered = await stage.say(ALICE, typed, ['anna']);
    expect(offered).toMatchObject([{ text: expect.stringContaining(`/${name}`), actions: [{ label }] }]);
    // The button starts the command with the photo that came along.
    const [reply] = await stage.press(ALICE, action(offered, 'confirm'));
    expect(reply?.kind).toBe(name === 'forget' ? 'info' : 'consent');
  });

  it.each([
    ['who is this?', ['carl'], { kind: 'consent', text: expect.stringContaining('look at your photos') }],
    ['Wer ist das?', ['carl'], { kind: 'consent', text: expect.stringContaining('look at your photos') }],
    ['show me who is in it', ['carl'], { kind: 'consent', text: expect.stringContaining('look at your photos') }],
    ['please enrol me', ['anna'], { kind: 'consent', text: expect.stringContaining('remember your face') }],
    ['who is this?', [], { code: 'no_photo' }],
    ['hello', [], { text: expect.stringContaining('/find') }],
    ['Hi, who is this?', ['carl'], { kind: 'consent', text: expect.stringContaining('look at your photos') }],
    ['Hallo, wer ist das?', ['carl'], { kind: 'consent', text: expect.stringContaining('look at your photos') }],
    ['How many of us are on it?', ['carl'], { kind: 'confirm', text: expect.stringContaining(en.intent.photo) }],
  ] as const)('plain words are understood: %s', async (args, photos, answer) => {
    expect(await stage.say(ALICE, '', [...photos], { args })).toMatchObject([answer]);
  });

  it('a command’s name in another language is understood', async () => {
    expect(await stage.say(ALICE, 'aufnehmen', ['anna'])).toMatchObject([{ kind: 'consent' }]);
  });

  it('a photo sent after the command completes it', async () => {
    const invitation = { kind: 'error', code: 'no_photo', text: expect.stringContaining('1 to 3 selfies') };
    expect(await stage.say(ALICE, 'enroll')).toMatchObject([invitation]);
    const notice = await stage.say(ALICE, '', ['anna']);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('a photo without a command is answered with what can be done with it, and kept while its sender chooses', async () => {
    const actions = ['Find people', 'Find me', 'Blur faces', 'Enrol me'].map((label) => ({ label }));
    const asked = await stage.say(ALICE, '', ['anna'], { place: undefined });
    expect(asked).toMatchObject([{ kind: 'confirm', actions }]);
    const offered = await stage.say(ALICE, '', ['anna']);
    const notice = await stage.press(ALICE, action(offered, 'confirm', 3));
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
    expect(await stage.agreed(ALICE, 'find', ['anna'])).toMatchObject([{ kind: 'result' }]);
  });

  it('selfies that are sent one by one are one enrolment, with one notice', async () => {
    await stage.say(ALICE, 'enroll');
    const notice = await stage.say(ALICE, '', ['anna']);
    expect(await stage.say(ALICE, '', ['anna~'])).toMatchObject([
      { kind: 'info', text: en.enroll.collected({ photos: 2 }) },
    ]);
    expect(await stage.say(ALICE, '', ['anna~~'])).toMatchObject([
      { kind: 'info', text: en.enroll.collected({ photos: 3 }) },
    ]);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled', templates: 3 }]);
    // The fourth photo is no selfie any more: the bot asks what it is for.
    expect(await stage.say(ALICE, '', ['carl'])).toMatchObject([{ kind: 'confirm' }]);
  });

  it('a photo whose answer was lost still completes the command when it is delivered again', async () => {
    await stage.say(ALICE, 'enroll');
    const first = await deliveredTwice(stage.ask(ALICE, '', ['anna']));
    expect(first).toMatchObject([{ kind: 'consent' }]);
    const second = await deliveredTwice(stage.ask(ALICE, '', ['anna~']));
    expect(second).toMatchObject([{ kind: 'info', text: en.enroll.collected({ photos: 2 }) }]);
    expect(await stage.press(ALICE, action(first, 'agree'))).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });

  describe('a photo without a command is no longer a selfie, and its sender is asked what it is for,', () => {
    const portrait = () => stage.say(ALICE, '', ['carl']);
    const actions = ['Find people', 'Find me', 'Blur faces', 'Enrol me'].map((label) => ({ label }));
    const asked = [{ kind: 'confirm', text: expect.stringContaining(en.intent.photo), actions }];
    const templates = async () => (await stage.flow.gallery.standing(await stage.scope(), ALICE)).templates;
    /**
     * Alice agreed to enrol earlier, and has no templates now. This happens after a change of
     * models.
     */
    const agreedBefore = async () => void (await stage.agreed(ALICE, 'enroll', ['']));

    it('once their selfie was refused', async () => {
      await agreedBefore();
      await stage.say(ALICE, 'enroll');
      expect(await stage.say(ALICE, '', [''])).toMatchObject([{ code: 'no_face' }]);
      expect(await portrait()).toMatchObject(asked);
      expect(await templates()).toBe(0);
    });

    it('once their selfie was enrolled', async () => {
      await agreedBefore();
      await stage.say(ALICE, 'enroll');
      expect(await stage.say(ALICE, '', ['anna'])).toMatchObject([{ kind: 'enrolled' }]);
      const question = await stage.say(ALICE, '', ['anna~']);
      expect(question).toMatchObject(asked);
      expect(await stage.press(ALICE, action(question, 'confirm', 3))).toMatchObject([{ templates: 2 }]);
    });

    it.each(['agree', 'decline'] as const)('once the notice was answered: %s', async (answer) => {
      await stage.say(ALICE, 'enroll');
      const notice = await stage.say(ALICE, '', ['anna']);
      await stage.press(ALICE, action(notice, answer));
      expect(await portrait()).toMatchObject(asked);
    });

    it('15 minutes after /enroll', async () => {
      await stage.say(ALICE, 'enroll');
      await stage.say(ALICE, '', ['anna']);
      stage.clock.ms += 15 * 60_000 + 1;
      expect(await portrait()).toMatchObject(asked);
    });

    it.each([
      ['/enroll with a selfie', 'enroll', ['anna'], 1],
      ['/find with a photo', 'find', ['ben'], 0],
      ['/find, mistyped', 'fidn', ['ben'], 0],
      ['/mydata', 'mydata', [], 0],
    ] as const)('once they sent another command: %s', async (_, command, photos, enrolled) => {
      await agreedBefore();
      await stage.say(ALICE, 'enroll');
      await stage.say(ALICE, command, photos);
      expect(await portrait()).toMatchObject(asked);
      expect(await templates()).toBe(enrolled);
    });

    it('once they declined to search', async () => {
      await agreedBefore();
      const notice = await stage.say(ALICE, 'find', ['ben']);
      await stage.say(ALICE, 'enroll');
      await stage.press(ALICE, action(notice, 'decline'));
      expect(await portrait()).toMatchObject(asked);
    });
  });

  it('a photo with a question is searched, even while selfies are expected', async () => {
    await stage.say(ALICE, 'enroll');
    expect(await stage.say(ALICE, '', ['carl'], { args: 'who is this?' })).toMatchObject([
      { kind: 'consent', text: expect.stringContaining('look at your photos') },
    ]);
  });

  it('for a photo with too many faces the answer says how many were left out, whether or not anybody is enrolled', async () => {
    const says = {
      kind: 'result',
      text: expect.stringContaining('9 more faces were seen and left out'),
      notes: [expect.stringContaining('9 more faces were seen and left out')],
    };
    expect(await stage.agreed(BOB, 'find', ['anna,carl,+9'])).toMatchObject([says]);
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await stage.say(BOB, 'find', ['anna,carl,+9'])).toMatchObject([says]);
    expect((await stage.say(BOB, 'find', ['anna,carl']))[0]).not.toHaveProperty('left');
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

  it('in private somebody who left the group learns nothing of it', async () => {
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

  it.each(['help', 'mydata', 'forget'])(
    '/%s delivered twice at the same moment, to two bots, is answered once',
    async (command) => {
      const ask = stage.ask(BOB, command);
      const other = openChat(stage.parts.flowOver(stage.flow.queue));
      await Promise.all([stage.chat.ask(ask), other.ask(ask), stage.chat.ask(ask)]);
      expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
    },
  );

  it('a press that is delivered twice at the same moment is not answered as a used button', async () => {
    const notice = await stage.say(BOB, 'find', ['carl']);
    const declined = action(notice, 'decline');
    const press = { ...stage.ask(BOB, ''), action: declined.id };
    await Promise.all([stage.chat.press(press), stage.chat.press(press)]);
    expect(stage.platform.timesAnswered(press.address.message)).toBe(1);
    expect(await stage.platform.shownAt(press.address.message)).toMatchObject([{ kind: 'info' }]);
  });

  it('a message is answered on its second delivery if the bot ended during the first', async () => {
    const ask = stage.ask(BOB, 'help');
    const { pending } = stage.parts.stores;
    const id = stage.flow.placeholders.idOf(ask);
    await pending.add('taken', { id, owner: 'a bot that was killed', body: '', expiresAt: Date.now() + 1_000 });
    await stage.chat.ask(ask);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
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

  it('only enrolled people may search if the operator wants that', async () => {
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
