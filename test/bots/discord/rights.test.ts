import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { type Bot, hello, openClub, reading } from './bot.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';

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

describe('a right', () => {
  it.each([
    ['right:forget', 'forget'],
    ['right:mydata', 'mydata'],
    ['right:privacy', 'privacy'],
  ])('works under any answer: %s', async (custom_id, command) => {
    const shown = await bot.platform.slash({ person: ann, guild: club }, 'help').answer();
    for (let time = 0; time < 2; time += 1) {
      const press = bot.platform.press({ person: ann, guild: club }, shown, { custom_id });
      expect(await press.acknowledged()).toMatchObject({ type: 5, data: { flags: 64 } });
      expect(await press.answer()).toMatchObject({ ...reading('Hello.'), isEphemeral: true });
    }
    expect(textOf(shown)).toBe('Hello.');
    expect(bot.asks.slice(1)).toMatchObject([
      { command, person: { id: ann.id }, place: { id: club.id } },
      { command, person: { id: ann.id }, place: { id: club.id } },
    ]);
    expect(bot.presses).toEqual([]);
  });

  it('under an answer that everybody sees is that of the person who presses', async () => {
    const ben = bot.platform.person('Ben');
    club.members.add(ben.id);
    const shown = await bot.platform.slash({ person: ann, guild: club }, 'help').answer();
    await bot.platform.press({ person: ben, guild: club }, shown, { custom_id: 'right:privacy' }).answer();
    expect(bot.asks.at(-1)).toMatchObject({ command: 'privacy', person: { id: ben.id } });
  });

  it('is also offered when nothing else works', async () => {
    const shown = await bot.platform.slash({ person: ann, guild: club }, 'help').answer();
    const press = bot.platform.press({ person: bot.platform.person('Ben'), guild: club }, shown, {
      custom_id: `delete:${ann.id}`,
    });
    expect(await press.acknowledged()).toMatchObject({
      type: 4,
      data: { flags: 64 | (1 << 15), components: [{ content: en.failures.not_yours }, { components: [{}, {}, {}] }] },
    });
  });
});

it.each([
  ['that a name is wrong is said', 'wrong:asker-abc', 'actions'],
  ['what its numbers mean is explained', 'details:85-100-own', 'details'],
] as const)('%s beside the result, which stays', async (_, id, as) => {
  const wrong = { id, label: 'Press me', role: 'confirm' } as const;
  const offered = as === 'details' ? { details: wrong } : { actions: [wrong] };
  bot.says = () => [{ kind: 'result', text: '1 face', faces: [], ...offered }];
  const photo = bot.platform.attach(Buffer.from('photo'));
  const shown = await bot.platform.slash({ person: ann, guild: club }, 'find', [photo]).answer();
  const button = buttonsOf(shown).find(({ label }) => label === wrong.label);
  if (!button) throw new Error('no button');
  bot.says = () => hello;
  const press = bot.platform.press({ person: ann, guild: club }, shown, button);
  expect(await press.acknowledged()).toMatchObject({ type: 5, data: { flags: 64 } });
  expect(await press.answer()).toMatchObject({ ...reading('Hello.'), isEphemeral: true });
  expect(textOf(shown)).toBe('1 face');
  expect(bot.presses).toMatchObject([{ action: id, person: { id: ann.id } }]);
});
