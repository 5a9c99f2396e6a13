import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { answerTo, type RealStage, realStage } from './driver.ts';
import { samples } from './photos.ts';
import type { Account, Sending } from './platform/people.ts';
import { badRequest, tooMany } from './platform/refusals.ts';
import type { Group, Posted } from './platform/world.ts';

let photos: Awaited<ReturnType<typeof samples>>;
let on: RealStage;
let ann: Account;
let bob: Account;
let club: Group;

beforeAll(async () => {
  photos = await samples();
});
beforeEach(() => begin());
async function begin(env: NodeJS.ProcessEnv = {}) {
  on = await realStage(env);
  ann = on.people.person('Ann');
  bob = on.people.person('Bob');
  club = on.people.group('Chess club', [ann, bob]);
  for (const person of [ann, bob]) await answerTo(on.api, person, () => person.says('/start'));
}
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.api.complaints).toEqual([]);
});

const text = ({ text, caption }: Posted) => (text ?? caption ?? '').replaceAll('\u2060', '');
const inClub = () => on.people.inChat(club.chat.id);
const fetched = () => on.api.calls.filter(({ method }) => method === 'getFile' || method === 'file');

/** The one message that somebody's deed made the bot show or change. */
async function one(person: Account, act: () => unknown): Promise<Posted> {
  const [message, ...others] = await answerTo(on.api, person, act);
  expect(others).toEqual([]);
  if (!message) throw new Error('no answer');
  return message;
}

const find = (person: Account, sending: Sending) => one(person, () => person.saysIn(club, '/find', sending));

async function link(person: Account, command: string): Promise<Posted> {
  const before = inClub().length;
  person.saysIn(club, `/${command}`);
  return await on.api.until('the link', () => inClub()[before]);
}

/** Enrols from the group through the link, with the notice agreed to by the button named. */
async function enroll(person: Account, selfie: Uint8Array, choice = 'agree'): Promise<Posted> {
  const offer = await link(person, 'enroll');
  await one(person, () => person.opens(offer));
  const notice = await one(person, () => person.says('', { photos: [selfie] }));
  expect(text(notice)).toContain('May I remember your face for');
  return await one(person, () => person.presses(notice, choice));
}

/** Agrees to search by a first search. */
async function agreeToSearch(person: Account): Promise<void> {
  const notice = await find(person, { photos: [photos.group] });
  await one(person, () => person.presses(notice, 'agree'));
}

describe('somebody who enrols from a group', () => {
  it('does it in private, and is found in that group by its members', async () => {
    expect(text(await enroll(ann, photos.ann))).toContain('You are enrolled in');
    await agreeToSearch(bob);
    const result = await find(bob, { photos: [photos.group] });
    expect(text(result)).toMatch(/Ann: (match|possible), distance/);
    expect(result).toMatchObject({ chat: bob.id, spoiler: true, protect: true });
    expect(inClub().map(text)).toEqual([expect.stringContaining('between the two of us')]);
  });

  it('is not found in another group', async () => {
    await enroll(ann, photos.ann);
    club = on.people.group('Other club', [ann, bob]);
    const notice = await find(bob, { photos: [photos.group] });
    expect(text(await one(bob, () => bob.presses(notice, 'agree')))).toContain('Nobody is enrolled in');
  });

  it('keeps a link to themselves: for others it opens nothing', async () => {
    const offer = await link(ann, 'enroll');
    expect(text(await one(bob, () => bob.opens(offer)))).toBe(en.failures.not_yours);
    expect(text(await one(ann, () => ann.opens(offer)))).toContain('Now send 1 to 3 selfies');
    expect(text(await one(ann, () => ann.opens(offer)))).toBe(en.failures.expired);
  });

  it('cannot use a forwarded photo as a selfie, and is told so', async () => {
    await enroll(bob, photos.bob);
    const offer = await link(bob, 'enroll');
    await one(bob, () => bob.opens(offer));
    const refusal = await one(bob, () => bob.says('', { photos: [photos.bob], forwarded: true }));
    expect(text(refusal)).toContain('not a forwarded one');
  });

  it('goes on where the bot was restarted in the middle', async () => {
    const offer = await link(ann, 'enroll');
    await on.restart();
    await one(ann, () => ann.opens(offer));
    await on.restart();
    const notice = await one(ann, () => ann.says('', { photos: [photos.ann] }));
    await on.restart();
    expect(text(await one(ann, () => ann.presses(notice, 'agree')))).toContain('You are enrolled in');
  });

  it('is still there when the group became a supergroup', async () => {
    club = on.people.group('Small club', [ann, bob], { basic: true });
    await enroll(ann, photos.ann);
    club = on.people.upgrade(club);
    await agreeToSearch(bob);
    expect(text(await find(bob, { photos: [photos.group] }))).toContain('Ann:');
  });

  it('is in the supergroup that the group became while the link was open', async () => {
    club = on.people.group('Small club', [ann, bob], { basic: true });
    const offer = await link(ann, 'enroll');
    club = on.people.upgrade(club);
    await one(ann, () => ann.opens(offer));
    const notice = await one(ann, () => ann.says('', { photos: [photos.ann] }));
    expect(text(await one(ann, () => ann.presses(notice, 'agree')))).toContain('You are enrolled in');
    await agreeToSearch(bob);
    expect(text(await find(bob, { photos: [photos.group] }))).toContain('Ann:');
    const question = await one(ann, async () => ann.opens(await link(ann, 'forget')));
    expect(await one(ann, () => ann.presses(question, 'here'))).toMatchObject({
      document: { name: expect.stringMatching(/^facefinder-erasure-/) },
    });
    expect(text(await find(bob, { photos: [photos.group] }))).not.toContain('Ann');
  });

  it('is nobody’s enemy: the face of somebody else is refused', async () => {
    await enroll(ann, photos.ann);
    const taken = await enroll(bob, photos.ann);
    expect(text(taken)).toBe(en.failures.face_taken);
    expect(taken.keyboard.flat()).toMatchObject([{ text: 'This is me' }]);
  });
});

