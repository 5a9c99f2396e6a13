import { describe, expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { ann, bob, club, enroll, inClub, meetsAnew, on, one, photos, text } from './chess-club.ts';
import { answerTo } from './driver.ts';
import type { Account } from './platform/people.ts';

meetsAnew();

function times(count: number, act: () => unknown): void {
  for (let left = count; left > 0; left--) act();
}

const TEN = Array.from({ length: 10 }, (_, index) => index);

/** All that somebody is answered who did this while the bot was off, and then asks for help. */
async function afterwards(person: Account, whileOff: () => void): Promise<string[]> {
  const answers = await answerTo(on.api, person, () => void on.restart(whileOff));
  const [help] = await answerTo(on.api, person, () => person.says('/help'));
  expect(help && text(help)).toContain(en.help.title);
  const known = new Set(answers.map(({ id }) => id));
  const later = person.inbox().filter(({ id }) => !known.has(id) && id > Math.min(...known) && id !== help?.id);
  return [...answers, ...later].map(text);
}

describe('what one person sent while the bot was off', () => {
  it('is answered in one message, where it was the same ten times', async () => {
    expect(await afterwards(bob, () => times(10, () => bob.says('/mydata')))).toHaveLength(1);
  });

  it('is one search of all photos, where each brought one', async () => {
    await enroll(ann, photos.ann);
    const notice = await one(bob, () => bob.saysIn(club, '/find', { photos: [photos.bob] }));
    await one(bob, () => bob.presses(notice, 'agree'));
    const before = bob.inbox().length;
    await on.restart(() => {
      for (const index of TEN) bob.says('/find', { photos: [index === 0 ? photos.ann : photos.bob] });
    });
    const answers = () => bob.inbox().slice(before);
    await on.api.until('an album', () => answers().filter(({ photo }) => photo).length === TEN.length);
    await one(bob, () => bob.says('/help'));
    const [found, help, ...others] = answers().filter(({ photo, document }) => !photo && !document);
    expect(others.map(text)).toEqual([]);
    expect(found && text(found)).toContain('Ann');
    expect(help && text(help)).toContain(en.help.title);
  });

  it('is one enrolment of all selfies that came one by one after the command', async () => {
    await enroll(ann, photos.ann);
    const whileOff = () => {
      ann.says('/enroll');
      ann.says('', { photos: [photos.ann] });
      ann.says('', { photos: [photos.ann] });
    };
    expect(await afterwards(ann, whileOff)).toEqual([en.enroll.alreadyKnown]);
  });

  it('is answered apart, where different things were asked for', async () => {
    const before = bob.inbox().length;
    await on.restart(() => {
      times(2, () => bob.says('/mydata'));
      times(2, () => bob.says('/help'));
    });
    await on.api.until('both answers', () => bob.inbox().length === before + 2);
    const answers = bob.inbox().slice(before).map(text);
    expect(answers.filter((answer) => answer.includes(en.help.title))).toHaveLength(1);
  });
});

it('a group sees one link, however often somebody asked for it while the bot was off', async () => {
  await on.restart(() => times(10, () => ann.saysIn(club, '/enroll')));
  await on.api.until('the link', () => inClub()[0]);
  await one(ann, () => ann.says('/help'));
  expect(inClub()).toHaveLength(1);
});
