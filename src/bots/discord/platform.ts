import { z } from 'zod';
import type { Place } from '../../consent/who.ts';
import { httpUrl } from '../../variables.ts';
import { platform } from '../platform.ts';

/** Discord's own API, which discord.js uses by default. */
const DISCORD_API = 'https://discord.com/api';

/** Discord, turned on by a bot's token. */
export const discord = platform({
  id: 'discord',
  title: 'Discord',
  ids: { person: '<user id>', place: '<server id>' },
  isLocal: false,
  carrier: { name: 'Discord Inc.', country: 'US' },
  turnedOnBy: 'DISCORD_TOKEN',
  secrets: ['DISCORD_TOKEN'],
  variables: {
    DISCORD_TOKEN: z.string().optional(),
    DISCORD_API_URL: httpUrl.optional(),
    DISCORD_AGE_RESTRICTED: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
  },
  configure({ DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl, DISCORD_AGE_RESTRICTED: ageRestricted }) {
    if (token === undefined) return undefined;
    const api = { token, apiUrl };
    const isAgeRestricted = ageRestricted === 'yes';
    return {
      door: 'Discord',
      api: apiUrl ?? DISCORD_API,
      async open() {
        const { discordCourier } = await import('./courier.ts');
        return {
          courier: discordCourier(api),
          async listen({ chat, commands, log, hearing, onUnheard }) {
            const { openGatewayByAgent } = await import('./gateway-agent.ts');
            openGatewayByAgent();
            const { listenDiscord } = await import('./listener.ts');
            const enrolNotice = (locale: string, place: Place) => chat.notice('enrol', locale, place);
            return await listenDiscord({
              ...api,
              chat,
              commands,
              log,
              hearing,
              onUnheard,
              enrolNotice,
              isAgeRestricted,
            });
          },
        };
      },
      check: async (options) =>
        await (await import('./check.ts')).checkDiscord({ ...api, ...options, isAgeRestricted }),
    };
  },
});
