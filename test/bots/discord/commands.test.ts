import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { en } from '../../support/words.ts';
import { type Bot, hello, NOTICE, openClub, reading } from './bot.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';

const CALLBACK = '/interactions/{interaction_id}/{interaction_token}/callback';

let bot: Bot;
let ann: DiscordPerson;
let club: DiscordGuild;

beforeEach(async () => {
  ({ bot, ann, club } = await openClub());
});

afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  expect(bot.platform.violations).toEqual([]);
});

const photo = (name = 'photo.jpg') => bot.platform.attach(Buffer.from(name), { filename: name });

describe('a slash command', () => {
  it('is acknowledged so that only the asker sees it, passed on, and answered by one edit', async () => {
    const exchange = bot.platform.slash({ person: ann, guild: club }, 'help');
    expect(await exchange.acknowledged()).toMatchObject({ type: 5, data: { flags: 64 } });
    const answer = await exchange.answer();

    expect(answer).toMatchObject({ ...reading('Hello.'), isEphemeral: true });
    expect(exchange.edits).toBe(1);
    expect(bot.asks).toMatchObject([
      {
        id: `discord:${exchange.id}`,
        command: 'help',
        person: { platform: 'discord', id: ann.id, name: 'Ann' },
        place: { platform: 'discord', id: club.id, title: 'Chess club' },
        locale: 'en-US',
        photos: [],
      },
    ]);
  });

  it('can be answered for a minute less than the 15 that Discord allows', async () => {
    const before = Date.now();
    await bot.platform.slash({ person: ann, guild: club }, 'help').answer();
    expect(bot.asks[0]?.deadline).toBeGreaterThanOrEqual(before + 14 * 60_000);
    expect(bot.asks[0]?.deadline).toBeLessThanOrEqual(Date.now() + 14 * 60_000);
  });

  it('carries references to its photos, in order, and fetches nothing', async () => {
    const photos = [photo('a.jpg'), photo('b.jpg'), photo('c.jpg')];
    await bot.platform.slash({ person: ann, guild: club }, 'enroll', photos).answer();
    expect(bot.asks[0]?.photos).toEqual(photos.map(({ url, size }) => ({ platform: 'discord', url, bytes: size })));
    expect(bot.platform.requests.filter(({ template }) => template === '/attachments')).toEqual([]);
  });

  it('in a private chat is about no place', async () => {
    await bot.platform.slash({ person: ann }, 'find', [photo()]).answer();
    expect(bot.asks[0]?.place).toBeUndefined();
  });

  it.each([
    ['de', 'de'],
    ['ja', 'en-US'],
  ])('in %s is answered in %s: the person’s language, else the server’s', async (locale, expected) => {
    await bot.platform.slash({ person: ann, guild: club, locale }, 'help').answer();
    expect(bot.asks[0]?.locale).toBe(expected);
  });

  it('that is delivered again is passed on and answered once', async () => {
    const exchange = bot.platform.slash({ person: ann, guild: club }, 'help');
    bot.platform.replay(exchange);
    await exchange.answer();
    bot.platform.replay(exchange);
    await bot.platform.slash({ person: ann, guild: club }, 'privacy').answer();
    expect(bot.asks.map(({ command }) => command)).toEqual(['help', 'privacy']);
    expect(exchange).toMatchObject({ edits: 1, ack: { type: 5 } });
  });

  it('that came too late for Discord is not worked on: nobody could see the answer', async () => {
    bot.platform.fault({ method: 'post', template: CALLBACK, status: 404, code: 10062, times: 1 });
    bot.platform.slash({ person: ann, guild: club }, 'help');
    await vi.waitFor(
      () => expect(bot.log.warn).toHaveBeenCalledWith('interaction not acknowledged', expect.anything()),
      240_000,
    );
    expect(bot.onUnheard, 'it is counted').toHaveBeenCalledOnce();
    expect(bot.asks).toEqual([]);
  });

  it('says so when the chat cannot be reached', async () => {
    bot.says = () => {
      throw new Error('no store');
    };
    const answer = await bot.platform.slash({ person: ann, guild: club }, 'help').answer();
    expect(textOf(answer)).toBe(en.failures.unavailable);
  });

  it('of two at once by one person each has its own answer', async () => {
    bot.says = (ask) => [{ kind: 'info', text: `answer to ${ask.id}` }];
    const exchanges = [1, 2].map(() => bot.platform.slash({ person: ann, guild: club }, 'find', [photo()]));
    const answers = await Promise.all(exchanges.map((exchange) => exchange.answer()));
    expect(answers.map(textOf)).toEqual(exchanges.map(({ id }) => `answer to discord:${id}`));
  });
});

