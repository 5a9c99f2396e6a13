import { REST, type RESTOptions, type RequestData, type RouteLike } from '@discordjs/rest';
import { type APIApplication, ApplicationFlags } from 'discord-api-types/v10';

/** The access to Discord. */
export interface DiscordApi {
  readonly token: string;
  /** Root of the API, like `http://127.0.0.1:9000/api`. Default: Discord's own. */
  readonly apiUrl?: string | undefined;
}

/**
 * How long a call waits at most when Discord asks it to wait. If Discord asks for more, the call
 * fails, and the queue decides whether to repeat it.
 */
const LONGEST_WAIT_MS = 10_000;

/** The options of every client here: Discord's address, and the longest wait. */
export function restOptions({ apiUrl }: Pick<DiscordApi, 'apiUrl'>): Partial<RESTOptions> {
  return {
    ...(apiUrl !== undefined && { api: apiUrl.replace(/\/+$/, '') }),
    rejectOnRateLimit: ({ retryAfter }) => retryAfter > LONGEST_WAIT_MS,
  };
}

/** A client for routes that need the bot's token. */
export function botRest(api: DiscordApi): REST {
  return new REST(restOptions(api)).setToken(api.token);
}

/**
 * A client for routes with an interaction's token. Discord's limit of 50 requests per second does
 * not count for these. So the client's own limit is off. Under load it would delay answers by
 * seconds.
 */
export function interactionRest(
  api: Pick<DiscordApi, 'apiUrl'>,
  more: Pick<Partial<RESTOptions>, 'retries'> = {},
): REST {
  return new REST({ ...restOptions(api), globalRequestsPerSecond: Number.POSITIVE_INFINITY, ...more });
}

/** The calls that answers need. They use an interaction's token. */
export interface Interactions {
  readonly get: (route: RouteLike) => Promise<unknown>;
  readonly patch: (route: RouteLike, data: RequestData) => Promise<unknown>;
  readonly post: (route: RouteLike, data: RequestData) => Promise<unknown>;
}

/**
 * Makes calls through an {@link interactionRest} until `signal` aborts. A call that waits after a
 * 429 may end later than that. It sends nothing more, and callers need not wait for it.
 */
export function interactionsUntil(signal: AbortSignal, rest: REST): Interactions {
  return {
    get: (route) => rest.get(route, { auth: false, signal }),
    patch: (route, data) => rest.patch(route, { ...data, auth: false, signal }),
    post: (route, data) => rest.post(route, { ...data, auth: false, signal }),
  };
}

/**
 * Whether the portal allows this application the Server Members Intent, after a review or because
 * the application is too small for one.
 */
export function hasMembersIntent({ flags = 0 as ApplicationFlags }: Pick<APIApplication, 'flags'>): boolean {
  return (flags & (ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited)) !== 0;
}
