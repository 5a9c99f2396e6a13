import { describe, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import {
  agreeToSearch,
  ann,
  asks,
  bob,
  club,
  enroll,
  fetched,
  find,
  inClub,
  meetsAnew,
  moveTo,
  newcomer,
  on,
  one,
  photos,
  signpost,
  text,
} from './chess-club.ts';

meetsAnew();

describe('somebody who enrols from a group', () => {
  it('does it in private, and is found in that group by its members', async () => {
    expect(text(await enroll(ann, photos.ann))).toContain('You are enrolled in');
    await agreeToSearch(bob);
    const result = await find(bob, { photos: [photos.group] });
    expect(text(result)).toMatch(/“Ann” \(face \d+\), (match|possible): distance/);
    expect(result).toMatchObject({ chat: bob.id, spoiler: true, protect: true });
    expect(inClub()).toEqual([]);
  });

  it('is not found in another group', async () => {
    await enroll(ann, photos.ann);
    moveTo(on.people.group('Other club', [ann, bob]));
    const notice = await find(bob, { photos: [photos.group] });
    expect(text(await one(bob, () => bob.presses(notice, 'agree')))).toContain('Nobody is enrolled in');
  });

  it('goes on alone with what they asked: the same link enrols everybody else', async () => {
    const cleo = newcomer('Cleo');
    const offer = await signpost(cleo, 'mydata');
    expect(text(await one(bob, () => bob.opens(offer)))).toContain('Now send 1 to 3 selfies');
    expect(text(await one(cleo, () => cleo.opens(offer)))).toBe('Nothing is held about you in “Chess club”.');
    expect(text(await one(cleo, () => cleo.opens(offer)))).toBe(failureText(en, 'expired', { used: 1 }));
  });

  it('cannot use a forwarded photo as a selfie, and is told so', async () => {
    await enroll(bob, photos.bob);
    await asks(bob, 'enroll');
    const refusal = await one(bob, () => bob.says('', { photos: [photos.bob], forwarded: true }));
    expect(text(refusal)).toContain('not a forwarded one');
  });

  it('goes on after a restart of the bot in the middle', async () => {
    const cleo = newcomer('Cleo');
    const offer = await signpost(cleo, 'enroll');
    await on.restart();
    await one(cleo, () => cleo.opens(offer));
    await on.restart();
    const notice = await one(cleo, () => cleo.says('', { photos: [photos.ann] }));
    await on.restart();
    expect(text(await one(cleo, () => cleo.presses(notice, 'agree')))).toContain('You are enrolled in');
  });

  it('is still there when the group became a supergroup', async () => {
    moveTo(on.people.group('Small club', [ann, bob], { basic: true }));
    await enroll(ann, photos.ann);
    moveTo(on.people.upgrade(club));
    await agreeToSearch(bob);
    expect(text(await find(bob, { photos: [photos.group] }))).toContain('“Ann” (face ');
  });

  it('is in the supergroup that the group became while the link was open', async () => {
    moveTo(on.people.group('Small club', [ann, bob], { basic: true }));
    const cleo = newcomer('Cleo');
    const offer = await signpost(cleo, 'enroll');
    moveTo(on.people.upgrade(club));
    await one(cleo, () => cleo.opens(offer));
    const notice = await one(cleo, () => cleo.says('', { photos: [photos.ann] }));
    expect(text(await one(cleo, () => cleo.presses(notice, 'agree')))).toContain('You are enrolled in');
    await agreeToSearch(bob);
    expect(text(await find(bob, { photos: [photos.group] }))).toContain('“Cleo” (face ');
    const question = await asks(cleo, 'forget');
    expect(await one(cleo, () => cleo.presses(question, 'here'))).toMatchObject({
      document: { name: expect.stringMatching(/^facefinder-erasure-/) },
    });
    expect(text(await find(bob, { photos: [photos.group] }))).not.toContain('Cleo');
  });

  it('cannot enrol the face of somebody else', async () => {
    await enroll(ann, photos.ann);
    const taken = await enroll(bob, photos.ann);
    expect(text(taken)).toBe(en.failures.face_taken);
    expect(taken.keyboard[0]).toMatchObject([{ text: 'This is me' }]);
  });
});

describe('no photo is fetched', () => {
  it('before its sender has agreed, or after they have declined', async () => {
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
    expect(text(await one(ann, () => ann.presses(notice, 'agree')))).toContain('“Ann” (face ');
  });

  it('offers the person’s groups if there are several', async () => {
    await enroll(ann, photos.ann);
    moveTo(on.people.group('Other club', [ann, bob]));
    await enroll(ann, photos.ann);
    const which = await one(ann, () => ann.says('/find', { photos: [photos.group] }));
    expect(
      which.keyboard
        .slice(0, -1)
        .flat()
        .map((button) => button.text)
        .toSorted(),
    ).toEqual(['Chess club', 'Other club']);
    expect(text(await one(ann, () => ann.presses(which, 'Other club')))).toContain('May I look at your photos');
  });

  it('is refused to somebody who has left that group, as Telegram says', async () => {
    await enroll(ann, photos.ann);
    club.members.set(ann.id, 'left');
    expect(text(await one(ann, () => ann.says('/find', { photos: [photos.group] })))).toBe(
      failureText(en, 'not_a_member'),
    );
  });

  it('leads to a group if the person is in none', async () => {
    const before = ann.inbox().length;
    ann.says('/find', { photos: [photos.group] });
    const shown = await on.api.until(
      'both messages',
      () => ann.inbox().length > before + 1 && ann.inbox().slice(before),
    );
    expect(shown.map(text)).toEqual([en.place.none, en.telegram.pick]);
  });
});
