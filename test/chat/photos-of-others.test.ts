import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keysOf } from '../../src/app/keys.ts';
import type { PhotoRef } from '../../src/chat/ask.ts';
import type { Reply } from '../../src/chat/reply.ts';
import { sentPhotosOn } from '../../src/chat/sent-photos.ts';
import type { Person } from '../../src/consent/who.ts';
import type { Mark } from '../../src/face/face.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

const DAY_MS = 86_400_000;
const DORA: Person = { platform: 'telegram', id: '1004', name: 'Dora' };

let stage: Awaited<ReturnType<typeof openStage>>;
const begin =
  (env: NodeJS.ProcessEnv = {}) =>
  async () => {
    stage = await openStage(env);
  };
afterEach(() => stage[Symbol.asyncDispose]());

/**
 * A photo of `who` in a message of this person. Without a person, a bot or a channel sent the
 * message.
 */
const sentBy = (person: Person | undefined, who: string): PhotoRef => ({
  platform: 'telegram',
  who,
  isOfOthers: true,
  ...(person && { sender: person.id }),
});
const about = (photo: PhotoRef, more = {}) => stage.say(BOB, 'find', [], { photos: [photo], ...more });
const refused = [{ code: 'not_your_photo', text: expect.stringContaining('Ask whoever sent it') }];

describe('a photo in a message of somebody else', () => {
  beforeEach(begin());
  const ofOthers = sentBy(DORA, 'anna');

  it('is not fetched, whoever asks', async () => {
    expect(await about(ofOthers)).toMatchObject(refused);
    await stage.agreed(BOB, 'find', ['carl']);
    const fetched = stage.platform.fetched.length;
    expect(await about(ofOthers)).toMatchObject(refused);
    expect(stage.platform.fetched).toHaveLength(fetched);
  });

  it('is not fetched among the asker’s own photos either', async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    const photos: PhotoRef[] = [{ platform: 'telegram', who: 'carl' }, ofOthers];
    expect(await stage.say(BOB, 'find', [], { photos })).toMatchObject(refused);
  });

  it('is not fetched after a choice of the group either', async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    const fetched = stage.platform.fetched.length;
    expect(await about(ofOthers, { place: undefined })).toMatchObject(refused);
    expect(stage.platform.fetched).toHaveLength(fetched);
  });

  it('is explained in whole sentences in German', async () => {
    const [answer] = await about(ofOthers, { locale: 'de' });
    expect(answer?.text).toContain('sende es mir selbst, mit demselben Befehl');
  });

  it('is not mentioned in /mydata', async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    expect((await stage.say(BOB, 'mydata')).map(({ kind }) => kind)).toEqual(['info']);
  });
});

