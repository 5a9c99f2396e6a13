import { expect, it } from 'vitest';
import { checkDiscord } from '../../../src/bots/discord/check.ts';
import { openPlatform } from './platform/platform.ts';

it('prints the invite link, which asks for no permission', async () => {
  await using platform = await openPlatform();
  const findings = await checkDiscord(platform);
  expect(findings.every(({ ok }) => ok)).toBe(true);
  const link = URL.parse(
    findings.find(({ what }) => what.includes('oauth2'))?.what.replace(/^.*?https/, 'https') ?? '',
  );
  expect(Object.fromEntries(link?.searchParams ?? [])).toEqual({
    client_id: platform.application,
    scope: 'bot applications.commands',
    permissions: '0',
  });
});

it('reminds of the policy link until it stands in Discord and in the app', async () => {
  await using without = await openPlatform();
  expect((await checkDiscord(without)).filter(({ todo }) => todo)).toMatchObject([
    { todo: expect.stringContaining('policies') },
  ]);
  await using linked = await openPlatform({ application: { privacy_policy_url: 'https://example.com/privacy' } });
  const findings = await checkDiscord({ ...linked, policyUrl: 'https://example.com/privacy' });
  expect(findings.filter(({ todo }) => todo)).toEqual([]);
});

it('says how to get a new token when Discord does not know this one', async () => {
  await using platform = await openPlatform();
  expect(await checkDiscord({ ...platform, token: 'wrong' })).toMatchObject([
    { ok: false, todo: expect.stringContaining('Reset Token') },
  ]);
});

it('tells an unreachable Discord from a wrong token', async () => {
  const platform = await openPlatform();
  await platform[Symbol.asyncDispose]();
  expect(await checkDiscord(platform)).toMatchObject([{ ok: false, todo: expect.stringContaining('DISCORD_API_URL') }]);
});

it('tells whether the members intent is allowed', async () => {
  await using platform = await openPlatform({ application: { flags: 1 << 15 } });
  expect((await checkDiscord(platform)).map(({ what }) => what)).toContainEqual(
    expect.stringContaining('Server Members Intent'),
  );
});
