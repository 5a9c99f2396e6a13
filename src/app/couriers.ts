import type { PageRoom } from '../bots/page/room.ts';
import type { Flow } from '../chat/flow.ts';
import type { Config } from '../config.ts';

export interface Couriers {
  readonly couriers: Flow['couriers'];
  /** What the page's courier and listener share; undefined without a page. */
  readonly room: PageRoom | undefined;
}

/** The couriers of the configured platforms; a platform's library is loaded only where it is used. */
export async function openCouriers({ pagePort, discord, telegram }: Config): Promise<Couriers> {
  const room = pagePort === undefined ? undefined : (await import('../bots/page/room.ts')).pageRoom();
  const telegramCourier = telegram && (await import('../bots/telegram/courier.ts')).telegramCourier(telegram);
  const discordCourier = discord && (await import('../bots/discord/courier.ts')).discordCourier(discord);
  const couriers = {
    ...(room && { page: room.courier }),
    ...(discordCourier && { discord: discordCourier }),
    ...(telegramCourier && { telegram: telegramCourier }),
  };
  return { couriers, room };
}
