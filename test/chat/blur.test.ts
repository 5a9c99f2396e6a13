import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import type { Person } from '../../src/consent/who.ts';
import type { Mark } from '../../src/face/face.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const ALL = { args: 'all' };

/** The left edges of the blurred faces in each answer's picture, in pixels. */
const blurredOn = (replies: readonly Reply[]) =>
  replies.flatMap((reply) => {
    if (reply.kind !== 'blurred') return [];
    const marks: Mark[] = JSON.parse(Buffer.from(reply.picture.jpeg).toString());
    expect(marks.every(({ tone }) => tone === 'blur')).toBe(true);
    return [marks.map(({ box: [x] }) => x)];
  });
const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join('\n');
const labels = (replies: readonly Reply[]) =>
  replies.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : [])).map(({ label }) => label);

describe('/blur all', () => {
  it('asks once for its own purpose, and blurs everybody, even if nobody is enrolled', async () => {
    const notice = await stage.say(BOB, 'blur', ['anna,ben,carl'], ALL);
    expect(notice).toMatchObject([{ kind: 'consent', text: expect.stringContaining('I recognise nobody') }]);
    expect(stage.platform.fetched).toEqual([]);
    const replies = await stage.press(BOB, action(notice, 'agree'));
    expect(replies).toMatchObject([{ kind: 'blurred', faces: 3, blurred: 3 }]);
    expect(blurredOn(replies)).toEqual([[10, 100, 190]]);
    expect(textOf(replies)).toBe('3 faces blurred: look before you share.');
    expect(await stage.say(BOB, 'blur', ['anna'], ALL)).toMatchObject([{ kind: 'blurred', blurred: 1 }]);
  });

  it('enrols nobody, lets nobody search, and is listed in /mydata with its receipt', async () => {
    await stage.press(BOB, action(await stage.say(BOB, 'blur', ['anna'], ALL), 'agree'));
    expect(stage.platform.consented).toMatchObject([{ kind: 'receipt', of: 'consent' }]);
    const { agreed, templates } = await stage.flow.gallery.standing(await stage.scope(), BOB);
    expect([Object.keys(agreed), templates]).toEqual([['blur'], 0]);
    expect(await stage.say(BOB, 'find', ['anna'])).toMatchObject([{ kind: 'consent' }]);
    expect(textOf(await stage.say(BOB, 'mydata'))).toContain('You agreed to blur faces');
  });

  it('is understood in every language, and blurs enrolled people too', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const german = { args: 'alle', locale: 'de' };
    const replies = await stage.press(ALICE, action(await stage.say(ALICE, 'blur', ['anna,ben'], german), 'agree'), {
      locale: 'de',
    });
    expect(blurredOn(replies)).toEqual([[10, 100]]);
    expect(textOf(replies)).toBe('2 Gesichter verwischt: sieh nach, bevor du es teilst.');
  });

  it('offers a second look if it sees no face, and no third', async () => {
    const first = await stage.press(BOB, action(await stage.say(BOB, 'blur', [''], ALL), 'agree'));
    expect(textOf(first)).toContain('with the button I look once more');
    expect(labels(first)).toEqual(['Look again, closer']);
    const second = await stage.press(BOB, action(first, 'confirm'));
    expect(textOf(second)).toContain('closer up either');
    expect(textOf(second)).not.toContain('with the button');
    expect(labels(second)).toEqual([]);
  });

  it('leaves out what is hardly a head, and blurs it too after a second look', async () => {
    const replies = await stage.press(BOB, action(await stage.say(BOB, 'blur', ['anna,?'], ALL), 'agree'));
    expect(blurredOn(replies)).toEqual([[10]]);
    expect(labels(replies)).toEqual(['Look again, closer']);
    const closer = await stage.press(BOB, action(replies, 'confirm'));
    expect(blurredOn(closer)).toEqual([[10, 100]]);
    expect(textOf(closer)).toBe('1 face blurred, and 1 place that may be one: look before you share.');
    expect(labels(closer)).toEqual([]);
  });

  it('of a photo with nobody on it says so, and offers a second look', async () => {
    const replies = await stage.press(BOB, action(await stage.say(BOB, 'blur', ['?'], ALL), 'agree'));
    expect(replies).toMatchObject([
      { kind: 'error', code: 'no_face', text: expect.stringContaining('nothing is blurred') },
    ]);
    expect(await stage.press(BOB, action(replies, 'confirm'))).toMatchObject([{ kind: 'blurred', blurred: 1 }]);
  });

  it('blurs all photos of an album, and says of each that could not be looked at why', async () => {
    const notice = await stage.say(BOB, 'blur', ['anna,ben', '', 'carl'], ALL);
    const replies = await stage.press(BOB, action(notice, 'agree'));
    expect(replies.map(({ kind }) => kind)).toEqual(['blurred', 'error', 'blurred']);
    expect(blurredOn(replies)).toEqual([[10, 100], [10]]);
  });

  it('refuses photos in messages of others, unless the operator lets them be searched', async () => {
    const sent = { ...ALL, photos: [{ platform: 'telegram', who: 'anna', isOfOthers: true, sender: '1009' }] as const };
    expect(await stage.say(BOB, 'blur', [], sent)).toMatchObject([{ kind: 'error', code: 'not_your_photo' }]);
    await stage.restart({ FIND_PHOTOS: 'any' });
    const notice = await stage.say(BOB, 'blur', [], sent);
    expect(await stage.press(BOB, action(notice, 'agree'))).toMatchObject([{ kind: 'blurred' }]);
  });
});

