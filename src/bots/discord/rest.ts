import { REST, type RESTOptions, type RequestData, type RouteLike } from '@discordjs/rest';
import { type APIApplication, ApplicationFlags } from 'discord-api-types/v10';

/** Access to Discord. */
export interface DiscordApi {
  readonly token: string;
  /** Root of the API, like `http://127.0.0.1:9000/api`. Default: Discord's own. */
  readonly apiUrl?: string | undefined;
}

/**
 * The longest wait that is obeyed when Discord asks for one. A longer one fails the call, and the
 * queue decides.
 */
const LONGEST_WAIT_MS = 10_000;

/** Options of every client here: Discord's address, and the limit for its waits. */
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
 * A client for routes with an interaction's token. Discord exempts these from its limit of 50
 * requests per second, so the client's own limit is off: under load it would delay answers by
 * seconds.
 */
export function interactionRest(
  api: Pick<DiscordApi, 'apiUrl'>,
  more: Pick<Partial<RESTOptions>, 'retries'> = {},
): REST {
  return new REST({ ...restOptions(api), globalRequestsPerSecond: Number.POSITIVE_INFINITY, ...more });
}

/** The calls by an interaction's token that answers need. */
export interface Interactions {
  readonly patch: (route: RouteLike, data: RequestData) => Promise<unknown>;
  readonly post: (route: RouteLike, data: RequestData) => Promise<unknown>;
}

/**
 * Calls through an {@link interactionRest} until `signal` aborts. After a 429 the client may wait
 * beyond that, but it sends nothing more, and callers need not wait for it.
 */
export function interactionsUntil(signal: AbortSignal, rest: REST): Interactions {
  return {
    patch: (route, data) => rest.patch(route, { ...data, auth: false, signal }),
    post: (route, data) => rest.post(route, { ...data, auth: false, signal }),
  };
}

/**
 * Whether the portal allows this application the Server Members Intent, reviewed or below the size
 * for a review.
 */
export function hasMembersIntent({ flags = 0 as ApplicationFlags }: Pick<APIApplication, 'flags'>): boolean {
  return (flags & (ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited)) !== 0;
}
