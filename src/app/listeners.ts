import type { Pack } from '../../models/pack.ts';
import type { PageRoom } from '../bots/page/room.ts';
import type { Flow } from '../chat/flow.ts';
import { courierOf } from '../chat/flow.ts';
import { openChat } from '../chat/house.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { matcher } from '../match/matcher.ts';
import { onPort } from './port.ts';
import type { Together } from './shutdown.ts';

/** Listens on every configured chat platform; what listens is one of the `doors`. */
export async function listenToChats(
  { discord, telegram }: Config,
  flow: Flow,
  log: Log,
  doors: Together,
): Promise<void> {
  const chat = openChat(flow);
  if (discord) {
    const { listenDiscord } = await import('../bots/discord/listener.ts');
    const enrolNotice = (locale: string) => flow.notices('enrol', locale);
    doors.use(await listenDiscord({ ...discord, chat, enrolNotice, log }));
  }
  if (telegram) {
    const { listenTelegram } = await import('../bots/telegram/listener.ts');
    const listen = () => listenTelegram({ ...telegram, chat, courier: courierOf(flow, 'telegram'), log });
    doors.use(await onPort('TELEGRAM_WEBHOOK_PORT', telegram.webhook?.port ?? 0, listen));
  }
}

/** Serves the local page, one of the `doors`; gives its address. */
export async function listenToPage(
  options: {
    readonly config: Config;
    readonly port: number;
    readonly pack: Pick<Pack, 'manifest' | 'dims'>;
    readonly flow: Flow;
    readonly room: PageRoom;
    readonly log: Log;
    readonly ready: () => Promise<void>;
  },
  doors: Together,
): Promise<string> {
  const { config, port, pack, flow, room, log, ready } = options;
  const { listenPage } = await import('../bots/page/listener.ts');
  const { samplePhotos } = await import('../bots/page/samples.ts');
  const { pageScale } = await import('../bots/page/scale.ts');
  const thresholds = { verification: pack.manifest.thresholds.verify, matchDistance: config.matchDistance };
  const scale = pageScale(matcher(pack.manifest.impostors, thresholds), thresholds, pack.dims);
  const samples = await samplePhotos();
  const page = await onPort('PLAYGROUND_PORT', port, () =>
    listenPage({ port, room, chat: openChat(flow), log, scale, samples, ready }),
  );
  doors.use({ [Symbol.asyncDispose]: page.close });
  return page.url;
}
