import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandsToRegister } from '../../src/bots/discord/registration.ts';
import { menuOf } from '../../src/bots/telegram/out/menu.ts';
import { Failure } from '../../src/failure.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage({ FIND_BY: 'self' });
});
afterEach(() => stage[Symbol.asyncDispose]());

const OFF = [{ kind: 'error', code: 'find_off', text: en.failures.find_off }];

describe('with FIND_BY=self', () => {
  it('nobody searches for others, and nobody is asked to agree to it', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    for (const person of [ALICE, BOB]) expect(await stage.say(person, 'find', ['anna'])).toMatchObject(OFF);
    expect(stage.platform.fetched).toEqual(['anna']);
  });

  it('enrolled people look for themselves', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await stage.agreed(ALICE, 'me', ['carl', 'anna'])).toMatchObject([{ kind: 'presence', found: 1 }]);
  });

  it('no menu, list or button offers it', async () => {
    const commands = [...stage.flow.commands.values()];
    expect(menuOf(commands, 'en').map(({ command }) => command)).not.toContain('find');
    const registered = commandsToRegister(commands).map(({ name }) => name);
    expect(registered).toContain('me');
    expect(registered).not.toContain('find');
    expect(registered).not.toContain(en.discord.findFaces);
    expect(registered).toContain(en.discord.amIInThis);
    const [help] = await stage.say(ALICE, 'help');
    expect(help?.text).toContain('/me');
    expect(help?.text).not.toContain('/find');
    expect(help?.text).not.toContain(en.help.title);
    expect(help?.text).toContain('in which photos they are themselves');
    const [greeting] = await stage.say(ALICE, 'start');
    expect(greeting?.text).not.toContain(en.help.title);
    expect(greeting?.text).toContain('in which photos they are themselves');
    const [photo] = await stage.say(ALICE, '', ['carl']);
    const labels = photo && 'actions' in photo ? photo.actions?.map(({ label }) => label) : [];
    expect(labels).toContain(en.commands.me.button);
    expect(labels).not.toContain(en.commands.find.button);
    expect(photo?.text).toContain(en.intent.does.me);
    expect(photo?.text).not.toContain(en.intent.does.find);
    const invitation = await stage.chat.invitation(CLUB, 'en');
    expect(invitation.text).toContain('/me');
    expect(invitation.text).not.toContain('/find');
  });

  it('a search that waited from before finds nobody', async () => {
    await stage.restart({ FIND_BY: 'members' });
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const notice = await stage.say(BOB, 'find', ['anna']);
    await stage.restart({ FIND_BY: 'self' });
    expect(await stage.press(BOB, action(notice, 'agree'))).toMatchObject(OFF);
  });
});

describe('the admins of one group may switch it off too', () => {
  beforeEach(async () => {
    await stage.restart({ FIND_BY: 'members' });
    await stage.flow.gallery.configure(await stage.scope(), { findBy: 'self' });
  });

  it('then nobody searches there', async () => {
    expect(await stage.say(BOB, 'find', ['anna'])).toMatchObject(OFF);
  });

  it('then neither /help, nor the greeting, nor the offer under a photo speaks of it there', async () => {
    const [help] = await stage.say(BOB, 'help');
    const [greeting] = await stage.say(BOB, 'start');
    const [photo] = await stage.say(BOB, '', ['carl']);
    for (const reply of [help, greeting]) {
      expect(reply?.text).toContain(en.help.titleSelf);
      expect(reply?.text).not.toContain('/find');
    }
    expect(photo?.text).toContain(en.intent.does.me);
    expect(photo?.text).not.toContain(en.intent.does.find);
  });
});

it('/help answers also while the faces are out of reach', async () => {
  await stage.restart({ FIND_BY: 'members' });
  stage.flow.gallery.settings = () => Promise.reject(new Failure('unavailable'));
  stage.flow.gallery.scopeOf = () => Promise.reject(new Failure('unavailable'));
  expect((await stage.say(BOB, 'help'))[0]?.text).toContain(en.help.title);
});
