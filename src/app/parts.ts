import { commands } from '../../commands/index.ts';
import { describePack, type Pack } from '../../models/pack.ts';
import type { Recognition } from '../bots/platform.ts';
import { OperatorError } from '../causes/operator-error.ts';
import { aloneOn } from '../chat/alone.ts';
import { heardOn } from '../chat/answering/heard.ts';
import { placeholders as placeholdersOn } from '../chat/answering/placeholders.ts';
import { progressOf } from '../chat/answering/progress.ts';
import { unanswered } from '../chat/answering/unanswered.ts';
import { parkedAsks } from '../chat/buttons/parked.ts';
import { wrongNamesOn } from '../chat/buttons/wrong-names.ts';
import type { Courier } from '../chat/courier.ts';
import { openEraser } from '../chat/erasure/eraser.ts';
import { courierOf, type Flow } from '../chat/flow.ts';
import { gesturesAskedOn } from '../chat/gestures/gestures-asked.ts';
import { channelsThere } from '../chat/group/channels.ts';
import { invitationTo } from '../chat/group/invitation.ts';
import { unprovenOn } from '../chat/group/unproven.ts';
import { disclosureOn } from '../chat/limits/disclosure.ts';
import { hourlyLimits } from '../chat/limits/limits.ts';
import { selfieAsksOn } from '../chat/limits/selfie-asks.ts';
import { consentReceipts } from '../chat/rights/consent-receipt.ts';
import { carrierIn, notices } from '../chat/rights/notice.ts';
import { sentPhotosOn } from '../chat/sent-photos.ts';
import { dailyPhotosOn } from '../chat/series/daily-photos.ts';
import { seriesOn } from '../chat/series/series.ts';
import { shownResults } from '../chat/showing/shown.ts';
import type { Config } from '../config.ts';
import { type ReceiptSigner, receiptSigner } from '../consent/receipt.ts';
import type { Place, Platform } from '../consent/who.ts';
import { seesGestures } from '../face/gesture.ts';
import type { Log } from '../log.ts';
import { matcher } from '../match/matcher.ts';
import { type Metrics, openMetrics } from '../metrics/metrics.ts';
import { timedStore } from '../metrics/timed.ts';
import type { JobKind, Loss, Queue } from '../queue/queue.ts';
import type { Keys } from '../secrets/keys.ts';
import { VERSION } from '../version.ts';
import { keysOf } from './keys.ts';
import { packInUse } from './pack.ts';
import { couriersOf, openPlatforms } from './platforms.ts';
import { assertMade, openStores, type Stores } from './stores.ts';
import { openWitnessed, type Witnessed } from './witness.ts';

/** The parts that handle an ask, with their stores. No listener or worker has started yet. */
export interface AppParts {
  readonly stores: WitnessedStores;
  readonly metrics: Metrics;
  /** The id of the pack that compares faces. */
  readonly pack: string;
  readonly recognition: Recognition;
  /** See {@link Witnessed.reconcile}. {@link openParts} has called it once. */
  readonly reconcile: () => Promise<void>;
  /** Counts and logs jobs that a queue lost. */
  readonly onLoss: (loss: Loss, kind: JobKind) => void;
  /** The flow for asks in the stores' queue. */
  readonly flow: Flow;
  /**
   * The same flow with another queue. A local platform has its own queue, so that its asks stay in
   * this process.
   */
  readonly flowOver: (queue: Queue) => Flow;
}

/** The stores, with a gallery that tells its second place of every erasure. */
type WitnessedStores = Stores & Pick<Witnessed, 'gallery'>;

export interface AppPartsOptions {
  readonly config: Config;
  readonly pack: Omit<Pack, 'files'>;
  readonly couriers: Flow['couriers'];
  readonly log: Log;
  /** New metrics by default. */
  readonly metrics?: Metrics;
  /** Milliseconds since 1970; a test sets its own. */
  readonly now?: () => number;
  /** In how many photos one person may be looked for in a day; a test sets its own number. */
  readonly photosADay?: number;
}

