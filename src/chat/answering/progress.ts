import { Failure } from '../../failure.ts';
import { errorFields, type Log } from '../../log.ts';
import type { Queue } from '../../queue/queue.ts';
import { wordsFor } from '../../text/words.ts';
import type { Ask } from '../ask.ts';
import type { Courier } from '../courier.ts';
import type { Placeholders } from './placeholders.ts';

/**
 * How long people wait before they first hear how their ask goes. After each time they hear it, the
 * wait doubles.
 */
const FIRST_MS = 3_000;

/** The most times that a person hears their position in the queue for one ask. */
const MOST_POSITIONS = 4;

/**
 * The most people who are told in one round, and the most who are looked at. A round comes every
 * second. The bounds leave most of the calls that a platform allows, and most of the queue's time,
 * to answers.
 */
const MOST_IN_ROUND = { told: 5, looked: 50 };

/** When to show the sign that work on an answer goes on. `most` signs take a minute. */
const SIGN = { firstMs: 1_000, everyMs: 5_000, most: 12 };

interface Parts {
  readonly queue: Pick<Queue, 'ahead'>;
  readonly placeholders: Pick<Placeholders, 'whileOpen'>;
  readonly courier: (platform: Ask['address']['platform']) => Pick<Courier, 'progress' | 'sign'>;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * Tells waiting people how their ask goes, in the message that the answer will replace. It does so
 * seldom, and never while the answer is being given. Something that a platform refuses is not tried
 * again. Nothing here fails.
 */
export interface Progress {
  /**
   * Call it once the ask of this job is queued. Until a worker takes the job, {@link round} tells
   * the person their position from time to time.
   */
  readonly queued: (job: string, ask: Ask) => void;
  /** Tells people who have waited long enough. Call it every second in the process that queues. */
  readonly round: () => Promise<void>;
  /** Tells the person which photo is being worked on, for an ask with several photos. */
  readonly photos: (job: string, ask: Ask) => PhotosTold;
  /** Shows that work on an ask goes on, until the returned object is disposed of. */
  readonly sign: (ask: Ask) => Disposable;
}

/**
 * Call `at` with the number of the present photo. Dispose of this object at the end: once that has
 * resolved, no message about photos is on its way.
 */
export interface PhotosTold extends AsyncDisposable {
  readonly at: (number: number) => void;
}

/** One person's wait for their turn. It holds nothing about the person. */
interface Waiting extends Pick<Ask, 'locale'> {
  readonly dueAt: number;
  readonly waitMs: number;
  readonly told: number;
  /** How many asks were ahead of this person's ask when the person was last told. */
  readonly ahead: number;
}

/** Progress of the asks that this process queues and works on. */
export function progressOf(parts: Parts): Progress {
  const { queue, placeholders, courier, log, now } = parts;
  const waiting = new Map<string, Waiting>();

  async function quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) log.error('progress not told', errorFields(error));
    }
  }

  const tell = (job: string, text: string) =>
    quietly(() =>
      placeholders.whileOpen(job, now, async (address) => await courier(address.platform).progress?.(address, text)),
    );

  /**
   * The position that somebody should hear now, noted as told. Undefined when there is nothing new
   * to tell.
   */
  async function placeNow(job: string, { locale, waitMs, told, ahead: before }: Waiting): Promise<string | undefined> {
    const ahead = await queue.ahead(job);
    const isTold = ahead !== undefined && ahead > 0 && ahead !== before;
    const times = told + (isTold ? 1 : 0);
    if (ahead === undefined || times >= MOST_POSITIONS) waiting.delete(job);
    else waiting.set(job, { locale, waitMs: 2 * waitMs, dueAt: now() + waitMs, told: times, ahead });
    return isTold ? wordsFor(locale).find.waiting({ ahead }) : undefined;
  }

  return {
    queued(job, { locale, address, choice }) {
      // While an ask to show a result waits, the asker still sees the result. A message about
      // progress would replace it.
      if (choice === 'show' || !courier(address.platform).progress) return;
      waiting.set(job, { locale, waitMs: FIRST_MS, dueAt: now() + FIRST_MS, told: 0, ahead: 0 });
    },
    async round() {
      const due = [...waiting].filter(([, { dueAt }]) => dueAt <= now()).slice(0, MOST_IN_ROUND.looked);
      const telling: Promise<void>[] = [];
      for (const [job, one] of due) {
        if (telling.length === MOST_IN_ROUND.told) break;
        await quietly(async () => {
          const text = await placeNow(job, one);
          if (text !== undefined) telling.push(tell(job, text));
        });
      }
      await Promise.all(telling);
    },
    photos(job, { locale, address, choice, photos: { length: photos } }) {
      const isTold = photos > 1 && choice !== 'show' && courier(address.platform).progress !== undefined;
      let last = now();
      let telling = Promise.resolve();
      return {
        at(number) {
          if (!isTold || number === 1 || now() - last < FIRST_MS) return;
          last = now();
          const text = wordsFor(locale).find.atPhoto({ number, photos });
          telling = telling.then(() => tell(job, text));
        },
        [Symbol.asyncDispose]: () => telling,
      };
    },
    sign({ address }) {
      let left = SIGN.most;
      let timer: NodeJS.Timeout | undefined;
      const next = (ms: number) => {
        timer = setTimeout(() => {
          left -= 1;
          void quietly(async () => await courier(address.platform).sign?.(address));
          if (left > 0) next(SIGN.everyMs);
        }, ms).unref();
      };
      if (courier(address.platform).sign) next(SIGN.firstMs);
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
  };
}
