import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PhotoRef } from '../../src/chat/ask.ts';
import { eraseGroup } from '../../src/chat/erasure/group.ts';
import type { Reply } from '../../src/chat/reply.ts';
import type { Person, Place } from '../../src/consent/who.ts';
import { en } from '../support/words.ts';
import { change, down, holdQueue } from './erasure-stage.ts';
import { action, BOB, CLUB, openStage, TEAM } from './stage.ts';

const DORA: Person = { platform: 'telegram', id: '1004', name: 'Dora' };

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage({ FIND_PHOTOS: 'any' });
});
afterEach(() => stage[Symbol.asyncDispose]());

const kept = () => stage.parts.stores.pending.list('sender');
const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join('\n');
const mydata = (place: Place | undefined = CLUB) => stage.say(DORA, 'mydata', [], { place });
/** Dora presses the button of her /mydata whose label begins so. */
const press = async (label: 'Not mine' | 'Allow mine', place = CLUB) => {
  const actions = (await mydata(place)).flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
  const chosen = actions.find((one) => one.label.startsWith(label));
  if (!chosen) throw new Error(`no button ${label}`);
  return textOf(await stage.press(DORA, chosen, { place }));
};
/** Bob searches a photo in a message of Dora’s. */
const searched = async (place = CLUB) => {
  const photos: PhotoRef[] = [{ platform: 'telegram', who: 'carl', isOfOthers: true, sender: DORA.id }];
  const replies = await stage.say(BOB, 'find', [], { photos, place });
  return replies[0]?.kind === 'consent' ? await stage.press(BOB, action(replies, 'agree'), { place }) : replies;
};
const refused = [{ code: 'not_your_photo' }];
const found = [{ kind: 'result' }];

describe('/forget everywhere of somebody whose photos were searched', () => {
  it('says that the records are erased once they are, and not while the store cannot be asked', async () => {
    await searched();
    await press('Not mine');
    const forget = async () => {
      const question = await stage.say(DORA, 'forget', [], { place: undefined });
      return await stage.press(DORA, action(question, 'confirm'), { place: undefined });
    };
    holdQueue(stage);
    const repair = change(stage.flow.gallery, { scopesOf: down });
    expect(await forget()).toEqual([{ kind: 'info', text: en.forget.later }]);
    expect(await kept()).toHaveLength(1);
    repair();
    expect(textOf(await forget())).toBe(en.forget.photos({ groups: '“Club”', forbidden: true }));
    expect(await kept()).toEqual([]);
  });
});

describe('what somebody forbade, if its record is damaged,', () => {
  beforeEach(async () => {
    await searched();
    await press('Not mine');
    const { pending } = stage.parts.stores;
    for (const item of await kept()) await pending.put('sender', { ...item, body: `${item.body.slice(0, -4)}AAAA` });
  });

  it('is still forbidden, however often it is tried and whatever happens to their group', async () => {
    for (const _ of [1, 2]) expect(await searched()).toMatchObject(refused);
    await stage.chat.left(CLUB, DORA);
    expect(await searched()).toMatchObject(refused);
    expect(await searched(TEAM)).toMatchObject(refused);
    await stage.chat.removed(TEAM);
    expect(await searched()).toMatchObject(refused);
  });

  it('is allowed once they say so', async () => {
    await press('Not mine');
    expect(await searched()).toMatchObject(refused);
    await press('Allow mine');
    expect(await searched()).toMatchObject(found);
  });

  it('is dropped by their /forget', async () => {
    expect(textOf(await stage.say(DORA, 'forget'))).toContain('nothing to erase');
    expect(await kept()).toEqual([]);
  });
});

describe('what somebody forbade', () => {
  it('stays forbidden when they are out of the group, and the times of searches are dropped', async () => {
    await searched();
    await press('Not mine');
    await stage.chat.left(CLUB, DORA);
    expect(await searched()).toMatchObject(refused);
    const [sent] = (await stage.flow.sentPhotos.of(DORA)).values();
    expect(sent).toEqual({ place: CLUB, isForbidden: true, searchedAt: [] });
    const question = await stage.say(DORA, 'forget', [], { place: undefined });
    await stage.press(DORA, action(question, 'confirm'), { place: undefined });
    expect(await kept()).toEqual([]);
  });
});

describe('what somebody forbade, when an admin erases the group and the bot stays,', () => {
  const rights = async () => (await stage.flow.sentPhotos.of(DORA)).values().next().value;

  it.each(['who is known in it', 'who is not'])(
    'is still forbidden for somebody %s; the times of searches are dropped',
    async (who) => {
      await searched();
      await press('Not mine');
      if (who === 'who is known in it') await stage.agreed(DORA, 'enroll', ['dora']);
      await eraseGroup(stage.flow, CLUB, 'admin');
      expect(await stage.flow.gallery.people(await stage.scope())).toEqual([]);
      expect(await rights()).toEqual({ place: CLUB, isForbidden: true, searchedAt: [] });
      expect(await searched()).toMatchObject(refused);
    },
  );

  it('drops the group’s own settings', async () => {
    await press('Not mine');
    await stage.flow.gallery.configure(await stage.scope(), { findsPerHour: 3 });
    await eraseGroup(stage.flow, CLUB, 'admin');
    expect(await stage.flow.gallery.settings(await stage.scope())).toEqual({});
  });
});

it.each(['retention', 'notice'] as const)(
  'what somebody forbade outlives an erasure that they did not ask for: %s',
  async (reason) => {
    await searched();
    await press('Not mine');
    await stage.agreed(DORA, 'enroll', ['dora']);
    await stage.flow.eraser.eraseAll([{ person: DORA, reason }], CLUB);
    expect(await searched()).toMatchObject(refused);
    const [sent] = (await stage.flow.sentPhotos.of(DORA)).values();
    expect(sent).toEqual({ place: CLUB, isForbidden: true, searchedAt: [] });
  },
);

describe('what somebody forbade in a group that nobody else is known in', () => {
  it.each([
    ['old', CLUB, TEAM],
    ['new', TEAM, CLUB],
  ])('is forbidden in it when it gets another id: said under the %s one', async (_, said, other) => {
    await press('Not mine', said);
    expect(await searched(other)).toMatchObject(found);
    await stage.chat.moved(CLUB, TEAM);
    expect(await searched(TEAM)).toMatchObject(refused);
    expect(textOf(await mydata(TEAM))).toContain('You forbid that others search photos in your messages');
  });
});
