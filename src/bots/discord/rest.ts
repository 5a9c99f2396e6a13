import { REST, type RESTOptions, type RequestData, type RouteLike } from '@discordjs/rest';
import { type APIApplication, ApplicationFlags } from 'discord-api-types/v10';

/** How Discord is reached. */
export interface DiscordApi {
  readonly token: string;
  /** Root of the API, like `http://127.0.0.1:9000/api`; Discord's own by default. */
  readonly apiUrl?: string | undefined;
}

/** A wait that Discord asks for is obeyed up to this long; beyond it the call fails, and the queue decides. */
const LONGEST_WAIT_MS = 10_000;

/** Options of every client here: Discord's address, and a bound to the waits it may ask for. */
export function restOptions({ apiUrl }: Pick<DiscordApi, 'apiUrl'>): Partial<RESTOptions> {
  return {
    ...(apiUrl !== undefined && { api: apiUrl.replace(/\/+$/, '') }),
    rejectOnRateLimit: ({ retryAfter }) => retryAfter > LONGEST_WAIT_MS,
  };
}

/** A client for routes that need the bot's own token. */
export function botRest(api: DiscordApi): REST {
  return new REST(restOptions(api)).setToken(api.token);
}

/**
 * A client for routes that carry an interaction's token. Discord exempts those from its limit of 50 requests per second, so the
 * client's own brake is off: under load it would hold answers back for seconds.
 */
export function interactionRest(
  api: Pick<DiscordApi, 'apiUrl'>,
  more: Pick<Partial<RESTOptions>, 'retries'> = {},
): REST {
  return new REST({ ...restOptions(api), globalRequestsPerSecond: Number.POSITIVE_INFINITY, ...more });
}

/** What an interaction's token is good for, as far as answers need it. */
export interface Interactions {
  readonly patch: (route: RouteLike, data: RequestData) => Promise<unknown>;
  readonly post: (route: RouteLike, data: RequestData) => Promise<unknown>;
}

/**
 * Calls through an {@link interactionRest} until `signal` aborts. The client goes on sitting out a 429 then, but sends nothing any more:
 * whoever waits must not wait for that.
 */
export function interactionsUntil(signal: AbortSignal, rest: REST): Interactions {
  return {
    patch: (route, data) => rest.patch(route, { ...data, auth: false, signal }),
    post: (route, data) => rest.post(route, { ...data, auth: false, signal }),
  };
}

/** Whether the portal allows this application the Server Members Intent, reviewed or below the size that needs a review. */
export function hasMembersIntent({ flags = 0 as ApplicationFlags }: Pick<APIApplication, 'flags'>): boolean {
  return (flags & (ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited)) !== 0;
}
