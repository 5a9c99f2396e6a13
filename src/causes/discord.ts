import type { Situation } from './situation.ts';

/** What may be wrong between this bot and Discord. */
export const DISCORD = {
  discord_token: {
    what: 'Discord refuses the token of the bot',
    next: 'Reset it in the developer portal (https://discord.com/developers/applications, Bot, Reset Token), put it into DISCORD_TOKEN, and start again.',
    fatal: true,
  },
  discord_intents: {
    what: 'Discord refuses the Server Members Intent that it said this bot may use',
    next:
      'Switch it off, or off and on again, on the page "Bot" of the developer portal, and start again. ' +
      'facefinder works without it.',
    fatal: true,
  },
  discord_shards: {
    what: 'Discord asks this bot for other shards than those it connects with',
    next: 'Start again: each start asks Discord how many there must be.',
    fatal: true,
  },
  discord_version: {
    what: 'Discord no longer speaks the version of its API that this facefinder knows',
    next: 'Update facefinder.',
    fatal: true,
  },
  discord_closed: {
    what: 'Discord closed the connection for good',
    next: 'Look at https://discordstatus.com, and start again.',
    fatal: true,
  },
  discord_unreachable: {
    what: 'Discord does not answer',
    next: 'Look at the network, at HTTPS_PROXY, and at DISCORD_API_URL if it is set.',
    fatal: false,
  },
} as const satisfies Record<string, Situation>;
