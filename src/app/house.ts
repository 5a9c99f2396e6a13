import { readFileSync } from 'node:fs';
import { commands } from '../../commands/index.ts';
import type { Pack } from '../../models/pack.ts';
import type { PageRoom } from '../bots/page/room.ts';
import type { Courier } from '../chat/courier.ts';
import { openEraser } from '../chat/erasure.ts';
import { courierOf, type Flow } from '../chat/flow.ts';
import { hourlyLimits } from '../chat/limits.ts';
import { notices as noticesOf } from '../chat/notice.ts';
import { parkedAsks } from '../chat/parked.ts';
import { placeholders as placeholdersOn } from '../chat/placeholders.ts';
import type { Config } from '../config.ts';
import { receiptSigner } from '../consent/receipt.ts';
import type { Log } from '../log.ts';
import { matcher as matcherOf } from '../match/matcher.ts';
import { openMetrics } from '../metrics.ts';
import type { Queue } from '../queue/queue.ts';
import { deriveKeys, type Keys } from '../secrets/keys.ts';
import { keptMasterKey } from '../secrets/master-key.ts';
import { openStores, type Stores } from './stores.ts';

/** Everything an ask meets, with its stores, before anybody listens or works. */
export interface House {
  readonly flow: Flow;
  readonly stores: Stores;
}

/** The keys of this installation; in embedded mode its master key is made at the first call. */
export function keysOf(config: Config): Keys {
  return deriveKeys(config.masterKey ?? keptMasterKey(config.dataDir));
}

export interface HouseOptions {
  readonly config: Config;
  readonly pack: Omit<Pack, 'files'>;
  readonly room: PageRoom | undefined;
  readonly couriers: Flow['couriers'];
  readonly log: Log;
  /** Milliseconds since 1970; a test has its own. */
  readonly now?: () => number;
}

/** Opens the stores onto `stack` and builds the house over them. */
export async function openHouse(options: HouseOptions, stack: AsyncDisposableStack): Promise<House> {
  const keys = keysOf(options.config);
  const stores = await openStores(options.config, { keys, pack: options.pack, log: options.log }, stack);
  return { stores, flow: await flowOver(stores, stores.queue, keys, options) };
}

/** The flow over stores and a queue: the stores' own, or another (the page's asks stay in their process). */
async function flowOver({ gallery, pending }: Stores, queue: Queue, keys: Keys, options: HouseOptions): Promise<Flow> {
  const { config, pack, room, couriers, log, now = Date.now } = options;
  const metrics = openMetrics();
  const signer = await receiptSigner(keys);
  const parked = parkedAsks(pending, keys, now);
  const placeholders = placeholdersOn(pending, keys);
  const notices = noticesOf({
    retentionDays: config.retentionDays,
    contact: config.contact,
    policyUrl: config.policyUrl,
  });
  const courier = (platform: keyof Flow['couriers']): Courier => courierOf({ couriers }, platform);
  const eraser = openEraser({
    gallery,
    pending,
    queue,
    placeholders,
    courier: (address) => courier(address.platform),
    signer,
    keys,
    log,
    now,
    dropLocal: (person) => person.platform === 'page' && room?.forget(person.id),
  });
  const matcher = matcherOf(pack.manifest.impostors, {
    verification: pack.manifest.thresholds.verify,
    matchDistance: config.matchDistance,
  });
  const list = commands({
    gallery,
    parked,
    eraser,
    notices,
    matcher,
    membership: (place, personId) => courier(place.platform).membership(place, personId),
    publicKey: { ...signer.publicJwk },
    contact: config.contact,
    policyUrl: config.policyUrl,
    version: version(),
  });
  return {
    commands: new Map(list.map((command) => [command.name, command])),
    couriers,
    gallery,
    queue,
    parked,
    placeholders,
    eraser,
    limits: hourlyLimits(config.findsPerHour, now),
    notices,
    keys,
    findBy: config.findBy,
    log,
    metrics,
    now,
  };
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
