import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { checkTelegram } from '../../../src/bots/telegram/check.ts';
import { de, en } from '../../support/words.ts';
import { type Stage, stage } from './fixture.ts';
import { badRequest } from './platform/refusals.ts';

let on: Stage;
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.api.complaints).toEqual([]);
});

const sets = () => on.api.calls.filter(({ method }) => /^setMy(Short)?Description$/.test(method));
const check = async () =>
  (await checkTelegram({ token: on.api.token, apiUrl: on.api.url })).map(({ what }) => what).join('\n');

it('the profile says what the bot does, in every language, set once', async () => {
  on = await stage();
  expect([...on.api.world.profile]).toEqual([
    ['long ', en.telegram.description],
    ['short ', en.telegram.shortDescription],
    ['long de', de.telegram.description],
    ['short de', de.telegram.shortDescription],
  ]);
  expect(await check()).toContain('its profile says what it does, in every language');
  const first = sets().length;
  await on.restart();
  expect(sets()).toHaveLength(first);
});

it('under FIND_BY=self the profile promises no search for others, also where it did before', async () => {
  on = await stage();
  await on.restart(COMMANDS.map((one) => (one.name === 'find' ? { ...one, isOff: true } : one)));
  expect([...on.api.world.profile]).toEqual([
    ['long ', en.telegram.descriptionSelf],
    ['short ', en.telegram.shortDescriptionSelf],
    ['long de', de.telegram.descriptionSelf],
    ['short de', de.telegram.shortDescriptionSelf],
  ]);
});

it('what an operator wrote there stays, and doctor says what is missing', async () => {
  on = await stage();
  on.api.world.profile.set('long ', 'My own words.');
  on.api.world.profile.set('short de', '');
  expect(await check()).toContain('its profile says nothing yet (de): the next start does it');
  await on.restart();
  expect(on.api.world.profile.get('long ')).toBe('My own words.');
  expect(on.api.world.profile.get('short de')).toBe(de.telegram.shortDescription);
});

describe('as an admin of a group, the bot asks', () => {
  const asked = () => on.api.world.rights.get(false) ?? {};
  const granted = () => Object.entries(asked()).flatMap(([right, isAsked]) => (isAsked === true ? [right] : []));
  const setting = () => on.api.calls.filter(({ method }) => method === 'setMyDefaultAdministratorRights');

  it('for the least right alone, set once, and for none in channels', async () => {
    on = await stage();
    expect(granted()).toEqual(['can_manage_chat']);
    expect(on.api.world.rights.has(true)).toBe(false);
    expect(await check()).toContain('as an admin of a group it asks for the right that is set for it');
    await on.restart();
    expect(setting()).toHaveLength(1);
  });

  it('for the rights that an operator chose, and doctor says when there is none', async () => {
    on = await stage();
    on.api.world.rights.set(false, { can_manage_chat: true, can_delete_messages: true });
    await on.restart();
    expect(granted()).toEqual(['can_manage_chat', 'can_delete_messages']);
    on.api.world.rights.clear();
    expect(await check()).toContain('it asks for no right as an admin yet: the next start does it');
    await on.restart();
    expect(granted()).toEqual(['can_manage_chat']);
  });
});

it('does not stop a start when it cannot be set', async () => {
  on = await stage();
  on.api.world.profile.clear();
  on.api.fault('setMyDescription', badRequest('BOT_DESCRIPTION_INVALID'));
  await on.restart();
  const ann = on.people.person('Ann');
  ann.says('/help');
  await on.api.until('the answer', () => ann.inbox()[0]);
});
