import { expect, it } from 'vitest';
import { COMMANDS as commands } from '../../../commands/index.ts';
import { checkDiscord } from '../../../src/bots/discord/check.ts';
import { openBot } from './bot.ts';
import { openPlatform, type Platform } from './platform/platform.ts';

it('prints the invite link, which asks for no permission', async () => {
  await using platform = await openPlatform();
  const findings = await checkDiscord({ ...platform, commands });
  expect(findings.every(({ state }) => state === 'ok')).toBe(true);
  const link = URL.parse(
    findings.find(({ what }) => what.includes('oauth2'))?.what.replace(/^.*?https/, 'https') ?? '',
  );
  expect(Object.fromEntries(link?.searchParams ?? [])).toEqual({
    client_id: platform.application,
    scope: 'bot applications.commands',
    permissions: '0',
  });
});

it('reminds of the policy link until Discord and the app have it, and of what the profile lacks', async () => {
  await using without = await openPlatform();
  expect((await checkDiscord({ ...without, commands })).filter(({ todo }) => todo)).toMatchObject([
    { todo: expect.stringContaining('policies') },
    {
      what: 'its profile lacks a description, tags, a link to terms of service',
      todo: expect.stringContaining('General'),
    },
  ]);
  const profile = { description: 'Finds people.', tags: ['photos'], terms_of_service_url: 'https://example.com/terms' };
  const application = { ...profile, privacy_policy_url: 'https://example.com/privacy' };
  await using linked = await openPlatform({ application });
  const findings = await checkDiscord({ ...linked, commands, policyUrl: 'https://example.com/privacy' });
  expect(findings.filter(({ todo }) => todo)).toEqual([]);
});

it('says how to get a new token when Discord does not know this one', async () => {
  await using platform = await openPlatform();
  expect(await checkDiscord({ ...platform, commands, token: 'wrong' })).toMatchObject([
    { state: 'fail', todo: expect.stringContaining('Reset Token') },
  ]);
});

it('tells an unreachable Discord from a wrong token', async () => {
  const platform = await openPlatform();
  await platform[Symbol.asyncDispose]();
  expect(await checkDiscord({ ...platform, commands })).toMatchObject([
    { state: 'fail', todo: expect.stringContaining('DISCORD_API_URL') },
  ]);
});

it('says what it means that the members intent is on or off', async () => {
  await using off = await openPlatform();
  expect(await told(off)).toContain('the daily sweep notices who left');
  await using on = await openPlatform({ application: { flags: 1 << 15 }, allowsPrivileged: true });
  expect(await told(on)).toContain('who leaves a server is erased at once');
});

it('tells whether the commands are registered', async () => {
  await using bot = await openBot();
  expect(await told(bot.platform)).toContain('its commands are registered');
  await using fresh = await openPlatform();
  expect(await told(fresh)).toContain('not registered yet');
});

it('says what to do about an application that no server can add, or whose commands go elsewhere', async () => {
  await using platform = await openPlatform({
    application: { integration_types_config: { 1: {} }, interactions_endpoint_url: 'https://example.com/discord' },
  });
  expect((await checkDiscord({ ...platform, commands })).filter(({ state }) => state !== 'ok')).toMatchObject([
    { todo: expect.stringContaining('Guild Install') },
    { todo: expect.stringContaining('Interactions Endpoint URL') },
  ]);
});

const told = async (platform: Platform) => JSON.stringify(await checkDiscord({ ...platform, commands }));