describe('the app installed by a person alone', () => {
  it('answers commands that need no server, about no place', async () => {
    await bot.platform.slash({ person: ann, guild: club, isUserInstalled: true }, 'mydata').answer();
    expect(bot.asks).toMatchObject([{ command: 'mydata', place: undefined }]);
  });

  it.each(['find', 'enroll'])('says what /%s needs', async (command) => {
    const exchange = bot.platform.slash({ person: ann, guild: club, isUserInstalled: true }, command, [photo()]);
    expect(textOf(await exchange.answer())).toBe(en.discord.notInstalledHere);
    expect(exchange).toMatchObject({ ack: { type: 4 }, original: { isEphemeral: true } });
    expect(bot.asks).toEqual([]);
  });

  it('says so for "Find faces" too', async () => {
    const exchange = bot.platform.pickEntry({ person: ann, guild: club, isUserInstalled: true }, [photo()]);
    expect(textOf(await exchange.answer())).toBe(en.discord.notInstalledHere);
    expect(bot.asks).toEqual([]);
  });
});

describe('"Find faces" on a message', () => {
  it('is /find with the message’s pictures, and nothing else of the message', async () => {
    const [jpeg, pdf] = [photo(), bot.platform.attach(Buffer.from('%PDF'), { contentType: 'application/pdf' })];
    await bot.platform.pickEntry({ person: ann, guild: club }, [jpeg, pdf]).answer();
    expect(bot.asks).toMatchObject([{ command: 'find', photos: [{ url: jpeg.url }], person: { id: ann.id } }]);
    expect(bot.asks[0]?.photos).toEqual([{ platform: 'discord', url: jpeg.url, bytes: jpeg.size }]);
  });

  it.each([
    ['a person', false],
    ['a bot, which nobody can ask', true],
  ])('of %s says that they are somebody else’s, and whose', async (_, isByBot) => {
    const bob = bot.platform.person('Bob');
    await bot.platform.pickEntry({ person: ann, guild: club }, [photo()], { by: bob, isByBot }).answer();
    expect(bot.asks).toMatchObject([{ command: 'find', photos: [{ isOfOthers: true }] }]);
    expect(bot.asks[0]?.photos[0]?.sender).toBe(isByBot ? undefined : bob.id);
  });

  it('finds the pictures of a message that was forwarded', async () => {
    const forwarded = photo();
    await bot.platform.pickEntry({ person: ann, guild: club }, [forwarded], { forwarded: true }).answer();
    expect(bot.asks).toMatchObject([{ command: 'find', photos: [{ url: forwarded.url, borrowed: true }] }]);
  });

  it('without pictures is still an ask: the chat says what is missing', async () => {
    await bot.platform.pickEntry({ person: ann, guild: club }, []).answer();
    expect(bot.asks).toMatchObject([{ command: 'find', photos: [] }]);
  });
});

describe('"Am I in this?" on a message', () => {
  it('is /me with the message’s pictures, and says which of them somebody else sent', async () => {
    const picture = photo();
    const entry = 'Am I in this?';
    await bot.platform.pickEntry({ person: ann, guild: club }, [picture], { entry }).answer();
    await bot.platform
      .pickEntry({ person: ann, guild: club }, [picture], { entry, by: bot.platform.person('Bob') })
      .answer();
    expect(bot.asks).toMatchObject([{ command: 'me' }, { command: 'me', photos: [{ isOfOthers: true }] }]);
    expect(bot.asks[0]?.photos).toEqual([{ platform: 'discord', url: picture.url, bytes: picture.size }]);
  });
});

