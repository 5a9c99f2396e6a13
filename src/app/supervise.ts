import { UNANSWERED } from '../chat/answering/unanswered.ts';
import type { Config } from '../config.ts';
import type { Faces } from '../face/face.ts';
import { openPulse, pulseHandler } from '../health/pulse.ts';
import type { Watch } from '../health/watch.ts';
import { everyFewSeconds, everyHalfMinute } from '../housekeeping/clock.ts';
import type { Log } from '../log.ts';
import { VERSION } from '../version.ts';
import type { AppParts } from './parts.ts';
import type { Together } from './shutdown.ts';

/** How many pulses a worker answers at the same time, when several listeners send them. */
const PULSES = 4;

/** The parts of a running process that are supervised. */
export interface Supervised {
  readonly config: Config;
  readonly parts: AppParts;
  readonly watch: Watch;
  /** Undefined in a process that does not work on photos. */
  readonly faces: Faces | undefined;
  readonly log: Log;
  readonly doors: Together;
}

/** Watches whether an ask would be answered: by pulses, by checks of each part, and by metrics. */
export function supervise({ config, parts, watch, faces, log, doors }: Supervised): void {
  const { flow, stores, metrics } = parts;
  const { health } = watch;
  const { gallery, pending, queue } = stores;
  const pulseParts = { queue, pending, keys: flow.keys, now: flow.now };
  if (faces) {
    const canWork = () => Promise.all([gallery.check(), gallery.checkPack(), faces.check()]);
    queue.work('pulse', PULSES, pulseHandler(pulseParts, canWork));
    health.watch('children', () => faces.check(), { isOwn: () => true });
  }
  const signs = { parts: health.parts, platforms: watch.platforms };
  if (config.role === 'worker') {
    metrics.watch(signs);
  } else {
    const pulse = openPulse(pulseParts);
    health.watch('workers', pulse.checkWorkers);
    health.watch('pulse', pulse.check);
    doors.use(everyHalfMinute(async (signal) => metrics.pulsed(await pulse.beat(signal)), log));
    metrics.watch({ ...signs, pulseAgeMs: pulse.ageMs, erasures: flow.eraser.unfinished });
  }
  doors.use(everyFewSeconds(() => health.look(), log));
  tellStarted({ config, parts, watch, log });
}

function tellStarted({ config, parts, watch, log }: Pick<Supervised, 'config' | 'parts' | 'watch' | 'log'>): void {
  const { mode } = config.stores;
  const { pack } = parts;
  watch.started();
  parts.metrics.expect({ commands: parts.flow.commands.keys(), reasons: UNANSWERED });
  parts.metrics.built({ version: VERSION, role: config.role, mode, pack });
  log.info('started', { mode, pack, parts: [...watch.health.parts().keys()].join(' ') });
}
