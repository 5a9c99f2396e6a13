import type { Situation } from './situation.ts';

/** What may be wrong between this bot and Discord. */
export const DISCORD = {
  discord_token: {
    what: 'Discord refuses the token of the bot',
    next: 'Reset it in the developer portal (https://discord.com/developers/applications, Bot, Reset Token), put it into DISCORD_TOKEN, and start again.',
    fatal: true,
  },
  discord_intents: {
    what: 'Discord refuses the events that the bot asks for',
    next: 'Turn on the privileged intents on the page "Bot" of the developer portal (docs/discord.md), and start again.',
    fatal: true,
  },
  discord_unreachable: {
    what: 'Discord does not answer',
    next: 'Look at the network, at HTTPS_PROXY, and at DISCORD_API_URL if it is set.',
    fatal: false,
  },
} as const satisfies Record<string, Situation>;
