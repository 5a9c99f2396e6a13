import { describe, expect, it } from 'vitest';
import { ann, answered, club, heardIn, meetsAnew, on, photo, said } from './noted-club.ts';
import { BOT } from './platform/world.ts';

meetsAnew();

describe('what the bot understands in a group', () => {
  const NAME = `@${BOT.username}`;

  it.each([
    // A command by its name in another language.
    ['/finden', 'find'],
    [`/vergessen${NAME}`, 'forget'],
    ['/Aufnehmen', 'enroll'],
    // Nearly a command: the chat offers the command.
    ['/enrol', 'enrol'],
    ['/mydtaa', 'mydtaa'],
    [`/fnd${NAME}`, 'fnd'],
    // The bot's name, with plain words or with a command that it does not have.
    [`/dance${NAME}`, 'help'],
    [`${NAME} enrol me`, 'enroll'],
    [`hey ${NAME}`, 'help'],
    [`${NAME} what a day`, 'help'],
  ])('“%s” reaches it as /%s', async (words, command) => {
    ann.says('/start');
    await answered(ann);
    ann.saysIn(club, words);
    await answered(ann, 2);
    expect(on.chat.asks[1]).toMatchObject({ command, place: { id: String(club.chat.id) } });
    await heardIn();
  });

  it.each([
    ['blur this, ', 'blur'],
    ['selfie with ', 'find'],
    ['hi ', 'find'],
  ])('a photo with the words “%s@bot” reaches it as /%s', async (words, command) => {
    ann.says('/start');
    await answered(ann);
    ann.saysIn(club, `${words}${NAME}`, { photos: [photo] });
    await answered(ann, 2);
    expect(on.chat.asks[1]).toMatchObject({ command, photos: [{ file: 'photo0' }] });
  });

  it('a selfie under a misspelt /enroll is not used', async () => {
    ann.saysIn(club, '/enrol', { photos: [photo] });
    await said();
    expect(on.chat.parked).toMatchObject([{ command: 'enrol', photos: [] }]);
  });
});
