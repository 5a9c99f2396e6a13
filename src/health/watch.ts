import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';
import { type Health, openHealth } from './health.ts';
import { type WatchedHearing, watchHearing } from './hearing.ts';
import { type Probes, probes } from './probes.ts';

/** What is watched of a running facefinder, from its first moment on. */
export interface Watch {
  readonly health: Health;
  readonly probes: Probes;
  /** Where a platform's listener tells how it hears; one for each platform. */
  readonly hearingOf: (platform: string) => WatchedHearing;
  /** Each platform that is listened to, and whether it is heard. */
  readonly platforms: () => ReadonlyMap<string, boolean>;
  /** Everything that was to be started has started. */
  readonly started: () => void;
  /** Why this process can never do its work again; pending while it can. */
  readonly unrecoverable: Promise<Cause>;
}

/** A watch over a process that is starting. */
export function openWatch(log: Log, now: () => number = Date.now): Watch {
  const health = openHealth({ log, now });
  const hearings = new Map<string, WatchedHearing>();
  const { promise: unrecoverable, resolve: onRefused } = Promise.withResolvers<Cause>();
  let isStarted = false;
  health.watch('start', async () => {
    if (!isStarted) throw new Failure('unavailable', { cause: new Cause('starting') });
  });
  return {
    health,
    probes: probes(health, now),
    platforms: () => new Map([...hearings].map(([platform, { state }]) => [platform, state().is === 'listening'])),
    hearingOf(platform) {
      const hearing = watchHearing({ platform, log, now, onRefused });
      hearings.set(platform, hearing);
      health.watch(platform, hearing.check, { isOwn: true });
      return hearing;
    },
    started() {
      isStarted = true;
    },
    unrecoverable,
  };
}