describe('no photo is fetched', () => {
  it('before its sender has agreed, nor after they have declined', async () => {
    const notice = await find(ann, { photos: [photos.group] });
    expect(text(notice)).toContain('May I look at your photos');
    expect(fetched()).toEqual([]);
    expect(text(await one(ann, () => ann.presses(notice, 'decline')))).toBe(en.notice.declined);
    expect(fetched()).toEqual([]);
  });
});

describe('what is asked in private', () => {
  it('is about the person’s only group', async () => {
    await enroll(ann, photos.ann);
    const notice = await one(ann, () => ann.says('/find', { photos: [photos.group] }));
    expect(text(await one(ann, () => ann.presses(notice, 'agree')))).toContain('Ann:');
  });

  it('offers the person’s groups where there are several', async () => {
    await enroll(ann, photos.ann);
    club = on.people.group('Other club', [ann, bob]);
    await enroll(ann, photos.ann);
    const which = await one(ann, () => ann.says('/find', { photos: [photos.group] }));
    expect(
      which.keyboard
        .flat()
        .map((button) => button.text)
        .toSorted(),
    ).toEqual(['Chess club', 'Other club']);
    expect(text(await one(ann, () => ann.presses(which, 'Other club')))).toContain('May I look at your photos');
  });

  it('is refused to whom Telegram says has left that group', async () => {
    await enroll(ann, photos.ann);
    club.members.set(ann.id, 'left');
    expect(text(await one(ann, () => ann.says('/find', { photos: [photos.group] })))).toBe(
      failureText(en, 'not_a_member'),
    );
  });

  it('leads to a group where the person is in none', async () => {
    expect(text(await one(ann, () => ann.says('/find', { photos: [photos.group] })))).toBe(en.place.none);
  });
});

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
    'unnoticed, and of whom Telegram says "%s", is not named and may not search from outside',
    async (words) => {
      await enroll(ann, photos.ann);
      await agreeToSearch(bob);
      club.silence = { refusal: badRequest(words) };
      club.members.set(ann.id, 'left');
      club.members.set(bob.id, 'left');
      const answer = await one(bob, () => bob.says('/find', { photos: [photos.group] }));
      expect(text(answer)).toBe(failureText(en, 'not_a_member', { unproven: 1 }));
      // Written inside, a message proves its sender, and nobody else.
      expect(text(await find(bob, { photos: [photos.group] }))).not.toContain('Ann');
    },
  );

  it('is erased by an admin bot', async () => {
    club = on.people.group('Admin club', [ann, bob], { admin: true });
    await enroll(ann, photos.ann);
    on.people.become(club, ann.user, 'left');
    on.people.become(club, ann.user, 'member');
    const offer = await link(ann, 'mydata');
    expect(text(await one(ann, () => ann.opens(offer)))).toBe('Nothing is held about you in “Admin club”.');
  });
});

it('with FIND_BY=enrolled, only the enrolled may search', async () => {
  await on[Symbol.asyncDispose]();
  await begin({ FIND_BY: 'enrolled' });
  const notice = await find(bob, { photos: [photos.group] });
  expect(text(await one(bob, () => bob.presses(notice, 'agree')))).toBe(en.failures.not_enrolled);
});

describe('a result', () => {
  it('is shown to the group only with those who agreed to be shown', async () => {
    await enroll(ann, photos.ann, 'shown');
    await agreeToSearch(bob);
    const result = await find(bob, { photos: [photos.group] });
    const [said] = await answerTo(on.api, bob, () => bob.presses(result, 'show'));
    expect(said?.text).toBe(en.telegram.shown);
    const shown = await on.api.until('the picture', () => inClub().find(({ photo }) => photo !== undefined));
    expect(shown).toMatchObject({ spoiler: true });
    expect(text(shown)).toContain('Ann:');
    expect(result.keyboard).toEqual([]);
  });

  it('of several photos is one text, with an album below', async () => {
    await enroll(ann, photos.ann);
    await agreeToSearch(bob);
    const photosBefore = bob.inbox().filter(({ photo }) => photo).length;
    const [said] = await answerTo(on.api, bob, () => bob.says('/find', { photos: [photos.group, photos.withBob] }));
    await on.api.until('the album', () => bob.inbox().filter(({ photo }) => photo).length === photosBefore + 2);
    expect(said && text(said)).toContain('Ann:');
  });
});

describe('/forget', () => {
  it('erases with a receipt that stays with the person', async () => {
    await enroll(ann, photos.ann);
    const offer = await link(ann, 'forget');
    const question = await one(ann, () => ann.opens(offer));
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
    expect(text(message)).toContain('There is no photo with this');
  });

  it('two requests of one person at once are answered once each', async () => {
    await agreeToSearch(ann);
    // The receipt of consent may still be on its way.
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

  it('who blocks the bot in between costs nobody else their answer', async () => {
    await agreeToSearch(ann);
    await agreeToSearch(bob);
    ann.saysIn(club, '/find', { photos: [photos.group] });
    on.api.world.blocked.add(ann.id);
    expect(text(await find(bob, { photos: [photos.group] }))).toContain('Nobody is enrolled in');
  });
});
