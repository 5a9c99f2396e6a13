import type { GroupRules } from '../consent/settings.ts';
import type { Platform } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Queue } from '../queue/queue.ts';
import { ownerOf } from '../queue/sealed-shelf.ts';
import type { Keys } from '../secrets/keys.ts';
import type { Alone } from './alone.ts';
import type { Heard } from './answering/heard.ts';
import type { Placeholders } from './answering/placeholders.ts';
import type { Progress } from './answering/progress.ts';
import { unanswered } from './answering/unanswered.ts';
import type { Ask } from './ask.ts';
import type { Parked } from './buttons/parked.ts';
import type { WrongNames } from './buttons/wrong-names.ts';
import type { Command } from './command.ts';
import type { Courier, SentMessages } from './courier.ts';
import type { Eraser } from './erasure/eraser.ts';
import type { Unproven } from './group/unproven.ts';
import type { Disclosure } from './limits/disclosure.ts';
import type { Limits } from './limits/limits.ts';
import type { Reply } from './reply.ts';
import type { ConsentReceipts } from './rights/consent-receipt.ts';
import type { Notices } from './rights/notice.ts';
import type { SentPhotos } from './sent-photos.ts';
import type { DailyPhotos } from './series/daily-photos.ts';
import type { Series } from './series/series.ts';
import { showingOf } from './showing/showing.ts';
import type { ShownResults } from './showing/shown.ts';

/** The parts that handle an ask. app.ts builds them, the same for bots and workers. */
export interface Flow {
  readonly commands: ReadonlyMap<string, Command>;
  readonly couriers: Readonly<Record<Platform, Courier>>;
  readonly gallery: Gallery;
  readonly queue: Queue;
  readonly parked: Parked;
  readonly placeholders: Placeholders;
  readonly heard: Heard;
  readonly alone: Alone;
  readonly progress: Progress;
  readonly unproven: Unproven;
  readonly wrongNames: WrongNames;
  readonly disclosure: Disclosure;
  readonly shown: ShownResults;
  readonly sentPhotos: SentPhotos;
  readonly series: Series;
  readonly dailyPhotos: DailyPhotos;
  readonly eraser: Eraser;
  readonly limits: Limits;
  readonly notices: Notices;
  readonly consentReceipts: ConsentReceipts;
  /**
   * The id of the pack that compares embeddings. `sameFace`: whether two embeddings at this
   * distance show one face, as the matcher says.
   */
  readonly pack: string;
  readonly sameFace: (distance: number) => boolean;
  readonly keys: Keys;
  /** The operator's rules for every group. A group's admins may be stricter. */
  readonly rules: GroupRules;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Milliseconds since 1970 by the clock that all processes share. */
  readonly now: () => number;
  /** How far this machine's own clock is ahead of `now`, in milliseconds. */
  readonly aheadMs: () => number;
}

/** The courier for the platform of an ask. */
export function courierOf(flow: Pick<Flow, 'couriers'>, platform: Platform): Courier {
  const courier = flow.couriers[platform];
  if (!courier) throw new Failure('unavailable', { cause: new Error(`${platform} is not configured in this process`) });
  return courier;
}

/**
 * Delivers an answer and notes that it was given. Gives false when the address is dead. This is
 * counted, and the answer is not tried again. An erasure's receipts that cannot be delivered now
 * are kept, because a repeated request could not make them again. `shownIn`: the BCP 47 locale of a
 * result that a group is shown. `unreached` is called before the note when the address is dead.
 * @throws Failure `unavailable` when the platform was not reached
 */
export async function answer(
  flow: Flow,
  ask: Ask,
  replies: readonly Reply[],
  shownIn = ask.groupLocale,
  unreached?: () => Promise<void>,
): Promise<boolean> {
  const courier = courierOf(flow, ask.address.platform);
  const id = flow.placeholders.idOf(ask);
  const messages = sentMessages(flow, id);
  let isDelivered = true;
  const isReceipt = replies.some((reply) => reply.kind === 'receipt' && reply.of === 'erasure');
  try {
    const where = { showing: showingOf(flow, ask, replies), messages, place: ask.place, topic: ask.topic, shownIn };
    await flow.metrics.time('deliver', () => courier.answer(ask.address, replies, where));
    tellAnswered(flow, ask, replies);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'expired') {
      if (isReceipt) await flow.placeholders.keep(id, ask, replies, messages.now()).catch(ignoreUnavailable(flow));
      throw error;
    }
    isDelivered = false;
    unanswered(flow, 'undeliverable');
    await unreached?.();
  }
  // The note says that the update was answered. After an erasure it has no owner, so that it does
  // not say who was erased.
  const answered = { id, owner: isReceipt ? '' : ownerOf(flow.keys, ask.person), deadline: ask.deadline };
  await flow.placeholders.close(answered).catch(ignoreUnavailable(flow));
  return isDelivered;
}

/**
 * What of an answer was sent, as its placeholder says and as this process knows. If it cannot be
 * noted, the answer goes on: at worst a message comes twice.
 */
export function sentMessages(
  flow: Pick<Flow, 'placeholders' | 'log'>,
  id: string,
): SentMessages & { readonly now: () => number } {
  const noted = flow.placeholders.sentOf(id);
  let sent = 0;
  return {
    now: () => sent,
    async count() {
      sent = (await noted.count().catch(ignoreUnavailable(flow))) ?? 0;
      return sent;
    },
    async note(count) {
      sent = count;
      await noted.note(count).catch(ignoreUnavailable(flow));
    },
  };
}

/**
 * The label for an ask's command in logs and metrics. Text that somebody typed is not used, because
 * it may be anything.
 */
export function labelOf({ commands }: Pick<Flow, 'commands'>, { command }: Pick<Ask, 'command'>): string {
  return commands.has(command) ? command : 'other';
}

function tellAnswered(flow: Flow, ask: Ask, replies: readonly Reply[]): void {
  const command = labelOf(flow, ask);
  const ms = ask.askedAt === undefined ? undefined : flow.now() - ask.askedAt;
  flow.metrics.answered(command, replies, ms);
  const outcome = replies.find((reply) => reply.kind === 'error')?.code ?? replies[0]?.kind;
  flow.log.info('answered', { command, outcome, ms });
}

/**
 * Logs that a note could not be written or read, and goes on. Use it for notes that an answer does
 * not need: at worst something is said twice. Throws errors that are no Failure.
 */
export function ignoreUnavailable(flow: Pick<Flow, 'log'>): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof Failure)) throw error;
    flow.log.warn('answer not noted', { code: error.code });
    return undefined;
  };
}
