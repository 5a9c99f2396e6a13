import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person, Place } from '../../src/consent/who.ts';
import { joinMoved } from '../../src/housekeeping/moved.ts';
import { ALICE, action, BOB, CLUB, openStage } from '../chat/stage.ts';

const SUPERGROUP: Place = { ...CLUB, id: '-1000000000500' };
const CARL: Person = { ...ALICE, id: '1003', name: 'Carl' };

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

/** Enrols somebody in a conversation at a place, which is the group under one of its ids. */
async function enrolledAt(place: Place, person: Person, photo: string) {
  const notice = await stage.say(person, 'enroll', [photo], { place });
  return await stage.press(person, action(notice, 'agree'), { place });
}

async function named(photo: string): Promise<string[]> {
  const replies = await stage.agreed(BOB, 'find', [photo]);
  return replies.flatMap((reply) =>
    reply.kind === 'result' ? reply.faces.flatMap(({ matches }) => matches.map(({ name }) => name ?? '')) : [],
  );
}

describe('a group whose people an older facefinder knew by two ids', () => {
  beforeEach(async () => {
    await enrolledAt(CLUB, ALICE, 'anna');
    await enrolledAt(SUPERGROUP, BOB, 'ben');
    stage.platform.moves.set(CLUB.id, SUPERGROUP);
  });
  const places = async () => (await stage.flow.gallery.scopes()).map((one) => one.places);

  it('is one again after the start, everybody enrolled as they were', async () => {
    const { gallery } = stage.flow;
    const before = await gallery.standing(await gallery.scope(CLUB), ALICE);
    stage.clock.ms += 1_000_000;
    await joinMoved(stage.parts);
    expect(await places()).toEqual([[SUPERGROUP, CLUB]]);
    expect(await named('anna')).toEqual(['Alice']);
    expect(await gallery.standing(await gallery.scope(SUPERGROUP), ALICE)).toEqual(before);
  });

  it('keeps what somebody who is known by both said last', async () => {
    await enrolledAt(CLUB, BOB, 'ben');
    await joinMoved(stage.parts);
    expect(await places()).toHaveLength(1);
    const { gallery } = stage.flow;
    expect(await gallery.standing(await gallery.scope(CLUB), BOB)).toMatchObject({ templates: 1 });
  });

  it('hides, of two people who enrolled one face, the one who is carried over, until that is settled', async () => {
    await enrolledAt(SUPERGROUP, CARL, 'anna');
    await joinMoved(stage.parts);
    expect(await named('anna')).toEqual(['Carl']);
  });

  it('leaves nothing with /forget, nor with the bot’s removal', async () => {
    await joinMoved(stage.parts);
    const [receipt] = await stage.press(
      ALICE,
      action(await stage.say(ALICE, 'forget', [], { place: SUPERGROUP }), 'confirm'),
      { place: SUPERGROUP },
    );
    expect(receipt).toMatchObject({ kind: 'receipt' });
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
    await stage.chat.removed(SUPERGROUP);
    expect(await places()).toEqual([]);
  });

  it('is left as it is where the platform does not say, and joined a day later', async () => {
    stage.platform.moves.clear();
    await joinMoved(stage.parts);
    expect(await places()).toHaveLength(2);
    stage.platform.moves.set(CLUB.id, SUPERGROUP);
    await joinMoved(stage.parts);
    expect(await places()).toHaveLength(1);
  });
});
