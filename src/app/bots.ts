import type { Pack } from '../../models/pack.ts';
import type { PageRoom } from '../bots/page/room.ts';
import type { Flow } from '../chat/flow.ts';
import { openChat } from '../chat/house.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { matcher } from '../match/matcher.ts';

/** The couriers of the configured platforms, and the room that the page's courier and listener share. */
export async function openCouriers(
  config: Config,
): Promise<{ readonly couriers: Flow['couriers']; readonly room: PageRoom | undefined }> {
  if (config.pagePort === undefined) return { couriers: {}, room: undefined };
  const { pageRoom } = await import('../bots/page/room.ts');
  const room = pageRoom();
  return { couriers: { page: room.courier }, room };
}

/** Starts the listeners of the configured platforms onto `stack`; gives the page's address. */
export async function listen(options: {
  readonly config: Config;
  readonly pack: Pick<Pack, 'manifest' | 'dims'>;
  readonly flow: Flow;
  readonly room: PageRoom | undefined;
  readonly log: Log;
  readonly ready: () => Promise<void>;
  readonly stack: AsyncDisposableStack;
}): Promise<string | undefined> {
  const { config, pack, flow, room, log, ready, stack } = options;
  if (config.pagePort === undefined || !room) return undefined;
  const { listenPage } = await import('../bots/page/listener.ts');
  const { samplePhotos } = await import('../bots/page/samples.ts');
  const { pageScale } = await import('../bots/page/scale.ts');
  const thresholds = { verification: pack.manifest.thresholds.verify, matchDistance: config.matchDistance };
  const page = await listenPage({
    port: config.pagePort,
    room,
    chat: openChat(flow),
    log,
    scale: pageScale(matcher(pack.manifest.impostors, thresholds), thresholds, pack.dims),
    samples: await samplePhotos(),
    ready,
  });
  stack.defer(() => page.close());
  return page.url;
}
