import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureText } from '../../src/chat/failure.ts';
import type { Person, Place } from '../../src/consent/who.ts';
import { ownerOf } from '../../src/queue/sealed-shelf.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

const HOUR_MS = 3_600_000;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

/** Somebody asks in a group, and the bot cannot write to them yet. */
const asks = (person: Person, command: string, photos: readonly string[] = [], place: Place = CLUB) =>
  stage.chat.park({ ...stage.ask(person, command, photos), place }, HOUR_MS);

/** Somebody opens the private chat by the link of a group. */
async function opens(person: Person, about: Place = CLUB) {
  const ask = stage.ask(person, 'help', [], { place: undefined, about });
  await stage.chat.goOn(ask);
  return await stage.platform.shownAt(ask.address.message);
}

const isHelp = [{ kind: 'info', text: expect.stringContaining('/find') }];

describe('the link of a group', () => {
  it('leads each person back to what they asked there, also after a restart', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await asks(ALICE, 'mydata');
    await asks(BOB, 'find', ['anna']);
    await stage.restart();
    expect(await opens(ALICE)).toMatchObject([{ data: expect.anything() }]);
    const notice = await opens(BOB);
    expect(await stage.press(BOB, action(notice, 'agree'))).toMatchObject([{ faces: [{ verdict: 'match' }] }]);
  });

  it('leads to the latest of several requests in that group, once', async () => {
    await asks(ALICE, 'enroll');
    await asks(ALICE, 'find', ['anna'], TEAM);
    await asks(ALICE, 'mydata');
    expect(await opens(ALICE)).toMatchObject([{ text: en.mydata.nothing({ where: 'group', group: '“Club”' }) }]);
    expect(await opens(ALICE)).toMatchObject([{ text: failureText(en, 'expired', { used: 1 }) }]);
    expect(await opens(ALICE, TEAM)).toMatchObject([{ kind: 'consent' }]);
  });

  it('takes a new request after an old one was used', async () => {
    await asks(ALICE, 'mydata');
    await opens(ALICE);
    await asks(ALICE, 'enroll');
    expect(await opens(ALICE)).toMatchObject([{ code: 'no_photo' }]);
  });

  it('does for others, and after its time, what it does for everybody', async () => {
    await asks(ALICE, 'mydata');
    expect(await opens(BOB)).toMatchObject(isHelp);
    stage.clock.ms += HOUR_MS + 1;
    expect(await opens(ALICE)).toMatchObject(isHelp);
  });

  it('proves that somebody asked inside the group, where the platform does not say who is in it', async () => {
    stage.platform.memberships.set(ALICE.id, 'no_proof');
    await asks(ALICE, 'enroll');
    expect(await opens(ALICE)).toMatchObject([{ code: 'no_photo' }]);
  });

  it('keeps nothing of somebody who was erased', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await asks(ALICE, 'find', ['anna']);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    expect(await opens(ALICE)).toMatchObject(isHelp);
    const { keys } = stage.flow;
    expect(await stage.parts.stores.pending.owned('parked', ownerOf(keys, ALICE))).toEqual([]);
  });
});
