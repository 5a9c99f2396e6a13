import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PACK } from '../../models/pack.ts';
import { GESTURE_MS } from '../../src/chat/gestures/gestures-asked.ts';
import type { Reply } from '../../src/chat/reply.ts';
import { GESTURES } from '../../src/face/gesture.ts';
import { Failure } from '../../src/failure.ts';
import { ownerOf } from '../../src/queue/sealed-shelf.ts';
import { gestureAsked } from '../support/gestures.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, openStage, TEAM } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage({ ENROL_PROOF: 'gesture' });
});
afterEach(() => stage[Symbol.asyncDispose]());

const { gesture: told } = en.enroll;
const templates = async (person = ALICE) =>
  (await stage.flow.gallery.dossier(await stage.scope(), person))?.templates.length ?? 0;
const begun = (selfies = ['anna', 'anna~']) => stage.agreed(ALICE, 'enroll', selfies);

describe('with ENROL_PROOF=gesture, somebody who enrols', () => {
  it('is asked for one more selfie, and enrolled with those before it once that shows the gesture', async () => {
    const asked = await begun();
    expect(asked).toMatchObject([{ kind: 'confirm' }]);
    expect(await templates()).toBe(0);
    expect(await stage.proves(ALICE, asked, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
    expect(await templates()).toBe(2);
  });

  it('may send it without a command, if the bot gets photos', async () => {
    const gesture = gestureAsked(await begun());
    expect(await stage.say(ALICE, '', [`anna^${gesture}`])).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });

  it.each(['no gesture', 'another gesture'])(
    'is asked again when the photo shows %s, and the earlier selfies are kept',
    async (which) => {
      const asked = await begun();
      const other = GESTURES.find((gesture) => gesture !== gestureAsked(asked));
      const again = await stage.say(ALICE, 'enroll', [which === 'no gesture' ? 'anna~~' : `anna^${other}`]);
      expect(again).toMatchObject([{ kind: 'confirm', text: expect.stringContaining(told.missing) }]);
      expect(await templates()).toBe(0);
      expect(await stage.proves(ALICE, again, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
    },
  );

  it('is told when somebody else makes the gesture, or nobody is in the photo', async () => {
    const asked = await begun();
    const others = await stage.proves(ALICE, asked, 'ben');
    expect(others).toMatchObject([{ kind: 'confirm', text: expect.stringContaining(told.notYou) }]);
    const nobody = await stage.say(ALICE, 'enroll', ['']);
    expect(nobody).toMatchObject([{ kind: 'confirm', text: expect.stringContaining(en.failures.no_face) }]);
    expect(await stage.proves(ALICE, nobody, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });

  it('has two minutes; after that they get another gesture, and the earlier selfies are kept', async () => {
    const asked = await begun();
    stage.clock.ms += GESTURE_MS + 1;
    const late = await stage.proves(ALICE, asked, 'anna');
    expect(late).toMatchObject([{ kind: 'confirm', text: expect.stringContaining(told.late) }]);
    stage.clock.ms += GESTURE_MS;
    expect(await stage.proves(ALICE, late, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });

  it('may have another gesture, or stop', async () => {
    const another = await stage.press(ALICE, action(await begun(), 'confirm'));
    expect(gestureAsked(another)).toBeDefined();
    expect(await stage.press(ALICE, action(another, 'decline'))).toMatchObject([{ text: told.stopped }]);
    expect(await templates()).toBe(0);
    // The next photo counts as a first selfie again, and not as the requested gesture.
    expect(gestureAsked(await begun(['anna']))).toBeDefined();
  });

  it('keeps what was asked last, whatever they press below an earlier request', async () => {
    const first = await begun();
    const second = await stage.say(ALICE, 'enroll', ['anna~~']);
    const last = await stage.say(ALICE, 'enroll', ['anna~~']);
    const { fetchPhoto } = stage.platform.courier;
    Object.assign(stage.platform.courier, { fetchPhoto: () => Promise.reject(new Failure('no_photo')) });
    for (const button of [action(first, 'confirm'), action(second, 'decline')]) {
      expect(await stage.press(ALICE, button)).toMatchObject([{ kind: 'info', text: en.enroll.gesture.newer }]);
    }
    Object.assign(stage.platform.courier, { fetchPhoto });
    expect(await stage.proves(ALICE, last, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });

  it('is asked six times a day at most, and told when they may try again', async () => {
    let asked = await begun();
    for (let tries = 1; tries < 6; tries++) asked = await stage.press(ALICE, action(asked, 'confirm'));
    expect(await stage.press(ALICE, action(asked, 'confirm'))).toMatchObject([{ code: 'rate_limited' }]);
    stage.clock.ms += 86_400_000;
    expect(gestureAsked(await begun())).toBeDefined();
  });

  it('is not asked again for more selfies of the same face', async () => {
    await stage.proves(ALICE, await begun(['anna']), 'anna');
    expect(await stage.say(ALICE, 'enroll', ['anna~~'])).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });

  it('does not learn before the gesture whether somebody else has that face', async () => {
    await stage.proves(ALICE, await begun(['anna']), 'anna');
    const asked = await stage.agreed(BOB, 'enroll', ['anna~']);
    expect(gestureAsked(asked)).toBeDefined();
    expect(await stage.proves(BOB, asked, 'anna~')).toMatchObject([{ code: 'face_taken' }]);
  });

  it('is asked once more for other selfies, as soon as they hear that somebody else has that face', async () => {
    await stage.proves(BOB, await stage.agreed(BOB, 'enroll', ['anna']), 'anna');
    const taken = await stage.proves(ALICE, await begun(['anna~']), 'anna');
    expect(taken).toMatchObject([{ code: 'face_taken' }]);
    const anew = await stage.say(ALICE, 'enroll', ['carl']);
    expect(await stage.proves(ALICE, anew, 'carl')).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
  });

  it('leaves after /forget only how often they were asked, under a hash, for a day', async () => {
    await begun();
    const kept = () => stage.parts.stores.pending.list('proof');
    const owner = ownerOf(stage.flow.keys, ALICE);
    expect((await kept()).filter((item) => item.owner === owner)).toHaveLength(1);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    const [left, ...others] = await kept();
    expect(others).toEqual([]);
    expect(left?.owner).toBe(left?.id);
    expect(left?.expiresAt).toBeLessThanOrEqual(stage.clock.ms + 86_400_000);
  });

  it('is not asked more often because they were erased meanwhile', async () => {
    for (let times = 0; times < 3; times++) {
      await stage.press(ALICE, action(await begun(), 'confirm'));
      await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    }
    expect(await begun()).toMatchObject([{ code: 'rate_limited' }]);
  });

  it('has one photo for each gesture, however many are sent at once', async () => {
    const asked = await begun();
    const gesture = gestureAsked(asked);
    const asks = ['ben', 'carl', `anna^${gesture}`].map((photo) => stage.ask(ALICE, 'enroll', [photo]));
    await Promise.all(asks.map((ask) => stage.chat.ask(ask)));
    const replies = await Promise.all(asks.map(({ address }) => stage.platform.shownAt(address.message)));
    const codes = replies.map(([reply]) => (reply?.kind === 'error' ? reply.code : reply?.kind));
    expect(codes.filter((code) => code === 'confirm' || code === 'enrolled')).toHaveLength(1);
  });

  it('has no photo for the last but one gesture of the day', async () => {
    let asked = await begun();
    for (let tries = 1; tries < 6; tries++) asked = await stage.press(ALICE, action(asked, 'confirm'));
    expect(await stage.say(ALICE, 'enroll', ['ben'])).toMatchObject([{ code: 'rate_limited' }]);
    expect(await stage.proves(ALICE, asked, 'anna')).toMatchObject([{ code: 'rate_limited' }]);
    expect(await templates()).toBe(0);
  });

  it('is enrolled with the selfies alone, even if the job is done twice', async () => {
    const gesture = gestureAsked(await begun(['anna']));
    const ask = stage.ask(ALICE, 'enroll', [`anna^${gesture}`]);
    const { placeholders } = stage.flow;
    const { claim } = placeholders;
    const died = Promise.withResolvers<void>();
    // The first worker fails when everything but the answer is done.
    Object.assign(placeholders, {
      claim: async (...of: Parameters<typeof claim>) => {
        Object.assign(placeholders, { claim });
        died.resolve();
        throw new Failure('unavailable', { details: { of: of.length } });
      },
    });
    await stage.chat.ask({ ...ask, deadline: stage.clock.ms + 30_000 });
    await died.promise;
    await stage.platform.shownAt(ask.address.message);
    expect(await templates()).toBe(1);
  });

  it('whose earlier selfies are gone begins with new ones, without a wait', async () => {
    const gesture = gestureAsked(await begun());
    const { courier } = stage.platform;
    const { fetchPhoto } = courier;
    Object.assign(courier, { fetchPhoto: () => Promise.reject(new Failure('no_photo')) });
    expect(await stage.say(ALICE, 'enroll', [`anna^${gesture}`])).toMatchObject([{ code: 'photo_gone' }]);
    Object.assign(courier, { fetchPhoto });
    const again = await stage.say(ALICE, 'enroll', ['anna~']);
    expect(again).toMatchObject([{ kind: 'confirm', text: expect.not.stringContaining(told.late) }]);
    expect(await templates()).toBe(0);
    expect(await stage.proves(ALICE, again, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
  });

  it('is told when a head is cut, on the selfie or on the photo of the gesture', async () => {
    expect(await begun(['anna|'])).toMatchObject([{ kind: 'error', text: told.wholeSelfies }]);
    const asked = await begun();
    expect(await stage.say(ALICE, 'enroll', [`anna|^${gestureAsked(asked)}`])).toMatchObject([
      { kind: 'confirm', text: expect.stringContaining(told.whole) },
    ]);
  });

  it('goes on after a restart', async () => {
    const asked = await begun();
    await stage.restart();
    expect(await stage.proves(ALICE, asked, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });
});

describe('where the admins of a group demand a gesture', () => {
  const EVE = { platform: 'telegram', id: '1003', name: 'Eve' } as const;

  beforeEach(async () => {
    await stage.restart({ ENROL_PROOF: 'none' });
    stage.platform.admins.set(EVE.id, 'yes');
  });

  const presses = async (replies: readonly Reply[], label: string) => {
    const actions = replies.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
    return await stage.press(EVE, actions.find((one) => one.label === label) ?? expect.fail(`no ${label}`));
  };

  it('whoever enrols for the first time there shows one, and nobody else, nor in other groups', async () => {
    await stage.agreed(BOB, 'enroll', ['bob']);
    const which = await presses(await stage.say(EVE, 'settings'), 'Gesture to enrol');
    expect(await presses(which, 'Yes, a gesture')).toMatchObject([{ text: expect.stringContaining('selfie: yes.') }]);
    const asked = await begun();
    expect(gestureAsked(asked)).toBeDefined();
    expect(await stage.proves(ALICE, asked, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
    expect(await stage.agreed(BOB, 'enroll', ['bob~'])).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
    const notice = await stage.say(ALICE, 'enroll', ['anna'], { place: TEAM });
    const elsewhere = await stage.press(ALICE, action(notice, 'agree'), { place: TEAM });
    expect(elsewhere).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('of an operator who demands one already they change nothing: it is told, and not offered', async () => {
    await stage.restart({ ENROL_PROOF: 'gesture' });
    const menu = await stage.say(EVE, 'settings');
    expect(menu).toMatchObject([{ text: expect.stringContaining('gesture in one more selfie: yes.') }]);
    expect(JSON.stringify(menu)).not.toContain('Gesture to enrol');
  });

  /**
   * A folder of models whose default pack finds only five points of a face, too few for gestures.
   */
  function modelsWithoutGestures(): string {
    const manifest = JSON.parse(readFileSync(new URL(`../../models/${DEFAULT_PACK}.json`, import.meta.url), 'utf8'));
    const dir = join(stage.dataDir, 'models');
    mkdirSync(join(dir, 'packs'), { recursive: true });
    const landmarks = { kind: 'detector' };
    writeFileSync(join(dir, 'packs', `${DEFAULT_PACK}.json`), JSON.stringify({ ...manifest, version: '0', landmarks }));
    return dir;
  }

  it('is honest where the models see no gestures any more: nobody is asked, and the admins read so', async () => {
    await stage.flow.gallery.configure(await stage.scope(), { enrolProof: 'gesture' });
    await stage.restart({ ENROL_PROOF: 'none', MODEL_DIR: modelsWithoutGestures() });
    const menu = await stage.say(EVE, 'settings');
    expect(menu).toMatchObject([{ text: expect.stringContaining('yes, but the models that I run now') }]);
  });
});

describe('without ENROL_PROOF', () => {
  beforeEach(() => stage.restart({ ENROL_PROOF: 'none' }));

  it('somebody who enrols a face that nobody has is not asked for a gesture', async () => {
    expect(await begun()).toMatchObject([{ kind: 'enrolled' }]);
  });

  it('somebody who says that another’s face is theirs is always asked for one', async () => {
    await begun();
    const asked = await stage.press(BOB, action(await stage.agreed(BOB, 'enroll', ['anna~']), 'confirm'));
    expect(gestureAsked(asked)).toBeDefined();
    expect(await templates(BOB)).toBe(0);
    expect(await stage.proves(BOB, asked, 'anna~')).toMatchObject([{ kind: 'enrolled', text: en.enroll.disputed }]);
    expect(await templates(BOB)).toBe(1);
  });

  it('they may have another gesture, and it is remembered that they say so', async () => {
    await begun();
    const asked = await stage.press(BOB, action(await stage.agreed(BOB, 'enroll', ['anna~']), 'confirm'));
    const another = await stage.press(BOB, action(asked, 'confirm'));
    expect(gestureAsked(another)).toBeDefined();
    expect(await stage.proves(BOB, another, 'anna~')).toMatchObject([{ kind: 'enrolled', text: en.enroll.disputed }]);
  });
});

it('in a group of more than 10,000 templates, somebody who looks like another is enrolled once they have shown the gesture', async () => {
  const enrolledBy = async (person = ALICE) =>
    stage.proves(person, await stage.agreed(person, 'enroll', ['anna']), 'anna');
  await enrolledBy();
  const { gallery } = stage.flow;
  const { search } = gallery;
  // This number is made up, because a test cannot enrol so many people.
  Object.assign(gallery, {
    search: async (...of: Parameters<typeof search>) => ({ ...(await search(...of)), templates: 10_001 }),
  });
  const asked = await enrolledBy(BOB);
  expect(asked).toMatchObject([{ kind: 'confirm', text: en.enroll.looksLike }]);
  const again = await stage.press(BOB, action(asked, 'confirm'));
  expect(await stage.proves(BOB, again, 'anna')).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
});
