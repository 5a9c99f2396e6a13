import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST_CHANNELS } from '../../commands/settings-offered.ts';
import type { Reply } from '../../src/chat/reply.ts';
import type { Person } from '../../src/consent/who.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

const EVE: Person = { platform: 'telegram', id: '1003', name: 'Eve' };
const PHOTOS = { channel: '7' } as const;
const CHATTER = { channel: '8' } as const;
const linkTo = (channel: string) => `https://chat.example/${CLUB.id}/${channel}`;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  stage.platform.admins.set(EVE.id, 'yes');
});
afterEach(() => stage[Symbol.asyncDispose]());

const offered = (replies: readonly Reply[]) =>
  replies.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
const labels = (replies: readonly Reply[]) => offered(replies).map(({ label }) => label);
const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join('\n');

/** Eve, an admin, sends /settings from somewhere and presses these buttons. */
async function sets(from: { readonly channel?: string }, ...presses: readonly string[]): Promise<readonly Reply[]> {
  let replies = await stage.say(EVE, 'settings', [], from);
  for (const label of presses) {
    const button = offered(replies).find((one) => one.label === label) ?? expect.fail(`no ${label}`);
    replies = await stage.press(EVE, button);
  }
  return replies;
}

/** Bob's search, to which he agreed before. */
const finds = (from: { readonly channel?: string; readonly place?: undefined }) =>
  stage.say(BOB, 'find', ['anna'], from);