describe('/enroll without a photo', () => {
  it('opens a form at once: notice, a consent that must be ticked, an upload for three', async () => {
    const exchange = bot.platform.slash({ person: ann, guild: club }, 'enroll');
    const { type, data } = await exchange.acknowledged();
    expect(type).toBe(9);
    expect(data).toMatchObject({
      title: en.discord.form.title,
      components: [
        { type: 10, content: NOTICE.text },
        { type: 18, component: { type: 22, required: true, options: [{ label: en.discord.form.agree }] } },
        { type: 18, component: { type: 19, max_values: 3, required: true, file_types: ['image'] } },
        { type: 18, component: { type: 22, required: false } },
      ],
    });
    expect(bot.asks).toEqual([]);
  });

  it('sent with the consent ticked is an agreement to exactly the notice that was shown', async () => {
    const opened = bot.platform.slash({ person: ann, guild: club }, 'enroll');
    await opened.acknowledged();
    const photos = [photo('a.jpg'), photo('b.jpg')];
    const sent = bot.platform.submit({ person: ann, guild: club }, opened, { ticked: ['agree'], photos });
    expect(await sent.acknowledged()).toMatchObject({ type: 5, data: { flags: 64 } });
    expect(textOf(await sent.answer())).toBe('Hello.');
    expect(bot.asks).toMatchObject([
      {
        id: `discord:${sent.id}`,
        command: 'enroll',
        choice: 'agree',
        args: `notice:${NOTICE.hash}`,
        place: { id: club.id },
        photos: photos.map(({ url }) => ({ url })),
      },
    ]);
  });

  it('tells whether results may be shown to a channel', async () => {
    const opened = bot.platform.slash({ person: ann, guild: club }, 'enroll');
    await opened.acknowledged();
    const filled = { ticked: ['agree', 'shown'], photos: [photo()] };
    await bot.platform.submit({ person: ann, guild: club }, opened, filled).answer();
    expect(bot.asks).toMatchObject([{ choice: 'shown', args: `notice:${NOTICE.hash}` }]);
  });

  it('sent without the tick agrees to nothing, whatever Discord let through', async () => {
    const opened = bot.platform.slash({ person: ann, guild: club }, 'enroll');
    await opened.acknowledged();
    await bot.platform.submit({ person: ann, guild: club }, opened, { ticked: ['shown'], photos: [photo()] }).answer();
    expect(bot.asks[0]).toMatchObject({ command: 'enroll', args: '' });
    expect(bot.asks[0]?.choice).toBeUndefined();
  });

  it('opens no form in a private chat for somebody who is known in no server, or in several: nobody knows which one it is about', async () => {
    await bot.platform.slash({ person: ann }, 'enroll').answer();
    expect(bot.asks).toMatchObject([{ command: 'enroll', photos: [], place: undefined }]);
  });
});

describe('a button', () => {
  const asked = { kind: 'consent', text: 'Agree?', notice: NOTICE } as const;
  const actions = [
    { id: 'abc:agree', label: 'I agree', role: 'agree' },
    { id: 'abc:decline', label: 'No', role: 'decline' },
  ] as const;

  it('hands its action on and lets the answer replace the question', async () => {
    bot.says = () => [{ ...asked, actions }];
    const question = await bot.platform.slash({ person: ann, guild: club }, 'find', [photo()]).answer();
    bot.says = () => hello;
    const [agree] = buttonsOf(question);
    if (!agree) throw new Error('no button');
    const press = bot.platform.press({ person: ann, guild: club }, question, agree);
    expect(await press.acknowledged()).toMatchObject({
      type: 7,
      data: { flags: 1 << 15, components: [{ content: 'Looking…' }] },
    });
    expect(await press.answer()).toMatchObject({
      id: question.id,
      ...reading('Hello.'),
      isEphemeral: true,
    });
    expect(bot.presses).toMatchObject([
      { id: `discord:${press.id}`, action: 'abc:agree', person: { id: ann.id }, place: { id: club.id } },
    ]);
  });

  it('leaves the question as it was when the chat cannot be reached, to be pressed again', async () => {
    bot.says = () => [{ ...asked, actions }];
    const question = await bot.platform.slash({ person: ann, guild: club }, 'find', [photo()]).answer();
    bot.says = () => {
      throw new Error('no store');
    };
    const press = bot.platform.press({ person: ann, guild: club }, question, { custom_id: 'abc:agree' });
    await press.until(({ followUps }) => followUps.length > 0);
    expect(press.followUps).toMatchObject([{ ...reading(en.failures.unavailable), isEphemeral: true }]);
    expect(press.original).toMatchObject({ components: question.components });
    bot.says = () => hello;
    const again = bot.platform.press({ person: ann, guild: club }, question, { custom_id: 'abc:agree' });
    expect(textOf(await again.answer())).toBe('Hello.');
  });
});

describe('"Delete" under a result', () => {
  const result = [{ kind: 'result', text: '1 face', faces: [] }] as const;
  const deleteButton = { custom_id: '' };

  beforeEach(() => {
    bot.says = () => result;
    deleteButton.custom_id = `delete:${ann.id}`;
  });

  it('takes the message away', async () => {
    const shown = await bot.platform.slash({ person: ann, guild: club }, 'find', [photo()]).answer();
    expect(buttonsOf(shown)[0]).toMatchObject(deleteButton);
    const press = bot.platform.press({ person: ann, guild: club }, shown, deleteButton);
    await press.until(({ isDeleted }) => isDeleted);
    expect(bot.presses).toEqual([]);
  });

  it('is refused to anybody but the asker', async () => {
    const ben = bot.platform.person('Ben');
    const shown = await bot.platform.slash({ person: ann, guild: club }, 'find', [photo()]).answer();
    const press = bot.platform.press({ person: ben, guild: club }, shown, deleteButton);
    expect(textOf(await press.answer())).toBe(en.failures.not_yours);
    expect(press.isDeleted).toBe(false);
  });
});
