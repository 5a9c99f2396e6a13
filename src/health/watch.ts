import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';
import { type Health, openHealth } from './health.ts';
import { type WatchedHearing, watchHearing } from './hearing.ts';
import { type Probes, probes } from './probes.ts';

/** The health of a running facefinder, watched from its start. */
export interface Watch {
  readonly health: Health;
  readonly probes: Probes;
  /**
   * Makes the object to which the listener of a platform reports. Call it once for each platform.
   */
  readonly hearingOf: (platform: { readonly id: string; readonly isLocal: boolean }) => WatchedHearing;
  /** Each platform with a listener, and whether it is heard. */
  readonly platforms: () => ReadonlyMap<string, boolean>;
  /** Says that everything has started. Until then, the process counts as not ready. */
  readonly started: () => void;
  /**
   * Resolves with the reason when this process can never do its work again, because the platforms
   * have refused all its bots for good. The page does not count as a bot: it works on this machine
   * alone.
   */
  readonly unrecoverable: Promise<Cause>;
}

/** Opens the watch of a process that is starting. */
export function openWatch(log: Log, now: () => number = Date.now): Watch {
  const health = openHealth({ log, now });
  const hearings = new Map<string, WatchedHearing>();
  const remote: WatchedHearing[] = [];
  const { promise: unrecoverable, resolve: end } = Promise.withResolvers<Cause>();
  let isStarted = false;
  let refusedBy: Cause | undefined;
  const endIfHopeless = () => {
    if (isStarted && refusedBy && remote.every(({ state }) => state().is === 'refused')) end(refusedBy);
  };
  health.watch('start', async () => {
    if (!isStarted) throw new Failure('unavailable', { cause: new Cause('starting') });
  });
  return {
    health,
    probes: probes(health, now),
    platforms: () => new Map([...hearings].map(([platform, { state }]) => [platform, state().is === 'listening'])),
    hearingOf({ id, isLocal }) {
      const onRefused = (cause: Cause) => {
        refusedBy = cause;
        endIfHopeless();
      };
      const hearing = watchHearing({ platform: id, log, now, onRefused });
      hearings.set(id, hearing);
      if (!isLocal) remote.push(hearing);
      // A restart would not help a bot that was refused, and would interrupt the other bots.
      health.watch(id, hearing.check, { isOwn: () => hearing.state().is !== 'refused' });
      return hearing;
    },
    started() {
      isStarted = true;
      endIfHopeless();
    },
    unrecoverable,
  };
}
