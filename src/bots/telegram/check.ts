import { lookup } from 'node:dns/promises';
import type { Api } from 'grammy';
import { Cause, causeOf } from '../../cause.ts';
import type { Finding } from '../../finding.ts';
import { addLink, asksForRights } from './out/admin-rights.ts';
import { type TelegramAccess, telegramApi } from './out/api.ts';
import { languagesWithoutProfile } from './out/profile.ts';
import { startFailure } from './out/refusal.ts';

type Checked = Omit<Finding, 'part'>;

/**
 * Checks the bot on Telegram. `webhookUrl` is the configured one; undefined means polling. Never
 * throws.
 */
export async function checkTelegram(options: TelegramChecks): Promise<Finding[]> {
  return (await look(options)).map((finding) => ({ part: 'Telegram', ...finding }));
}

interface TelegramChecks extends TelegramAccess {
  readonly webhookUrl?: string | undefined;
  readonly policyUrl?: string | undefined;
  /**
   * Whether this machine reaches the internet through a proxy. Then it may be unable to look up the
   * internet's hosts by name.
   */
  readonly isProxied?: boolean;
}

async function look(options: TelegramChecks): Promise<Checked[]> {
  const api = telegramApi(options);
  try {
    return [
      ...(await identity(api)),
      await transport(api, options),
      await profile(api),
      await adminRights(api),
      policy(options.policyUrl),
    ];
  } catch (error) {
    return [failing(causeOf(startFailure(error)) ?? new Cause('telegram_unreachable'))];
  }
}

function failing({ what, next }: Cause): Checked {
  return { state: 'fail', what, todo: next };
}

async function identity(api: Api): Promise<Checked[]> {
  const me = await api.getMe();
  return [
    {
      state: 'ok',
      what: `the token is that of @${me.username}; invite it: ${addLink(me.username)}`,
    },
    {
      state: 'ok',
      what: 'only of groups in which the bot is an admin does Telegram promise to say who is a member',
      todo: 'Make it an admin of its groups (one right is enough): whom Telegram does not vouch for is named to nobody.',
    },
    me.can_join_groups
      ? { state: 'ok', what: 'it may be added to groups' }
      : { state: 'warn', what: 'it may not be added to groups', todo: 'BotFather: /setjoingroups, your bot, Enable.' },
    me.can_read_all_group_messages
      ? {
          state: 'warn',
          what: 'privacy mode is off: groups hand every message to the bot',
          todo: 'It needs none of them. BotFather: /setprivacy, your bot, Enable; then remove it from its groups and add it again.',
        }
      : { state: 'ok', what: 'privacy mode is on: in groups it gets only what is meant for it' },
  ];
}

async function transport(api: Api, { webhookUrl: wanted, isProxied = false }: TelegramChecks): Promise<Checked> {
  const { url = '', pending_update_count, last_error_date } = await api.getWebhookInfo();
  const waiting = `${pending_update_count} updates are waiting`;
  const unknown = wanted && !isProxied ? await unknownHost(wanted) : undefined;
  if (unknown) return failing(new Cause('telegram_address', { where: unknown }));
  if (url !== (wanted ?? '')) {
    const todo = 'The next start of facefinder puts it right; if not, another program uses the same token.';
    return {
      state: 'warn',
      what: wanted ? 'the webhook is not set to TELEGRAM_WEBHOOK_URL' : 'a webhook is set',
      todo,
    };
  }
  const isFresh = last_error_date !== undefined && Date.now() / 1000 - last_error_date < 600;
  if (wanted && isFresh) {
    const { what, next } = new Cause('telegram_webhook');
    return {
      state: 'fail',
      what: `${what}; ${waiting}`,
      todo: `${next} What stands there must lead to TELEGRAM_WEBHOOK_PORT.`,
    };
  }
  return { state: 'ok', what: `${wanted ? 'updates come by webhook' : 'updates are polled'}; ${waiting}` };
}

/**
 * The host of this address, if its name has no IP address. Telegram sets no webhook to such a host.
 */
async function unknownHost(url: string): Promise<string | undefined> {
  const { hostname } = new URL(url);
  return await lookup(hostname.replaceAll(/[[\]]/g, '')).then(
    () => undefined,
    () => hostname,
  );
}

async function profile(api: Api): Promise<Checked> {
  const silent = await languagesWithoutProfile(api);
  const what =
    silent.length === 0
      ? 'its profile says what it does, in every language that facefinder speaks'
      : `its profile says nothing yet (${silent.join(', ')}): the next start does it`;
  return { state: 'ok', what };
}

async function adminRights(api: Api): Promise<Checked> {
  const what = (await asksForRights(api))
    ? 'as an admin of a group it asks for the right that is set for it'
    : 'it asks for no right as an admin yet: the next start does it';
  return { state: 'ok', what };
}

/**
 * Reminds the operator of the policy. Telegram tells nobody which policy a bot names, so the check
 * cannot look it up.
 */
function policy(url: string | undefined): Checked {
  const todo = `BotFather: /mybots, your bot, Edit Bot, Edit Privacy Policy${url ? `: ${url}` : '; and set POLICY_URL'}.`;
  return {
    state: 'ok',
    what: 'Telegram asks each bot for a privacy policy; whether yours is named cannot be looked up',
    todo,
  };
}