describe('with FIND_PHOTOS=any, a photo in a message of somebody else', () => {
  beforeEach(async () => {
    await begin({ FIND_PHOTOS: 'any' })();
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(BOB, 'find', ['carl']);
  });

  const fetchedNow = () => stage.platform.fetched.length;
  const kept = () => stage.parts.stores.pending.list('sender');
  const marksOf = (reply: Reply | undefined): Mark[] =>
    reply?.kind === 'result' ? JSON.parse(Buffer.from(reply.picture?.jpeg ?? []).toString()) : [];
  const mydata = (person: Person, more = {}) => stage.say(person, 'mydata', [], more);
  const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join('\n');
  const choose = (person: Person, replies: readonly Reply[], label: string) => {
    const actions = replies.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
    const chosen = actions.find((one) => one.label.startsWith(label));
    if (!chosen) throw new Error(`nothing like ${label} in ${JSON.stringify(actions)}`);
    return stage.press(person, chosen);
  };
  const forbid = async (person: Person) => choose(person, await mydata(person), 'Not mine');

  it('is searched, and everybody who is not enrolled comes back blurred', async () => {
    const [result] = await about(sentBy(DORA, 'eve,anna,mallory'));
    expect(marksOf(result).map(({ tone }) => tone)).toEqual(['blur', 'match', 'blur']);
    expect(result?.text).toMatch(/^“Alice” \(face 2\), match.*\n.*\n2 other faces are blurred\.$/);
    expect(result).toMatchObject({ picture: { alt: 'The photo with 1 numbered face: “Alice”' } });
    // Photos that people send themselves come back unchanged.
    const [own] = await stage.say(BOB, 'find', ['eve,anna']);
    expect(marksOf(own).map(({ tone }) => tone)).toEqual(['unknown', 'match']);
  });

  it('blurs people who only look like somebody, and people who left', async () => {
    stage.platform.memberships.set(ALICE.id, 'gone');
    const [result] = await about(sentBy(DORA, 'anna'));
    expect(marksOf(result).map(({ tone }) => tone)).toEqual(['blur']);
    expect(result?.text).not.toContain('Alice');
  });

  it('comes without a picture if some faces were not looked at, because they could not be blurred', async () => {
    const [result] = await about(sentBy(DORA, 'anna,+9'));
    expect(result).not.toHaveProperty('picture');
    expect(result?.text).toContain('you get no picture of it');
  });

  it.each([
    ['nobody who could forbid it', undefined],
    ['somebody who forbade it', DORA],
  ])('is not fetched when it was sent by %s', async (_, sender) => {
    if (sender) await forbid(sender);
    const before = fetchedNow();
    expect(await about(sentBy(sender, 'anna'))).toMatchObject(refused);
    expect(fetchedNow()).toBe(before);
  });

  it('is not fetched if that was forbidden while the search waited', async () => {
    const { queue } = stage.parts.stores;
    const { add } = queue;
    queue.add = async (...args) => {
      if (args[0].kind === 'ask') await forbid(DORA);
      return await add(...args);
    };
    const before = fetchedNow();
    expect(await about(sentBy(DORA, 'anna'))).toMatchObject([
      { text: expect.stringContaining('lets nobody else search') },
    ]);
    expect(fetchedNow()).toBe(before);
  });

  it('may be forbidden by somebody without other data, and allowed again', async () => {
    expect(textOf(await mydata(DORA))).toContain('Nothing is held about you');
    expect(textOf(await forbid(DORA))).toContain('From now on nobody searches photos in your messages in “Club”.');
    expect(await about(sentBy(DORA, 'anna'))).toMatchObject(refused);
    const data = await mydata(DORA);
    expect(textOf(data)).toContain('You forbid that others search photos in your messages in “Club”.');
    expect(textOf(await choose(DORA, data, 'Allow mine'))).toContain('again');
    expect(await about(sentBy(DORA, 'anna'))).toMatchObject([{ kind: 'result' }]);
  });

  it('is forbidden only in one group, and only for one person’s photos', async () => {
    await forbid(DORA);
    expect(await about(sentBy(ALICE, 'anna'))).toMatchObject([{ kind: 'result' }]);
    await stage.press(BOB, action(await stage.say(BOB, 'find', ['carl'], { place: TEAM }), 'agree'), { place: TEAM });
    expect(await about(sentBy(DORA, 'anna'), { place: TEAM })).toMatchObject([{ kind: 'result' }]);
  });

  it('is mentioned only in /mydata of its sender', async () => {
    await about(sentBy(DORA, 'anna'));
    const at = new Date(stage.clock.ms).toISOString();
    stage.clock.ms += 60_000;
    await about(sentBy(DORA, 'carl'));
    const data = await mydata(DORA);
    const later = new Date(stage.clock.ms).toISOString();
    expect(textOf(data)).toMatch(
      /Photos in messages of yours in “Club” were searched 2 times by others, last on \u2063\d/,
    );
    expect(data[0]).toMatchObject({
      data: [{ group: 'Club', id: DORA.id, photosSearchedByOthers: [later, at], photosForbidden: false }],
    });
    expect(textOf(await mydata(ALICE))).not.toContain('searched');
    // Nothing is told in another group. In private the group's name is told too.
    expect(textOf(await mydata(DORA, { place: TEAM }))).not.toContain('searched');
    expect(textOf(await mydata(DORA, { place: undefined }))).toContain('“Club”');
  });

  it('is noted once, however often the work is tried, and before it is fetched', async () => {
    const seen: number[] = [];
    const { fetchPhoto } = stage.platform.courier;
    let tries = 0;
    stage.platform.courier.fetchPhoto = async (...args) => {
      seen.push((await kept()).length);
      tries += 1;
      if (tries === 1) throw Object.assign(new (await import('../../src/failure.ts')).Failure('unavailable'));
      return await fetchPhoto(...args);
    };
    expect(await about(sentBy(DORA, 'anna'))).toMatchObject([{ kind: 'result' }]);
    expect(seen).toEqual([1, 1]);
    expect(textOf(await mydata(DORA))).toContain('A photo in a message of yours in “Club” was searched once by others');
  });

  it('is forgotten as the search log is; the ban lasts a year after it last stopped a search', async () => {
    await about(sentBy(DORA, 'anna'));
    await forbid(ALICE);
    stage.clock.ms += 91 * DAY_MS;
    expect(textOf(await mydata(DORA))).not.toContain('searched');
    expect(await about(sentBy(ALICE, 'anna'))).toMatchObject(refused);
    const ends = (await kept()).map(({ expiresAt }) => Math.round((expiresAt - stage.clock.ms) / DAY_MS));
    expect(Math.max(...ends)).toBe(365);
    await stage.parts.stores.pending.tidy(['sender'], stage.clock.ms);
    expect(await kept()).toHaveLength(1);
  });

  it('is forgotten by its sender’s /forget, which says so', async () => {
    await about(sentBy(DORA, 'anna'));
    await forbid(DORA);
    const question = await stage.say(DORA, 'forget');
    const text = textOf(await stage.press(DORA, action(question, 'confirm')));
    expect(text).toContain('of “Club”: when others searched photos in your messages, and that you forbid it');
    expect(text).not.toContain('nothing to erase');
    expect(await kept()).toEqual([]);
    expect(textOf(await mydata(DORA))).toContain('Nothing is held about you');
  });

  it('is forgotten from everywhere, from a private chat too, and when its sender leaves, or the bot', async () => {
    await about(sentBy(DORA, 'anna'));
    const question = await stage.say(DORA, 'forget', [], { place: undefined });
    expect(textOf(question)).toContain('“Club”');
    await stage.press(DORA, action(question, 'confirm'), { place: undefined });
    expect(await kept()).toEqual([]);
    await about(sentBy(DORA, 'anna'));
    await stage.chat.left(CLUB, DORA);
    expect(await kept()).toEqual([]);
    await about(sentBy(DORA, 'anna'));
    await stage.chat.removed(CLUB);
    expect(await kept()).toEqual([]);
  });

  it('leaves no id and no name of its sender on the disk, and after /forget no byte', async () => {
    await about(sentBy(DORA, 'anna'));
    const [item] = await kept();
    if (!item) throw new Error('nothing is kept');
    expect(found(item.id)).toBe(true);
    for (const secret of [DORA.name, `"${DORA.id}"`]) expect(found(secret)).toBe(false);
    await stage.press(DORA, action(await stage.say(DORA, 'forget'), 'confirm'));
    expect(found(item.id)).toBe(false);
  });

  it('belongs to the group that the group became', async () => {
    await forbid(DORA);
    await stage.agreed({ ...ALICE, id: '1009' }, 'find', ['carl']);
    await stage.press(BOB, action(await stage.say(BOB, 'find', ['carl'], { place: TEAM }), 'agree'), { place: TEAM });
    await stage.chat.moved(CLUB, TEAM);
    expect(await about(sentBy(DORA, 'anna'), { place: TEAM })).toMatchObject(refused);
  });

  it('is forbidden in it by a button from before the group moved, too', async () => {
    const question = await mydata(DORA);
    await stage.chat.moved(CLUB, TEAM);
    expect(textOf(await choose(DORA, question, 'Not mine'))).toContain('From now on nobody searches');
    expect(await about(sentBy(DORA, 'anna'), { place: TEAM })).toMatchObject(refused);
  });

  it('names its sender in no queue and no parked ask', async () => {
    const { pending, queue } = stage.parts.stores;
    const shelf = sentPhotosOn(pending, keysOf(stage.config), { now: () => stage.clock.ms, areSearched: true });
    const known = shelf.known(stage.ask(BOB, 'find', [], { photos: [sentBy(DORA, 'anna')] }));
    expect(JSON.stringify(known)).not.toContain(DORA.id);
    expect(shelf.known(known).photos[0]?.sender).not.toBe(known.photos[0]?.sender);
    expect(queue).toBeDefined();
  });
});

function found(text: string): boolean {
  return readdirSync(stage.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text));
}
