import { describePack, loadPack } from '../models/pack.ts';
import { listen, openCouriers } from './app/bots.ts';
import { everyFewSeconds } from './app/clock.ts';
import { openHouse } from './app/house.ts';
import { executor } from './chat/execute.ts';
import { expirePlaceholders } from './chat/expiry.ts';
import type { Config } from './config.ts';
import { openFaces } from './face/pool.ts';
import type { Log } from './log.ts';
import { listenOps } from './ops.ts';

/** A running facefinder. */
export interface App {
  /** The page's address; undefined without a page. */
  readonly url: string | undefined;
  /** Stops listening, lets running jobs finish (10 s at most), closes the stores. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts what the role asks for: listeners (all, bot), workers (all, worker). `onProgress` hears lines for a person who waits.
 * @throws when a part cannot start; the parts that had started are stopped again.
 */
export async function start(config: Config, log: Log, onProgress: (line: string) => void = () => {}): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const store = { modelDir: config.modelDir, ...(config.modelMirror && { mirror: config.modelMirror }), onProgress };
  const works = config.role !== 'bot';
  const listens = config.role !== 'worker';

  const files = works ? await loadPack(config.pack, store) : undefined;
  const pack = files ?? (await describePack(config.pack, config.modelDir));
  const faces = files && stack.use(await openFaces({ pack: files, workers: config.workers }));
  const { couriers, room } = await openCouriers(config);
  const { flow, stores } = await openHouse({ config, pack, couriers, room, log }, stack);
  flow.metrics.watchQueue(() => stores.queue.depth());

  if (faces) {
    stores.queue.work('ask', config.workers, executor(flow, faces));
    stores.queue.work('erase', 1, flow.eraser.handler);
  }
  const ready = async () => void (await Promise.all([stores.gallery.check(), stores.queue.check()]));
  if (config.metricsPort !== undefined) {
    stack.use(await listenOps({ port: config.metricsPort, metrics: flow.metrics, ready }));
  }
  let url: string | undefined;
  if (listens) {
    // What an earlier process left: in embedded mode its queue went with it, so nobody works on its asks any more.
    await expirePlaceholders(flow, () => config.stores.mode === 'embedded');
    await flow.eraser.resume();
    url = await listen({ config, pack, flow, room, log, ready, stack });
    stack.use(everyFewSeconds(() => expirePlaceholders(flow), log));
  }
  const started = stack.move();
  return { url, stop: () => started.disposeAsync() };
}