describe('/blur', () => {
  it('leaves its asker as they were, and blurs everybody else', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const notice = await stage.say(ALICE, 'blur', ['ben,anna~,carl']);
    expect(notice).toMatchObject([{ kind: 'consent', text: expect.stringContaining('with nobody else’s') }]);
    const replies = await stage.press(ALICE, action(notice, 'agree'));
    expect(replies).toMatchObject([{ kind: 'blurred', faces: 3, blurred: 2 }]);
    expect(blurredOn(replies)).toEqual([[10, 190]]);
    expect(textOf(replies)).toBe('2 faces blurred: look before you share. Yours is as it was.');
  });

  it('says so if somebody is so near that their blur covers a part of the asker', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const replies = await stage.agreed(ALICE, 'blur', ['anna,<ben']);
    expect(blurredOn(replies)).toEqual([[40]]);
    expect(textOf(replies)).toBe(
      '1 face blurred: look before you share. Others are so near that part of yours is blurred too.',
    );
  });

  it('looks again, and does not blur a doubtful head that covers the asker', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const replies = await stage.agreed(ALICE, 'blur', ['anna,<?,ben,?']);
    const closer = await stage.press(ALICE, action(replies, 'confirm'));
    expect(blurredOn(closer)).toEqual([[190, 280]]);
    expect(textOf(closer)).toContain('Yours is as it was.');
  });

  it('blurs other members like everybody else, and says nothing of them', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(BOB, 'enroll', ['ben']);
    const replies = await stage.agreed(ALICE, 'blur', ['ben,anna']);
    expect(blurredOn(replies)).toEqual([[10]]);
    expect(textOf(replies)).not.toContain('Bob');
    expect(textOf(await stage.say(BOB, 'mydata'))).toContain('Nobody has found you');
  });

  it('blurs a face that may be somebody else’s', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const replies = await stage.agreed(ALICE, 'blur', ['ben,carl']);
    expect(blurredOn(replies)).toEqual([[10, 100]]);
    expect(textOf(replies)).toContain('I did not recognise you for certain, so you are blurred too.');
  });

  it('then blurs the asker too, at the press of a button, which asks for no second agreement and recognises nobody', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const replies = await stage.agreed(ALICE, 'blur', ['ben,anna,?']);
    expect(labels(replies)).toEqual(['Look again, closer', 'Blur me too']);
    const closer = await stage.press(ALICE, action(replies, 'confirm'));
    expect(blurredOn(closer)).toEqual([[10, 190]]);
    expect(labels(closer)).toEqual(['Blur me too']);
    const all = await stage.press(ALICE, action(closer, 'confirm'));
    expect(blurredOn(all)).toEqual([[10, 100, 190]]);
    expect(textOf(all)).not.toContain('recognise');
    expect((await stage.flow.gallery.standing(await stage.scope(), ALICE)).agreed).not.toHaveProperty('blur');
  });

  it('counts that press as no search, as it compares nobody: neither for the asker nor for the photo’s sender', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(ALICE, 'blur', ['anna']);
    await stage.restart({ FIND_PHOTOS: 'any', FINDS_PER_HOUR: '1' });
    const sender: Person = { platform: 'telegram', id: '1004', name: 'Dora' };
    const photos = [{ platform: 'telegram', who: 'anna,ben', isOfOthers: true, sender: sender.id }] as const;
    const kept = await stage.say(ALICE, 'blur', [], { photos });
    const searches = async () =>
      [...(await stage.flow.sentPhotos.of(sender)).values()].flatMap(({ searchedAt }) => searchedAt);
    expect(await searches()).toHaveLength(1);
    expect(await stage.press(ALICE, action(kept, 'confirm', 1))).toMatchObject([{ kind: 'blurred', blurred: 2 }]);
    expect(await searches()).toHaveLength(1);
    expect(await stage.say(ALICE, 'blur', [], { photos })).toMatchObject([{ code: 'rate_limited' }]);
  });

  it('blurs everybody for an asker who is not enrolled, compares no face, and says why', async () => {
    const notice = await stage.say(BOB, 'blur', ['anna,ben']);
    expect(notice).toMatchObject([{ kind: 'consent', text: expect.stringContaining('I recognise nobody') }]);
    const replies = await stage.press(BOB, action(notice, 'agree'));
    expect(blurredOn(replies)).toEqual([[10, 100]]);
    expect(textOf(replies)).toContain('You are not enrolled in “Club”, so I cannot leave you out.');
  });

  it('leaves nobody out by a disputed face until the operator has decided', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const taken = await stage.agreed(BOB, 'enroll', ['anna~']);
    await stage.proves(BOB, await stage.press(BOB, action(taken, 'confirm')), 'anna~');
    const replies = await stage.agreed(BOB, 'blur', ['anna~,ben']);
    expect(blurredOn(replies)).toEqual([[10, 100]]);
    expect(textOf(replies)).toContain('I did not recognise you for certain');
  });

  it('is erased with everything else by /forget', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(ALICE, 'blur', ['anna,ben']);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    const { agreed } = await stage.flow.gallery.standing(await stage.flow.gallery.scope(CLUB), ALICE);
    expect(agreed).toEqual({});
  });
});
