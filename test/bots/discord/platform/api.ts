import type { Exchange } from './exchange.ts';
import type { Shown } from './shown.ts';
import type { World } from './world.ts';

/**
 * A request of the bot. `template` is its path with `{…}` in place of ids, as in Discord's
 * description.
 */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly template: string;
  readonly body: unknown;
  readonly files: readonly Blob[];
  readonly contentType: string | undefined;
}

/**
 * What Discord does with a request instead of its usual work. A number as `status`: it only answers
 * with that. `no answer`: it does nothing and leaves the connection open. `done, no answer`: it
 * does the work and leaves the connection open.
 */
export interface Fault {
  readonly method: string;
  readonly template: string;
  readonly status: number | 'no answer' | 'done, no answer';
  readonly code?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the answer; default: an error with `code`. */
  readonly json?: unknown;
  /** How many more requests it affects. Setting it to 0 ends the fault. */
  times: number;
}

export interface Api {
  readonly world: World;
  readonly token: string;
  readonly application: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly gatewayUrl: () => string;
  readonly exchanges: Map<string, Exchange>;
  readonly requests: Recorded[];
  /** Requests that got no answer until the bot cut the connection. */
  readonly givenUp: Recorded[];
  readonly violations: string[];
  readonly faults: Fault[];
  /** How long Discord waits for the first answer to an interaction. */
  readonly ackMs: number;
  /** How long each call of the bot takes to arrive, in milliseconds. */
  latenessMs: number;
  commands: readonly unknown[];
  readonly posted: Shown[];
  /** Messages in channels by their enforced nonce. A request with the same nonce posts nothing. */
  readonly nonces: Map<string, Shown>;
}

/** What Discord answers. */
export type Reply = { readonly status: number; readonly json?: unknown };

export const refused = (status: number, code: number, message = 'refused'): Reply => ({
  status,
  json: { code, message },
});
export const found = (json: unknown): Reply => ({ status: 200, json });
