import { z } from 'zod';
import { onPort } from '../../port.ts';
import { httpUrl, port } from '../../variables.ts';
import { platform } from '../platform.ts';
import { TELEGRAM_API } from './in/official.ts';

const SECRET_MISSING =
  'TELEGRAM_WEBHOOK_URL is set but TELEGRAM_WEBHOOK_SECRET is not: anybody could send updates; set a long random one';

/** The ports to which Telegram delivers. The empty one is that of https, 443. */
const WEBHOOK_PORTS = ['', '80', '88', '8443'];

function mayBeWebhook(address: string): boolean {
  const { protocol, port: named } = new URL(address);
  return protocol === 'https:' && WEBHOOK_PORTS.includes(named);
}

/** Telegram with a bot's token: by webhook if one is configured, else by long polling. */
export const telegram = platform({
  id: 'telegram',
  title: 'Telegram',
  ids: { person: '<user id>', place: '<chat id>' },
  isLocal: false,
  carrier: { name: 'Telegram FZ-LLC', country: 'AE' },
  turnedOnBy: 'TELEGRAM_TOKEN',
  secrets: ['TELEGRAM_TOKEN', 'TELEGRAM_WEBHOOK_SECRET'],
  variables: {
    TELEGRAM_TOKEN: z
      .string()
      .regex(/^\d+:[\w-]+$/, 'must look like 123456:ABC-def, as BotFather gave it')
      .optional(),
    TELEGRAM_API_URL: httpUrl.optional(),
    TELEGRAM_WEBHOOK_URL: httpUrl.optional(),
    TELEGRAM_WEBHOOK_SECRET: z
      .string()
      .regex(/^[\w-]{1,256}$/, 'must be 1 to 256 of A-Z, a-z, 0-9, _ and -')
      .optional(),
    TELEGRAM_WEBHOOK_PORT: port.default(8443),
  },
  complaints({ TELEGRAM_WEBHOOK_URL: url, TELEGRAM_WEBHOOK_SECRET: secret, TELEGRAM_API_URL: apiUrl }) {
    if (url === undefined) return [];
    // A Bot API server of one's own may deliver to other addresses.
    const isUndeliverable = (apiUrl ?? TELEGRAM_API) === TELEGRAM_API && !mayBeWebhook(url);
    return [
      ...(secret === undefined ? [SECRET_MISSING] : []),
      ...(isUndeliverable
        ? [`TELEGRAM_WEBHOOK_URL is "${url}": Telegram delivers to https on port 443, 80, 88 or 8443 alone`]
        : []),
    ];
  },
  configure(values) {
    const { TELEGRAM_TOKEN: token, TELEGRAM_API_URL: apiUrl } = values;
    if (token === undefined) return undefined;
    const { TELEGRAM_WEBHOOK_URL: url, TELEGRAM_WEBHOOK_SECRET: secret, TELEGRAM_WEBHOOK_PORT: webhookPort } = values;
    const access = { token, apiUrl };
    const webhook = url !== undefined && secret !== undefined ? { url, secret, port: webhookPort } : undefined;
    return {
      door: 'Telegram',
      api: apiUrl ?? TELEGRAM_API,
      ...(webhook && { port: { variable: 'TELEGRAM_WEBHOOK_PORT', port: webhookPort } }),
      async open() {
        const { telegramCourier } = await import('./out/courier.ts');
        const courier = telegramCourier(access);
        return {
          courier,
          async listen({ chat, commands, log, hearing, onUnheard }) {
            const { listenTelegram } = await import('./listener.ts');
            const listen = () =>
              listenTelegram({ ...access, webhook, chat, commands, courier, log, hearing, onUnheard });
            return await onPort('TELEGRAM_WEBHOOK_PORT', webhookPort, listen);
          },
        };
      },
      check: async ({ policyUrl, isProxied }) =>
        await (await import('./check.ts')).checkTelegram({ ...access, webhookUrl: webhook?.url, policyUrl, isProxied }),
    };
  },
});
