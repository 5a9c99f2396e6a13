import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { commandsToRegister } from '../../../src/bots/discord/registration.ts';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { offersOf } from './driver.ts';
import type { Asking } from './platform/interaction.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { Shown } from './platform/shown.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';
import { realStage, type Stage } from './stage.ts';

let on: Stage;
let ann: DiscordPerson;
let club: DiscordGuild;

beforeAll(async () => {
  on = await realStage();
});
beforeEach(() => {
  ann = on.platform.person('Ann');
  club = on.platform.guild('Chess club', ann);
});
afterEach(() => expect(on.platform.violations).toEqual([]));
afterAll(() => on[Symbol.asyncDispose]());

const admin = (): Asking => ({ person: ann, guild: club, isManager: true });
const settings = (asking: Asking) => on.platform.slash(asking, 'settings');

async function press(asking: Asking, message: Shown, label: string): Promise<Shown> {
  const button = buttonsOf(message).find((one) => one.label === label) ?? expect.fail(`no button ${label}`);
  return await on.platform.press(asking, message, button).answer();
}

describe('the channels of a server', () => {
  it('that its admins set are the only ones where members search, threads of them too', async () => {
    const found = (asking: Asking) => on.platform.slash(asking, 'find', [on.platform.attach(new Uint8Array(9))]);
    const [photos, thread, other, chatter] = ['1001', '1002', '1003', '1004'] as const;
    for (const id of [thread, other]) {
      const began = { id, type: 11, guild_id: club.id, parent_id: photos, name: 'May', newly_created: true };
      on.platform.gateway.dispatch('THREAD_CREATE', began);
    }
    for (const id of [photos, chatter]) club.channels.add(id);
    const inThread = { ...admin(), channel: thread, threadOf: photos };
    const which = await press(inThread, await settings(inThread).answer(), 'Channels');
    const link = `https://discord.com/channels/${club.id}/${photos}`;
    expect(textOf(await press(inThread, which, 'Only this channel'))).toContain(`for others: ${link}.`);
    const bob = on.platform.person('Bob');
    club.members.add(bob.id);
    const elsewhere = found({ person: bob, guild: club, channel: chatter });
    expect(textOf(await elsewhere.answer())).toBe(
      en.settings.elsewhere({ some: true, group: '“Chess club”', where: link }),
    );
    // Only Bob can read the answer.
    expect(elsewhere.ack).toMatchObject({ data: { flags: 64 } });
    for (const where of [{ channel: photos }, { channel: other, threadOf: photos }]) {
      expect(textOf(await found({ person: bob, guild: club, ...where }).answer())).toContain('May I look at your');
    }
    club.channels.delete(photos);
    const gone = found({ person: bob, guild: club, channel: chatter });
    const told = en.settings.elsewhere({ some: false, group: '“Chess club”', where: '' });
    expect(textOf(await gone.answer())).toBe(told);
    expect(textOf(await settings(admin()).answer())).toContain('because the ones that were set are gone');
  });
});

describe('/settings', () => {
  it('is shown by Discord to those who may manage the server, in a server alone', () => {
    const registered = commandsToRegister(COMMANDS).filter(({ name }) => name === 'settings');
    expect(registered).toMatchObject([{ default_member_permissions: 32, contexts: [0], integration_types: [0] }]);
    const others = commandsToRegister(COMMANDS).filter(({ name }) => name === 'find');
    expect(others[0]).not.toHaveProperty('default_member_permissions');
  });

  it('is answered to the admin alone, and keeps what they set', async () => {
    const exchange = settings(admin());
    const menu = await exchange.answer();
    expect(exchange.ack).toMatchObject({ type: 5, data: { flags: 64 } });
    expect(textOf(menu)).toContain('Settings of “Chess club”. Nobody is enrolled yet.');
    const which = await press(admin(), menu, 'Searches per hour');
    expect(offersOf(which)).toEqual(['20', '10', '5', '2', 'Back']);
    expect(textOf(await press(admin(), which, '5'))).toContain('at most 5.');
    expect(textOf(await settings(admin()).answer())).toContain('at most 5.');
  });

  it('is refused whoever may not manage the server, at each press anew', async () => {
    expect(textOf(await settings({ person: ann, guild: club }).answer())).toBe(failureText(en, 'not_allowed'));
    const menu = await settings(admin()).answer();
    const pressed = await press({ person: ann, guild: club }, menu, 'Erase the group');
    expect(textOf(pressed)).toBe(failureText(en, 'not_allowed'));
  });

  it('shows what erases as what cannot be undone, and nothing else', async () => {
    const menu = await settings(admin()).answer();
    const danger = 4;
    expect(buttonsOf(menu).filter(({ style }) => style === danger)).toEqual([]);
    const asked = await press(admin(), menu, 'Erase the group');
    const red = buttonsOf(asked).filter(({ style }) => style === danger);
    expect(red.map(({ label }) => label)).toEqual(['Erase everybody']);
    expect(textOf(await press(admin(), asked, 'Erase everybody'))).toContain('nothing is held of anybody');
  });
});
