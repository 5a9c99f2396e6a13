import { describePack, loadPack } from '../models/pack.ts';
import { checkFiles } from './app/files.ts';
import { warnOfKey } from './app/keys.ts';
import { modelStore } from './app/models.ts';
import { packInUse } from './app/pack.ts';
import { type AppParts, openParts } from './app/parts.ts';
import { checkProxy, couriersOf, type Opened, openPlatforms } from './app/platforms.ts';
import { openShutdown } from './app/shutdown.ts';
import { supervise } from './app/supervise.ts';
import type { Listening } from './bots/platform.ts';
import type { Cause } from './cause.ts';
import { expirePlaceholders } from './chat/answering/expiry.ts';
import { unanswered } from './chat/answering/unanswered.ts';
import { work } from './chat/answering/work.ts';
import type { Flow } from './chat/flow.ts';
import { openChat, resumeHeard } from './chat/open-chat.ts';
import { workOnSeries } from './chat/series/work.ts';
import type { Config } from './config.ts';
import { openFaces } from './face/pool.ts';
import { openWatch } from './health/watch.ts';
import { atOnceAndDaily, everyDay, everyFewSeconds, everySecond } from './housekeeping/clock.ts';
import { watchLedgers } from './housekeeping/ledgers.ts';
import { joinMoved } from './housekeeping/moved.ts';
import { sweep } from './housekeeping/sweep.ts';
import { upkeep } from './housekeeping/upkeep.ts';
import { errorFields, type Log } from './log.ts';
import { openMetrics } from './metrics/metrics.ts';
import { timedFaces } from './metrics/timed.ts';
import { listenOps } from './ops.ts';
import { onPort } from './port.ts';
import { embeddedQueue } from './queue/embedded/queue.ts';
import type { Queue } from './queue/queue.ts';

/** A running facefinder. */
export interface App {
  /** The page's address; undefined without a page. */
  readonly url: string | undefined;
  /** Stops listening, lets running jobs finish and closes the stores, within about 10 s. */
  readonly stop: () => Promise<void>;
  /** Resolves when facefinder cannot work until a person changes something. Gives the reason. */
  readonly unrecoverable: Promise<Cause>;
}

/**
 * Starts the parts of the configured role. The roles `all` and `bot` have listeners, `all` and
 * `worker` have workers. `onProgress` gets a line for each step that takes time, like the fetch of
 * a model file.
 * @throws when a part cannot start; the parts that had started are stopped again
 */
export async function start(config: Config, log: Log, onProgress: (line: string) => void = () => {}): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const works = config.role !== 'bot';
  const listens = config.role !== 'worker';

  const name = await packInUse(config);
  const files = works ? await loadPack(name, modelStore(config, onProgress)) : undefined;
  const pack = files ?? (await describePack(name, config.modelDir));
  const metrics = openMetrics();
  const { children } = config;
  const faces =
    files && timedFaces(stack.use(await openFaces({ pack: files, children, onStart: metrics.childStarted })), metrics);
  const platforms = await openPlatforms(config);
  const parts = await openParts({ config, pack, couriers: couriersOf(platforms), log, metrics }, stack);
  warnOfKey(config, log);
  const { flow, stores } = parts;
  const { doors, queues } = stack.use(openShutdown());
  queues.use(stores.queue);
  metrics.watchQueue('jobs', () => stores.queue.state());

  const { gallery } = stores;
  const watch = openWatch(log);
  const { health, probes, hearingOf } = watch;
  health.watch('gallery', () => gallery.check());
  health.watch('models', () => gallery.checkPack());
  health.watch('queue', () => stores.queue.check());
  health.watch('pending', () => stores.pending.check());
  if (config.proxy) health.watch('proxy', () => checkProxy(config, watch.platforms()));
  health.watch('files', checkFiles, { isOwn: () => true });
  if (config.metricsPort !== undefined) {
    const port = config.metricsPort;
    stack.use(await onPort('METRICS_PORT', port, () => listenOps({ port, metrics, probes })));
  }
  const listenOn = async (platform: Opened, flow: Flow): Promise<Listening> => {
    const commands = [...flow.commands.values()];
    const hearing = hearingOf(platform);
    const { recognition } = parts;
    const onUnheard = () => unanswered({ log, metrics }, 'unheard');
    const onNotMe = () => metrics.harmed('not_me');
    const reception = { chat: openChat(flow), commands, log, probes, hearing, recognition, onUnheard, onNotMe };
    return doors.use(await platform.listen(reception));
  };
  const served = [{ queue: stores.queue, flow }];
  let url: string | undefined;
  if (listens) {
    // An earlier process may have left placeholders, erasures and asks, which are finished here. In
    // embedded mode its queue ended with it, and nobody works on its asks any more. So these asks
    // do not wait for their deadlines.
    const isAlone = config.stores.mode === 'embedded';
    if (isAlone) await flow.alone.clear();
    if (isAlone) await flow.series.resume();
    await expirePlaceholders(flow, () => isAlone);
    await flow.eraser.resume(0);
    await resumeHeard(flow, isAlone ? 0 : undefined);
    doors.use(everyFewSeconds(() => upkeep(parts), log));
    doors.use(everySecond(() => flow.progress.round(), log));
    doors.use(atOnceAndDaily((signal) => watchLedgers(parts, signal), log));
    doors.use(atOnceAndDaily((signal) => joinMoved(parts, signal), log));
    doors.use(everyDay((signal) => sweep(parts, config.retentionDays, { signal }), log));
    for (const platform of platforms) if (!platform.isLocal) await listenOn(platform, flow);
  }
  for (const platform of platforms) {
    if (!platform.isLocal) continue;
    const queue = queues.use(localQueue(parts, log));
    metrics.watchQueue(platform.id, () => queue.state());
    const localFlow = parts.flowOver(queue);
    served.push({ queue, flow: localFlow });
    url = (await listenOn(platform, localFlow)).url;
  }
  // This comes last, when nothing can fail any more. A second facefinder that fails to start,
  // because its port is taken, must not change the pack of the first.
  if (listens) await gallery.adoptPack();
  if (faces) for (const { queue, flow } of served) work(queue, flow, faces, children);
  // Workers do this too, because they erase people, and may then fail to tell the second place.
  doors.use(everyFewSeconds(() => parts.reconcile(), log));
  if (faces) doors.use(everySecond((signal) => workOnSeries(flow, faces, signal), log));
  supervise({ config, parts, watch, faces, log, doors });
  const running = stack.move();
  return { url, unrecoverable: watch.unrecoverable, stop: () => running.disposeAsync() };
}

/**
 * The queue of a local platform. It takes many asks of one user, who sits at this machine: nobody
 * else has to wait behind these asks.
 */
function localQueue({ flow, onLoss }: AppParts, log: Log): Queue {
  const onError = (cause: unknown) => log.error('job failed', errorFields(cause));
  return embeddedQueue({ maxPerOwner: 100, now: flow.now, onError, onLoss });
}