/** Opens the stores onto `stack` and builds the parts on them. */
export async function openParts(options: AppPartsOptions, stack: AsyncDisposableStack): Promise<AppParts> {
  const { config, pack, log } = options;
  if (config.enrolProof === 'gesture' && !seesGestures(pack.manifest)) {
    throw new OperatorError(
      `ENROL_PROOF=gesture needs a pack with 68 landmarks, which ${pack.id} has not: take another FACE_PACK, or ENROL_PROOF=none.`,
    );
  }
  const keys = keysOf(config);
  const { metrics = openMetrics() } = options;
  const onLoss = (loss: Loss, kind: JobKind) => {
    if (kind === 'ask') unanswered({ log, metrics }, loss);
    else log.error(kind === 'erase' ? 'erasure ended undone' : 'pulse not answered', { why: loss });
  };
  const opened = await openStores(config, { keys, pack, log, onLoss, now: options.now }, stack);
  const signer = await receiptSigner(keys);
  const { now = opened.queue.now } = options;
  const { gallery, reconcile } = await openWitnessed(opened, { config, keys, signer, log, now }, stack);
  await reconcile();
  const stores = timedStores({ ...opened, gallery }, metrics);
  const recognition = recognitionBy(config, pack);
  const flowOver = (queue: Queue) => buildFlow({ ...options, keys, stores, metrics, recognition, signer, queue });
  const flow = flowOver(stores.queue);
  return { stores, metrics, pack: pack.id, recognition, reconcile, onLoss, flow, flowOver };
}

/**
 * Gives an operator's verb the parts without listeners, workers and models. A running facefinder
 * may use the same data.
 * @throws OperatorError when there are no stores yet; it makes none
 */
export async function withParts<T>(config: Config, log: Log, work: (parts: AppParts) => Promise<T>): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const pack = await describePack(await packInUse(config), config.modelDir);
  await assertMade(config, () => keysOf(config), pack);
  const couriers = couriersOf(await openPlatforms(config));
  return await work(await openParts({ config, pack, couriers, log }, stack));
}

function timedStores({ gallery, pending, queue }: WitnessedStores, metrics: Metrics): WitnessedStores {
  return {
    gallery: timedStore('gallery', gallery, metrics),
    pending: timedStore('pending', pending, metrics),
    queue: timedStore('queue', queue, metrics),
  };
}

function recognitionBy({ matchDistance }: Config, { manifest, dims }: AppPartsOptions['pack']): Recognition {
  const thresholds = { verification: manifest.thresholds.verify, matchDistance };
  return { matcher: matcher(manifest.impostors, thresholds), dims };
}

interface FlowParts extends AppPartsOptions {
  readonly keys: Keys;
  readonly stores: WitnessedStores;
  readonly metrics: Metrics;
  readonly recognition: Recognition;
  readonly signer: ReceiptSigner;
  readonly queue: Queue;
}

/** The facts of the privacy policy, in the language of a locale. */
function policyOf({ retentionDays, contact, policyUrl, findPhotos, platforms }: Config) {
  return (locale: string) => {
    const carriers = platforms.flatMap(({ carrier }) => carrierIn(locale, carrier) ?? []);
    return { retentionDays, contact, policyUrl, findPhotos, carriers };
  };
}

/** Whether the bot gets a photo that is sent without a command. */
const doesHear = ({ audience, hearsMessages }: Courier) => audience === 'group' && hearsMessages !== false;

/** What commands may ask about the channels of a place. */
function aboutChannels(courier: (platform: Platform) => Courier) {
  return {
    channelLink: (place: Place, channel: string) => courier(place.platform).channelLink?.(place, channel),
    channelsThere: (place: Place, channels: readonly string[]) =>
      channelsThere(courier(place.platform), place, channels),
  };
}

