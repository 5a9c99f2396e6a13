import type { REST } from '@discordjs/rest';
import {
  type APIApplication,
  type APIGatewayBotInfo,
  ApplicationIntegrationType,
  OAuth2Scopes,
  Routes,
} from 'discord-api-types/v10';
import { Cause, causeOf } from '../../cause.ts';
import type { Declaration } from '../../chat/command.ts';
import type { Finding } from '../../finding.ts';
import { connect, openClient } from './client.ts';
import { startFailure } from './errors.ts';
import { commandsToRegister, isRegistered } from './registration.ts';
import { botRest, type DiscordApi, hasMembersIntent } from './rest.ts';

type Checked = Omit<Finding, 'part'>;

const PORTAL = 'https://discord.com/developers/applications';

interface CheckOptions extends DiscordApi {
  readonly policyUrl?: string | undefined;
  readonly commands: readonly Declaration[];
  readonly isAgeRestricted?: boolean;
}

/**
 * Checks the operator's Discord bot: its token, invite link, commands, intents, policy link, and
 * how many starts are left. Never throws.
 */
export async function checkDiscord(api: CheckOptions): Promise<Finding[]> {
  return (await look(api)).map((finding) => ({ part: 'Discord', ...finding }));
}

async function look(api: CheckOptions): Promise<Checked[]> {
  const rest = botRest(api);
  try {
    const application = (await rest.get(Routes.currentApplication())) as APIApplication;
    const gateway = (await rest.get(Routes.gatewayBot())) as APIGatewayBotInfo;
    return [
      { state: 'ok', what: `${application.name} is known to Discord` },
      { state: 'ok', what: `invite it to a server: ${inviteLink(application.id)}` },
      installContexts(application),
      interactionsEndpoint(application),
      await commandsOf(rest, application, api),
      membersIntent(application),
      policyLink(application, api.policyUrl),
      profile(application),
      startsLeft(gateway),
      await connection(api, application, gateway),
    ];
  } catch (error) {
    return [unreachable(error)];
  }
}

/**
 * The link that adds the bot to a server. It asks for no permission, because interactions need
 * none.
 */
function inviteLink(application: string): string {
  const query = new URLSearchParams({
    client_id: application,
    scope: [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' '),
    permissions: '0',
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

function installContexts({ integration_types_config: contexts }: APIApplication): Checked {
  // Older applications set no contexts. They can be added to servers.
  if (contexts && !contexts[ApplicationIntegrationType.GuildInstall]) {
    const todo = `${PORTAL}, your application, Installation: tick Guild Install.`;
    return { state: 'warn', what: 'it cannot be added to servers', todo };
  }
  const forPeople = contexts?.[ApplicationIntegrationType.UserInstall] !== undefined;
  return {
    state: 'ok',
    what: forPeople
      ? 'it may be added to servers, and by people for themselves (then only privacy, help, mydata and forget)'
      : 'it may be added to servers',
  };
}

/**
 * Checks that no address for interactions is set. With one, Discord sends commands only to that
 * address, and none over the gateway.
 */
function interactionsEndpoint({ interactions_endpoint_url: url }: APIApplication): Checked {
  if (!url) return { state: 'ok', what: 'commands come over the gateway' };
  const todo = `${PORTAL}, your application, General Information: empty Interactions Endpoint URL.`;
  return { state: 'fail', what: 'commands are sent to a web address, and never arrive here', todo };
}

async function commandsOf(
  rest: REST,
  { id }: APIApplication,
  { commands, isAgeRestricted = false }: CheckOptions,
): Promise<Checked> {
  const query = new URLSearchParams({ with_localizations: 'true' });
  const registered = (await rest.get(Routes.applicationCommands(id), { query })) as { name: string }[];
  const isCurrent = isRegistered(commandsToRegister(commands, { isAgeRestricted }), registered);
  return {
    state: 'ok',
    what: isCurrent ? 'its commands are registered' : 'its commands are not registered yet: the next start does it',
  };
}

function membersIntent(application: APIApplication): Checked {
  return {
    state: 'ok',
    what: hasMembersIntent(application)
      ? 'the Server Members Intent is on: who leaves a server is erased at once'
      : 'no privileged intent: the daily sweep notices who left, and nobody is named before Discord was asked about them',
  };
}

/**
 * Checks the fields that people read before they add the bot. Discord's App Directory requires
 * them.
 */
function profile({ description, tags, terms_of_service_url }: APIApplication): Checked {
  const missing = [
    ...(description ? [] : ['a description']),
    ...(tags?.length ? [] : ['tags']),
    ...(terms_of_service_url ? [] : ['a link to terms of service']),
  ];
  if (missing.length === 0)
    return { state: 'ok', what: 'its profile has a description, tags, and a link to terms of service' };
  const todo = `${PORTAL}, your application, General Information: the App Directory lists no app without.`;
  return { state: 'ok', what: `its profile lacks ${missing.join(', ')}`, todo };
}

/**
 * Checks the policy link. A missing link is a duty for the operator and no fault, because a private
 * trial works without it.
 */
function policyLink({ privacy_policy_url }: APIApplication, policyUrl: string | undefined): Checked {
  if (privacy_policy_url && policyUrl)
    return { state: 'ok', what: 'a privacy policy is linked, in Discord and in /privacy' };
  const missing = privacy_policy_url ? 'in /privacy (set POLICY_URL)' : `at ${PORTAL}, General Information`;
  return {
    state: 'ok',
    what: 'Discord requires a privacy policy that is linked in its portal and in the app',
    todo: `Link yours ${missing}. What else Discord's policies ask of you: docs/discord.md.`,
  };
}

function startsLeft({ session_start_limit: { remaining, total, reset_after } }: APIGatewayBotInfo): Checked {
  const what = `${remaining} of ${total} connections left for today`;
  if (remaining > 0) return { state: 'ok', what };
  const hours = Math.ceil(reset_after / 3_600_000);
  return { state: 'fail', what, todo: `It was started too often. Discord lets it in again in ${hours} h.` };
}

/**
 * Connects as a start would, beside the running bot, and disconnects at once. Only the gateway
 * tells whether it grants the intents.
 */
async function connection(api: DiscordApi, application: APIApplication, limits: APIGatewayBotInfo): Promise<Checked> {
  if (limits.session_start_limit.remaining === 0) return { state: 'ok', what: 'the gateway is not tried' };
  const client = openClient(api, hasMembersIntent(application));
  try {
    await connect(client, api.token);
    return { state: 'ok', what: 'the gateway lets it in' };
  } catch (error) {
    return unreachable(error);
  } finally {
    await client.destroy();
  }
}

function unreachable(error: unknown): Checked {
  const known = causeOf(startFailure(error)) ?? new Cause('discord_unreachable');
  return { state: 'fail', what: known.what, todo: known.next };
}
