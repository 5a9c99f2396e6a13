import type { Situation } from './situation.ts';

/** What may be wrong between this bot and Telegram. */
export const TELEGRAM = {
  telegram_token: {
    what: 'Telegram refuses the token of the bot',
    next: 'Copy the token from BotFather into TELEGRAM_TOKEN, and start again.',
    fatal: true,
  },
  telegram_conflict: {
    what: 'Another program takes the messages of this Telegram bot',
    next: 'Stop the other program, or make a bot of its own for each at BotFather.',
    fatal: false,
  },
  telegram_webhook: {
    what: 'Telegram cannot deliver to the webhook',
    next: 'Look whether TELEGRAM_WEBHOOK_URL is reached from the internet with a certificate that Telegram trusts.',
    fatal: false,
  },
  telegram_address: {
    what: 'Telegram refuses the address of the webhook',
    next: 'Set TELEGRAM_WEBHOOK_URL to an https address on port 443, 80, 88 or 8443, whose host the internet knows.',
    fatal: true,
  },
  telegram_unreachable: {
    what: 'Telegram does not answer',
    next: 'Look at the network, at HTTPS_PROXY, and at TELEGRAM_API_URL if it is set.',
    fatal: false,
  },
} as const satisfies Record<string, Situation>;
