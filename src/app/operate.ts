import { describePack } from '../../models/pack.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { openCouriers } from './couriers.ts';
import { type House, openHouse } from './house.ts';

/** The house without listeners, workers and models, for an operator's verb; safe beside a running facefinder. */
export async function withHouse<T>(config: Config, log: Log, work: (house: House) => Promise<T>): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const pack = await describePack(config.pack, config.modelDir);
  const { couriers, room } = await openCouriers(config);
  return await work(await openHouse({ config, pack, couriers, room, log }, stack));
}