/** Who carries the messages of each platform. */
function carriersIn({ platforms }: Pick<Config, 'platforms'>) {
  return (platform: Platform) => platforms.find(({ id }) => id === platform)?.carrier;
}

function buildFlow(parts: FlowParts): Flow {
  const { config, pack, couriers, log, keys, metrics, recognition, signer, queue } = parts;
  const { gallery, pending } = parts.stores;
  // A test's clock is used in place of all other clocks.
  const { now = parts.stores.queue.now } = parts;
  const parked = parkedAsks(pending, keys, now);
  const placeholders = placeholdersOn(pending, keys);
  const heard = heardOn(pending, keys, now);
  const disclosure = disclosureOn(pending, keys, now);
  const wrongNames = wrongNamesOn(pending, keys, now);
  const { retentionDays, contact, policyUrl, findBy, findsPerHour, enrolProof } = config;
  const rules = { findBy, findsPerHour, retentionDays, enrolProof, showing: true };
  const receipts = consentReceipts({ gallery, signer, contact, policyUrl });
  const courier = (platform: Platform): Courier => courierOf({ couriers }, platform);
  const shown = shownResults(pending, keys, { now, log, courier });
  const sentPhotos = sentPhotosOn(pending, keys, { now, areSearched: config.findPhotos === 'any' });
  const dailyPhotos = dailyPhotosOn(pending, keys, now, parts.photosADay);
  const series = seriesOn(pending, keys, dailyPhotos, now);
  const eraser = openEraser({
    gallery,
    pending,
    queue,
    placeholders,
    disclosure,
    shown,
    sentPhotos,
    series,
    courier: (address) => courier(address.platform),
    signer,
    keys,
    log,
    now,
    heard,
    dropLocal: ({ platform, id }) => couriers[platform]?.forget?.(id),
  });
  const list = commands({
    gallery,
    parked,
    gestures: gesturesAskedOn(pending, keys, now),
    selfieAsks: selfieAsksOn(pending, keys, now),
    dailyPhotos,
    series,
    disclosure,
    shown,
    sentPhotos,
    eraser,
    wrongNames,
    harmed: metrics.harmed,
    policy: policyOf(config),
    receiptsOf: receipts.all,
    invite: async (ask, place) => {
      const invitation = await invitationTo({ gallery, rules }, place, ask.groupLocale ?? ask.locale);
      return (await courier(place.platform).invite?.(place, invitation, ask.address)) ?? 'alone';
    },
    matcher: recognition.matcher,
    pack: pack.id,
    seesGestures: seesGestures(pack.manifest),
    hearsMessages: (platform) => doesHear(courier(platform)),
    membership: async (place, personId) =>
      eraser.isLeaving(place.platform, personId) ? 'gone' : await courier(place.platform).membership(place, personId),
    nameNow: (place, personId) => courier(place.platform).nameNow?.(place, personId),
    rules,
    publicKey: { ...signer.publicJwk },
    ledgerHead: gallery.head,
    ...aboutChannels(courier),
    isOwnMachine: (platform) => courier(platform).audience === 'alone',
    contact,
    version: VERSION,
  });
  return {
    commands: new Map(list.map((command) => [command.name, command])),
    couriers,
    gallery,
    queue,
    parked,
    placeholders,
    heard,
    alone: aloneOn(pending, now),
    progress: progressOf({ queue, placeholders, courier, log, now }),
    unproven: unprovenOn(pending, keys, now),
    wrongNames,
    disclosure,
    shown,
    sentPhotos,
    series,
    dailyPhotos,
    eraser,
    limits: hourlyLimits(now),
    notices: notices({ retentionDays, contact, policyUrl, carrierOf: carriersIn(config) }),
    consentReceipts: receipts,
    pack: pack.id,
    sameFace: recognition.matcher.sameFace,
    keys,
    rules,
    log,
    metrics,
    now,
    aheadMs: parts.now ? () => 0 : () => Date.now() - now(),
  };
}
