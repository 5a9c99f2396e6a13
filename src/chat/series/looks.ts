import { setTimeout as sleep } from 'node:timers/promises';
import type { Faces } from '../../face/face.ts';
import { Failure } from '../../failure.ts';
import { wordsFor } from '../../text/words.ts';
import { openPhoto } from '../answering/execute.ts';
import type { PhotoRef } from '../ask.ts';
import type { PhotoCall } from '../command.ts';
import type { Flow } from '../flow.ts';
import { gate } from '../gate.ts';
import { enter } from '../place.ts';
import type { Head } from './head.ts';
import type { Seen } from './verdicts.ts';

/**
 * How long the work on a series waits at most before each photo, so that queued asks go first, and
 * how often it looks whether there are such asks.
 */
const ASIDE = { mostMs: 2_000, lookMs: 50 };

/** The result for a photo that cannot be looked at. */
const LOST = { verdict: 'failed' } as const;

/** The looks at photos of one series in one turn. Both functions throw Failure. */
export interface Looks {
  /** The first look at a photo. */
  readonly first: (photo: PhotoRef) => Promise<Seen>;
  /** Gives the second look at photos. `sure`: photos that surely show the asker. */
  readonly again: (sure: readonly PhotoRef[]) => Promise<(photo: PhotoRef) => Promise<Pick<Seen, 'verdict'>>>;
}

/**
 * Asks the gate for the consent to look at photos of this series. Each photo is judged as one of
 * all the photos that a person may send in a day: see {@link Look}.
 */
export async function looksFor(flow: Flow, faces: Faces, signal: AbortSignal, asked: Head['ask']): Promise<Looks> {
  const command = flow.commands.get(asked.command);
  const look = command?.kind === 'photos' ? command.look : undefined;
  if (command?.kind !== 'photos' || !look || !asked.place) throw new Failure('bad_command');
  const [{ ask, place }] = await Promise.all([enter(flow, asked, asked.place), flow.gallery.checkPack()]);
  const admission = await gate(flow, ask, place, command);
  // The gate does not let the series go on. Another notice may be in force, for example. The next
  // /me says so.
  if (admission.instead) throw new Failure('expired');
  const { consent, rules, standing } = admission;
  const words = wordsFor(ask.locale);
  const about = { ask, words, now: flow.now(), scope: consent.scope, place, rules, consent };
  const open = (photo: PhotoRef) => openPhoto(flow, photo, consent);
  const call: PhotoCall = { ...about, signal, photos: [], open, faces, answerAfter: () => {} };
  const prepared = async (sure?: readonly Uint8Array[]) => {
    const on = await look(call, { all: flow.dailyPhotos.most, sure });
    const see = async (photo: PhotoRef) => (await unlessLost(async () => on(await open(photo)))) ?? LOST;
    return async (photo: PhotoRef): Promise<Seen> => ({
      ...(await flow.metrics.during(command.name, () => see(photo))),
      isByOne: standing.templates === 1,
    });
  };
  let first: ReturnType<typeof prepared> | undefined;
  return {
    async first(photo) {
      first ??= prepared();
      return await (await first)(photo);
    },
    async again(sure) {
      const there: Uint8Array[] = [];
      for (const photo of sure) {
        const bytes = await unlessLost(() => open(photo));
        if (bytes) there.push(bytes);
      }
      return await prepared(there);
    },
  };
}

/**
 * Gives undefined for a photo that cannot be looked at, so that the series goes on. Throws failures
 * that a later try may not have.
 */
async function unlessLost<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.again) throw error;
    return undefined;
  }
}

/** Waits while queued asks wait or run, for `mostMs` at most. */
export async function makeWay(flow: Flow, signal: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + ASIDE.mostMs;
  while (!signal.aborted && performance.now() < giveUpAt) {
    const { waiting, running } = await flow.queue.state();
    if (waiting + running === 0) return;
    await sleep(ASIDE.lookMs);
  }
}