describe('the channels that admins set', () => {
  it('are all at first', async () => {
    expect(textOf(await sets(PHOTOS))).toContain('Channels in which members search for others: all.');
    await stage.agreed(BOB, 'find', ['anna']);
    expect(await finds(CHATTER)).toMatchObject([{ kind: 'result' }]);
  });

  it('are the only ones where members search for others; elsewhere they hear where', async () => {
    await stage.agreed(BOB, 'find', ['anna']);
    expect(textOf(await sets(PHOTOS, 'Channels', 'Only this channel'))).toContain(`for others: ${linkTo('7')}.`);
    expect(await finds(PHOTOS)).toMatchObject([{ kind: 'result' }]);
    const fetched = stage.platform.fetched.length;
    expect(await finds(CHATTER)).toMatchObject([{ code: 'not_allowed', text: expect.stringContaining(linkTo('7')) }]);
    expect(stage.platform.fetched).toHaveLength(fetched);
  });

  it('hold for somebody who agrees in another channel as well: they are asked for nothing there', async () => {
    await sets(PHOTOS, 'Channels', 'Only this channel');
    expect(await finds(CHATTER)).toMatchObject([{ code: 'not_allowed' }]);
  });

  it('hold for what was asked before they were set', async () => {
    const notice = await finds(CHATTER);
    await sets(PHOTOS, 'Channels', 'Only this channel');
    expect(await stage.press(BOB, action(notice, 'agree'))).toMatchObject([{ code: 'not_allowed' }]);
  });

  it('keep nobody from searching in private, from enrolling, from finding themselves, and from their rights', async () => {
    await stage.agreed(BOB, 'find', ['anna']);
    await sets(PHOTOS, 'Channels', 'Only this channel');
    expect(await finds({ place: undefined })).toMatchObject([{ kind: 'result' }]);
    const notice = await stage.say(ALICE, 'enroll', ['anna'], CHATTER);
    expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
    const own = await stage.say(ALICE, 'me', ['anna~'], CHATTER);
    expect(await stage.press(ALICE, action(own, 'agree'))).toMatchObject([{ kind: 'presence' }]);
    expect(textOf(await stage.say(ALICE, 'mydata', [], CHATTER))).toContain('What is held about you');
  });

  it('keep a result of a private search out of the group, which would see it in another channel', async () => {
    await stage.press(ALICE, action(await stage.say(ALICE, 'enroll', ['anna']), 'agree', 1));
    await stage.agreed(BOB, 'find', ['anna']);
    const before = await finds({ place: undefined });
    expect(before).toMatchObject([{ kind: 'result', show: { label: 'Show to the group' } }]);
    await sets(PHOTOS, 'Channels', 'Only this channel');
    expect(await finds(PHOTOS)).toMatchObject([{ kind: 'result', show: { label: 'Show to the group' } }]);
    expect(await finds({ place: undefined })).toMatchObject([{ kind: 'result' }]);
    expect((await finds({ place: undefined }))[0]).not.toHaveProperty('show');
    const [first] = before;
    const button = (first?.kind === 'result' && first.show) || expect.fail('it was offered');
    expect(await stage.press(BOB, button)).toEqual([{ kind: 'info', text: en.shown.off }]);
  });

  it('can be several, each set where it is, and taken back one by one or all at once', async () => {
    await sets(PHOTOS, 'Channels', 'Only this channel');
    expect(labels(await sets(CHATTER, 'Channels'))).toEqual([
      'All channels',
      'Only this channel',
      'This channel as well',
      'Back',
    ]);
    const both = await sets(CHATTER, 'Channels', 'This channel as well');
    expect(textOf(both)).toContain(`for others: ${linkTo('7')} and ${linkTo('8')}.`);
    expect(textOf(await sets(PHOTOS, 'Channels', 'Not this channel'))).toContain(`for others: ${linkTo('8')}.`);
    // In the only channel that is left, the question is whether to allow all channels again.
    expect(labels(await sets(CHATTER, 'Channels'))).toEqual(['All channels', 'Back']);
    expect(textOf(await sets({}, 'Channels', 'All channels'))).not.toContain(linkTo('8'));
    expect(await stage.flow.gallery.settings(await stage.scope())).toEqual({});
  });

  it('are named where an admin chooses, who may read the question in private', async () => {
    expect(textOf(await sets(PHOTOS, 'Channels'))).toContain(`This channel is ${linkTo('7')}.`);
    await sets(PHOTOS, 'Channels', 'Only this channel');
    expect(textOf(await sets({}, 'Channels'))).not.toContain('This channel is');
  });

  it('are not offered where no channel is meant, and are so many at most', async () => {
    expect(labels(await sets({}))).not.toContain('Channels');
    const channels = Array.from({ length: MOST_CHANNELS }, (_, index) => `1${index}`);
    await stage.flow.gallery.configure(await stage.scope(), { channels });
    expect(labels(await sets(PHOTOS, 'Channels'))).not.toContain('This channel as well');
  });

  it('are named as long as they are there', async () => {
    await stage.agreed(BOB, 'find', ['anna']);
    await sets(PHOTOS, 'Channels', 'Only this channel');
    await sets({ channel: '9' }, 'Channels', 'This channel as well');
    stage.platform.goneChannels.add('7');
    const [told] = await finds(CHATTER);
    expect(told?.text).toContain(linkTo('9'));
    expect(told?.text).not.toContain(linkTo('7'));
    expect(textOf(await sets(CHATTER))).toContain(`for others: ${linkTo('9')}.`);
  });

  it('may all be gone: members search in private, and admins read that none is left, and choose anew', async () => {
    await stage.agreed(BOB, 'find', ['anna']);
    await sets(PHOTOS, 'Channels', 'Only this channel');
    stage.platform.goneChannels.add('7');
    const told = en.settings.elsewhere({ some: false, group: '“Club”', where: '' });
    expect(await finds(CHATTER)).toMatchObject([{ code: 'not_allowed', text: told }]);
    expect(textOf(await sets(CHATTER))).toContain('for others: none, because the ones that were set are gone.');
    expect(labels(await sets(CHATTER, 'Channels'))).toEqual(['All channels', 'Only this channel', 'Back']);
    await sets(CHATTER, 'Channels', 'Only this channel');
    expect(await finds(CHATTER)).toMatchObject([{ kind: 'result' }]);
  });

  it('allow nothing in a group that has no channels any more, but still photos in private', async () => {
    await stage.agreed(BOB, 'find', ['anna']);
    await sets(PHOTOS, 'Channels', 'Only this channel');
    stage.platform.goneChannels.add('7');
    const told = en.settings.elsewhere({ some: false, group: '“Club”', where: '' });
    expect(await finds({})).toMatchObject([{ code: 'not_allowed', text: told }]);
    await stage.say(BOB, 'find');
    expect(await stage.say(BOB, '', ['anna'], { place: undefined })).toMatchObject([{ kind: 'result' }]);
    await sets({}, 'Channels', 'All channels');
    expect(await finds({})).toMatchObject([{ kind: 'result' }]);
  });

  it('are named in the asker’s language', async () => {
    await sets(PHOTOS, 'Channels', 'Only this channel');
    const [told] = await stage.say(BOB, 'find', ['anna'], { ...CHATTER, locale: 'de' });
    expect(told?.text).toBe(
      `Die Admins von „Club“ lassen Mitglieder nur in ${linkTo('7')} nach anderen suchen: Sende dein Foto dort oder privat an mich, mit dem Befehl. Admins ändern das mit /settings.`,
    );
  });
});
