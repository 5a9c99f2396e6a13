import type { Exchange } from './exchange.ts';
import type { Shown } from './shown.ts';
import type { World } from './world.ts';

/** A request of the bot. `template` is the path in Discord's description. */
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
 * An answer that Discord gives instead of doing what was asked. `no answer` leaves the connection
 * open; with `done, no answer` it is done.
 */
export interface Fault {
  readonly method: string;
  readonly template: string;
  readonly status: number | 'no answer' | 'done, no answer';
  readonly code?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Its body instead of an error's. */
  readonly json?: unknown;
  /** How many requests it affects. Setting 0 ends it. */
  times: number;
}

export interface Api {
  readonly world: World;
  readonly token: string;
  readonly application: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly gatewayUrl: () => string;
  readonly exchanges: Map<string, Exchange>;
  readonly requests: Recorded[];
  /** Requests without an answer that the bot gave up, by cutting the connection. */
  readonly givenUp: Recorded[];
  readonly violations: string[];
  readonly faults: Fault[];
  /** How long it waits for the first answer to an interaction. */
  readonly ackMs: number;
  commands: readonly unknown[];
  readonly posted: Shown[];
  /** Messages of channels by the nonce that they must not repeat. */
  readonly nonces: Map<string, Shown>;
}

/** What Discord answers. */
export type Reply = { readonly status: number; readonly json?: unknown };

export const refused = (status: number, code: number, message = 'refused'): Reply => ({
  status,
  json: { code, message },
});
export const found = (json: unknown): Reply => ({ status: 200, json });
