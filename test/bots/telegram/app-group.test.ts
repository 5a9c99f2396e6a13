import { describe, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import {
  agreeToSearch,
  ann,
  asks,
  begin,
  bob,
  club,
  enroll,
  fetched,
  find,
  inClub,
  meetsAnew,
  moveTo,
  on,
  one,
  photos,
  text,
} from './chess-club.ts';
import { answerTo } from './driver.ts';
import type { Account } from './platform/people.ts';
import { badRequest, tooMany } from './platform/refusals.ts';
import { BOT } from './platform/world.ts';

meetsAnew();

describe('who has left', () => {
  it('is not named, though the bot is no admin and was told nothing', async () => {
    await enroll(ann, photos.ann);
    await agreeToSearch(bob);
    club.members.set(ann.id, 'left');
    expect(text(await find(bob, { photos: [photos.group] }))).not.toContain('Ann');
  });

  it('in the middle of a search is shown nothing of the group, nor named there', async () => {
    await enroll(ann, photos.ann);
    await agreeToSearch(bob);
    on.api.fault('getFile', tooMany(1));
    const leaves = (person: Account) =>
      one(bob, () => {
        bob.saysIn(club, '/find', { photos: [photos.group] });
        club.members.set(person.id, 'left');
      });
    expect(text(await leaves(ann))).not.toContain('Ann');
    club.members.set(ann.id, 'member');
    expect(text(await leaves(bob))).toBe(failureText(en, 'not_a_member'));
  });

  it.each(['member not found', 'user not found', 'PARTICIPANT_ID_INVALID', 'CHAT_ADMIN_REQUIRED'])(
    'unnoticed is not named and may not search from outside when Telegram says "%s" of them',
    async (words) => {
      await enroll(ann, photos.ann);
      await agreeToSearch(bob);
      club.silence = { refusal: badRequest(words) };
      club.members.set(ann.id, 'left');
      club.members.set(bob.id, 'left');
      const answer = await one(bob, () => bob.says('/find', { photos: [photos.group] }));
      expect(text(answer)).toBe(failureText(en, 'not_a_member', { unproven: 1 }));
      // A message that was written in the group proves its sender's membership, and nobody else's.
      expect(text(await find(bob, { photos: [photos.group] }))).not.toContain('Ann');
    },
  );

  it('is erased by an admin bot', async () => {
    moveTo(on.people.group('Admin club', [ann, bob], { admin: true }));
    await enroll(ann, photos.ann);
    on.people.become(club, ann.user, 'left');
    on.people.become(club, ann.user, 'member');
    expect(text(await asks(ann, 'mydata'))).toBe('Nothing is held about you in “Admin club”.');
  });
});

it('an admin of the group sees what any member sees, and nothing that is stored about others', async () => {
  await enroll(ann, photos.ann);
  await agreeToSearch(bob);
  const asMember = text(await find(bob, { photos: [photos.group] }));
  on.people.become(club, bob.user, 'administrator');
  expect(text(await find(bob, { photos: [photos.group] }))).toBe(asMember);
  const [data] = await answerTo(on.api, bob, () => bob.saysIn(club, '/mydata'));
  expect(data && text(data)).toContain('What is held about you in “Chess club”');
  expect(data && text(data)).not.toContain('Ann');
});

it('with FIND_BY=enrolled, only enrolled people may search', async () => {
  await on[Symbol.asyncDispose]();
  await begin({ FIND_BY: 'enrolled' });
  const notice = await find(bob, { photos: [photos.group] });
  expect(text(await one(bob, () => bob.presses(notice, 'agree')))).toBe(en.failures.not_enrolled({ why: 'other' }));
});

it('with FIND_PHOTOS=any, a photo that somebody else sent is searched until they forbid it, and people who are not enrolled are blurred', async () => {
  await on[Symbol.asyncDispose]();
  await begin({ FIND_PHOTOS: 'any' });
  await enroll(ann, photos.ann);
  await agreeToSearch(bob);
  const dora = on.people.person('Dora');
  club.members.set(dora.id, 'member');
  dora.says('/start');
  dora.saysIn(club, 'look', { photos: [photos.group] });
  const replyTo = [...on.api.world.messages.values()].findLast(({ photo }) => photo !== undefined);
  if (!replyTo) throw new Error('Dora sent no photo');
  const result = await one(bob, () => bob.saysIn(club, '/find', { replyTo }));
  expect(text(result)).toMatch(/“Ann” \(face \d+\), match.*\n\d+ other faces are blurred\.$/s);

  const data = await asks(dora, 'mydata');
  expect(text(data)).toContain('in “Chess club” was searched once by others');
  const forbidden = await one(dora, () => dora.presses(data, en.mydata.photos.forbid({ group: 'Chess club' })));
  expect(text(forbidden)).toContain('From now on nobody searches photos in your messages');
  const before = fetched().length;
  const refused = await one(bob, () => bob.saysIn(club, '/find', { replyTo }));
  expect(text(refused)).toBe(failureText(en, 'not_your_photo', { forbidden: 1 }));
  expect(fetched()).toHaveLength(before);
});

/** Searches once more. By the time of the answer, the bot has noted every earlier post. */
const afterAllOf = (person: typeof bob) => find(person, { photos: [photos.group] });

describe('a result', () => {
  it('names to the group only people who agreed to be shown', async () => {
    await enroll(ann, photos.ann, 'shown');
    await agreeToSearch(bob);
    const result = await find(bob, { photos: [photos.group], topic: 7 });
    const [said] = await answerTo(on.api, bob, () => bob.presses(result, 'show'));
    expect(said?.text).toBe(en.telegram.shown);
    const shown = await on.api.until('the picture', () => inClub().find(({ photo }) => photo !== undefined));
    expect(shown).toMatchObject({ spoiler: true, topic: 7 });
    expect(text(shown)).toMatch(/^“Ann” is in this picture: face \d\.\n\d+ other faces are blurred\.$/);
    expect(result.keyboard).toEqual([]);
  });

  it('has buttons for a person’s rights, and stays when one is used', async () => {
    await enroll(ann, photos.ann);
    await agreeToSearch(bob);
    const result = await find(bob, { photos: [photos.group] });
    const [data] = await answerTo(on.api, bob, () => bob.presses(result, 'My data'));
    expect(data && text(data)).toContain('What is held about you in “Chess club”');
    expect(text(result)).toContain('“Ann” (face ');
    const [question] = await answerTo(on.api, bob, () => bob.presses(result, 'Forget me'));
    expect(question?.keyboard.flat().map((button) => button.text)).toContain(en.forget.everywhere);
  });

  it('that a group was shown leads everybody who reads it to what is stored, in private', async () => {
    await enroll(ann, photos.ann, 'shown');
    await agreeToSearch(bob);
    const result = await find(bob, { photos: [photos.group] });
    await answerTo(on.api, bob, () => bob.presses(result, 'show'));
    const shown = await on.api.until('the picture', () => inClub().find(({ photo }) => photo !== undefined));
    const before = inClub().length;
    ann.presses(shown, 'Privacy');
    const led = await on.api.until('a link', () => on.api.calls.find(({ params }) => params.url !== undefined));
    expect(led).toMatchObject({
      method: 'answerCallbackQuery',
      params: { url: expect.stringMatching(/\?start=privacy$/) },
    });
    expect(inClub()).toHaveLength(before);
    const [policy] = await answerTo(on.api, ann, () => ann.says('/start privacy'));
    expect(policy?.keyboard.flat().map((button) => button.text)).toEqual(['Forget me', 'My data', 'Privacy']);
  });

  it('that a group was shown can be deleted by people whom it names, and not by people who only read it', async () => {
    await enroll(ann, photos.ann, 'shown');
    await agreeToSearch(bob);
    const result = await find(bob, { photos: [photos.group] });
    const carol = on.people.person('Carol');
    await answerTo(on.api, bob, () => bob.presses(result, 'show'));
    const shown = await on.api.until('the picture', () => inClub().find(({ photo }) => photo !== undefined));
    await afterAllOf(bob);
    const told = async (text: string) =>
      await on.api.until(text, () => on.api.calls.some(({ params }) => params.text === text));
    carol.presses(shown, en.shown.delete);
    await told(en.shown.not_yours);
    expect(inClub()).toContain(shown);
    ann.presses(shown, en.shown.delete);
    await told(en.shown.deleted);
    expect(inClub().filter(({ photo }) => photo !== undefined)).toEqual([]);
  });

  it('that a group was shown is deleted with the people whom it names', async () => {
    await enroll(ann, photos.ann, 'shown');
    await agreeToSearch(bob);
    const result = await find(bob, { photos: [photos.group] });
    await answerTo(on.api, bob, () => bob.presses(result, 'show'));
    await on.api.until('the picture', () => inClub().find(({ photo }) => photo !== undefined));
    await afterAllOf(bob);
    const [question] = await answerTo(on.api, ann, () => ann.says('/forget'));
    if (!question) throw new Error('no question');
    const [receipt] = await answerTo(on.api, ann, () => ann.presses(question, 'everywhere'));
    expect(receipt && text(receipt)).toContain('What the group was shown of you: 1 message deleted.');
    expect(inClub().filter(({ photo }) => photo !== undefined)).toEqual([]);
  });

  it('of several photos is one text, with an album below', async () => {
    await enroll(ann, photos.ann);
    await agreeToSearch(bob);
    const photosBefore = bob.inbox().filter(({ photo }) => photo).length;
    const [said] = await answerTo(on.api, bob, () => bob.says('/find', { photos: [photos.group, photos.withBob] }));
    await on.api.until('the album', () => bob.inbox().filter(({ photo }) => photo).length === photosBefore + 2);
    expect(said && text(said)).toContain('“Ann” (face ');
  });
});

describe('an album in a group', () => {
  const album = () => [photos.group, photos.withBob];
  const told = (how: 'replied' | 'other') => en.intent.oneOfAlbum({ how, group: '“Chess club”' });

  it('of which the bot gets one photo is answered with what to do about the others', async () => {
    await agreeToSearch(bob);
    expect(text(await find(bob, { photos: album() }))).toContain(told('other'));
    // A photo by itself is no album.
    expect(text(await find(bob, { photos: [photos.group] }))).not.toContain('album');
  });

  it('that somebody replies to is one photo as well, whatever the bot may see', async () => {
    await agreeToSearch(bob);
    club.members.set(BOT.id, 'administrator');
    bob.saysIn(club, 'us', { photos: album() });
    const [posted] = [...on.api.world.messages.values()].filter(({ album: of }) => of !== undefined);
    const replied = await find(bob, { ...(posted && { replyTo: posted }) });
    expect(text(replied)).toContain(told('replied'));
  });

  it('comes whole to a bot that is an admin, and in private', async () => {
    await agreeToSearch(bob);
    club.members.set(BOT.id, 'administrator');
    const [whole] = await answerTo(on.api, bob, () => bob.saysIn(club, '/find', { photos: album() }));
    expect(whole && text(whole)).toContain('Photo 2');
    expect(whole && text(whole)).not.toContain('album');
    const [own] = await answerTo(on.api, bob, () => bob.says('/find', { photos: album() }));
    expect(own && text(own)).not.toContain('album');
  });
});

describe('/forget', () => {
  it('erases with a receipt that stays with the person', async () => {
    await enroll(ann, photos.ann);
    const question = await asks(ann, 'forget');
    const receipt = await one(ann, () => ann.presses(question, 'here'));
    expect(receipt).toMatchObject({
      document: { name: expect.stringMatching(/^facefinder-erasure-/) },
      protect: false,
    });
    const jws = Buffer.from(on.api.world.files.get(receipt.document?.file ?? '')?.bytes ?? []).toString();
    expect(jws.split('.')).toHaveLength(3);
  });
});

describe('trouble', () => {
  it('a file over 20 MB is answered with what to do', async () => {
    await agreeToSearch(ann);
    const before = fetched().length;
    expect(text(await find(ann, { photos: [photos.group], asDocument: true, statedSize: 21_000_000 }))).toBe(
      failureText(en, 'image_too_large'),
    );
    expect(fetched()).toHaveLength(before);
  });

  it('a photo that is gone is answered', async () => {
    await agreeToSearch(ann);
    const message = await one(ann, () => {
      ann.saysIn(club, '/find', { photos: [photos.group] });
      const id = [...on.api.world.files.keys()].findLast((key) => key.startsWith('photo'));
      on.api.world.files.delete(id ?? '');
    });
    expect(text(message)).toBe(en.failures.photo_gone);
  });

  it('two requests of one person at once are answered once each', async () => {
    await agreeToSearch(ann);
    // The receipt of consent may still be under way.
    const answers = () => ann.inbox().filter(({ document }) => document === undefined);
    const before = answers().length;
    ann.saysIn(club, '/find', { photos: [photos.group] });
    ann.saysIn(club, '/find', { photos: [photos.withBob] });
    await on.api.until(
      'both',
      () =>
        answers()
          .slice(before)
          .filter(({ photo }) => photo).length === 2,
    );
    expect(answers()).toHaveLength(before + 2);
  });

  it('somebody who blocks the bot keeps nobody else from an answer', async () => {
    await agreeToSearch(ann);
    await agreeToSearch(bob);
    ann.saysIn(club, '/find', { photos: [photos.group] });
    on.api.world.blocked.add(ann.id);
    expect(text(await find(bob, { photos: [photos.group] }))).toContain('Nobody is enrolled in');
  });
});
