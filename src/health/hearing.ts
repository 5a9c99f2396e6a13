import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';

/** Whether a bot gets the updates of its platform. Times are milliseconds since 1970. */
export type HearingState =
  | { readonly is: 'connecting' }
  | { readonly is: 'listening' }
  | { readonly is: 'lost'; readonly since: number; readonly cause: Cause }
  /** The platform refused the bot for good. Only a person can change that. */
  | { readonly is: 'refused'; readonly cause: Cause };

/** What a listener reports about its connection. A repeated report changes nothing. */
export interface Hearing {
  /** The platform is heard: the connection works. */
  readonly heard: () => void;
  /**
   * The platform is not heard. `since`: when it was last heard; now by default. Gives whether the
   * listener shall try again. It shall not after three fatal causes in a row, because these count
   * as `refused`.
   */
  readonly lost: (cause: Cause, since?: number) => boolean;
  /** The platform refused the bot for good, and will not be heard again in this process. */
  readonly refused: (cause: Cause) => void;
}

export interface WatchedHearing extends Hearing {
  readonly state: () => HearingState;
  /**
   * Throws `unavailable` with the Cause in three cases: the platform was not heard yet, it refused
   * for good, or it has not been heard for most of a minute.
   */
  readonly check: () => Promise<void>;
}

interface HearingOptions {
  readonly platform: string;
  readonly log: Log;
  readonly now: () => number;
  readonly onRefused: (cause: Cause) => void;
}

/**
 * For how long a platform may be lost while the check still passes. Short losses happen every day,
 * and listeners recover by themselves. A longer loss shows within a minute, including the time
 * until the next look.
 */
const TOLERATED_LOSS_MS = 50_000;

/** How many fatal causes in a row count as `refused`. One alone may be an error of the platform. */
const REFUSALS = 3;

/** Keeps the state of one platform's listener, and logs each change of it. */
export function watchHearing(options: HearingOptions): WatchedHearing {
  const { platform, log, now, onRefused } = options;
  let state: HearingState = { is: 'connecting' };
  let refusals = 0;
  const said = (cause: Cause) => ({ platform, cause: cause.code, says: cause.message });

  function refused(cause: Cause): void {
    if (state.is === 'refused') return;
    state = { is: 'refused', cause };
    log.error('refused for good', said(cause));
    onRefused(cause);
  }

  return {
    state: () => state,
    refused,
    heard() {
      refusals = 0;
      if (state.is === 'listening' || state.is === 'refused') return;
      log.info('listening', { platform, ...(state.is === 'lost' && { lostMs: now() - state.since }) });
      state = { is: 'listening' };
    },
    lost(cause, since = now()) {
      if (state.is === 'refused') return false;
      refusals = cause.fatal ? refusals + 1 : 0;
      const isNew = state.is !== 'lost' || state.cause.code !== cause.code;
      state = { is: 'lost', cause, since: state.is === 'lost' ? state.since : since };
      if (isNew) log.warn('not listening', said(cause));
      if (refusals === REFUSALS) refused(cause);
      return refusals < REFUSALS;
    },
    async check() {
      if (state.is === 'listening') return;
      if (state.is === 'lost' && now() - state.since <= TOLERATED_LOSS_MS) return;
      throw new Failure('unavailable', { cause: state.is === 'connecting' ? new Cause('starting') : state.cause });
    },
  };
}
