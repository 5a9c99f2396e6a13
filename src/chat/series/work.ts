import { randomUUID } from 'node:crypto';
import type { Faces } from '../../face/face.ts';
import { Failure } from '../../failure.ts';
import { errorFields } from '../../log.ts';
import { wordsFor } from '../../text/words.ts';
import type { PhotoRef } from '../ask.ts';
import { failureReply, failureText, withdrawnReply } from '../failure.ts';
import { courierOf, type Flow } from '../flow.ts';
import { captionOf, runningAnswer } from './answer.ts';
import { begun, ended, type Head, isForAgain, isForLook, keptBy, leased, sent, waitingIn } from './head.ts';
import { type Looks, looksFor, makeWay } from './looks.ts';
import type { WaitingPhoto } from './series.ts';
import { looked, lookedAgain, type Seen } from './verdicts.ts';

/**
 * The most photos that a worker looks at for one person before it goes on with the next person's.
 */
const TURN = 10;
/** The most photos in one album, by the courier's promise. */
const ALBUM = 10;
/** The least time between two changes of one running answer while its series goes on. */
const TOLD_MS = 3_000;
/** How long a series that cannot go on now gets no turn, so that other series go first. */
const LATER_MS = 1_000;

/** One worker's turn at one person's series. */
interface Turn {
  readonly flow: Flow;
  readonly faces: Faces;
  readonly signal: AbortSignal;
  readonly id: string;
  /**
   * Changes the head while this worker has the series. Throws {@link Lost} when the worker has lost
   * the series, or `edit` gives no head.
   */
  readonly change: (edit: (head: Head) => Head | undefined) => Promise<Head>;
}

/** Another worker has the series, or the series has ended, or it is gone. */
class Lost extends Error {}

/**
 * Works on everybody's series until nothing is left to do now, a few photos of each in turn. A
 * series that cannot go on has its next turn a second later, in this call or the next.
 */
export async function workOnSeries(flow: Flow, faces: Faces, signal: AbortSignal): Promise<void> {
  const later = new Map<string, number>();
  for (;;) {
    const due = (await flow.series.due()).filter(({ id }) => (later.get(id) ?? 0) <= performance.now());
    if (due.length === 0) return;
    for (const { id, head, isLate } of due) {
      if (signal.aborted) return;
      if (isLate) await tellLate(flow, id, head);
      else if (!(await turn(flow, faces, signal, id))) later.set(id, performance.now() + LATER_MS);
    }
  }
}

/** Gives one series a turn. False when the series should get its next turn only later. */
async function turn(flow: Flow, faces: Faces, signal: AbortSignal, id: string): Promise<boolean> {
  const by = randomUUID();
  const head = await flow.series.change(id, (one) => leased(one, by, flow.now()));
  if (!head) return false;
  const change: Turn['change'] = async (edit) => {
    const changed = await flow.series.change(id, (one) => {
      const kept = keptBy(one, by, flow.now());
      return kept && edit(kept);
    });
    if (!changed) throw new Lost();
    return changed;
  };
  try {
    return await proceed({ flow, faces, signal, id, change }, head);
  } catch (error) {
    if (error instanceof Lost) return false;
    if (!(error instanceof Failure)) flow.log.error('series failed', errorFields(error));
    // The chat cannot be reached any more, so nobody would see an answer.
    if (error instanceof Failure && error.code === 'expired') await flow.series.end(id, head);
    return false;
  } finally {
    await flow.series
      .change(id, ({ lease, ...rest }) => (lease?.by === by ? rest : undefined))
      .catch((error) => flow.log.warn('series kept for a minute', errorFields(error)));
  }
}

/** Tells somebody that their series has expired, because no worker ran in its time. */
async function tellLate(flow: Flow, id: string, head: Head): Promise<void> {
  const { at, ask, ending, version, told } = head;
  const text = failureText(wordsFor(ask.locale), 'expired', { late: 1 });
  const isSaid = ending !== undefined && version === told;
  if (at && !isSaid) {
    await courierOf(flow, at.platform)
      .answer(at, [{ kind: 'error', code: 'expired', text }])
      .catch((error) => flow.log.warn('late series not answered', errorFields(error)));
  }
  await flow.series.end(id, head);
}

async function proceed(turn: Turn, before: Head): Promise<boolean> {
  const { flow, change } = turn;
  let head = before.isThere ? before : await begin(turn, before);
  const isForMore = () => isForLook(head, flow.now());
  const isGoingOn = isForMore() && (await lookAtNext(turn, head));
  head = await change((one) => one);
  if (!head.ending && flow.now() >= head.until && !isForMore() && head.outbox.length === 0) {
    head = await change((one) => ended(one, { why: 'time' }) ?? one);
  }
  if (head.ending) head = await dropUnlooked(turn, head);
  const isSoon = !head.ending && flow.now() < head.toldAt + TOLD_MS;
  const isRest = () => head.outbox.length > 0 && !isForMore() && !isSoon;
  while (head.outbox.length >= ALBUM || isRest()) head = await give(turn, head);
  if (head.version !== head.told && !isSoon) await tell(turn, head);
  return isForMore() ? isGoingOn : !isSoon;
}

/**
 * Shows the message that the running answer will replace. The head notes this before the message is
 * sent. If the worker dies before it has noted the message's address, nothing can replace that
 * message, and the running answer says so in another one.
 */
async function begin({ flow, change }: Turn, head: Head): Promise<Head> {
  const { at, ask } = head;
  if (!at) return await change((one) => one);
  const courier = courierOf(flow, at.platform);
  const words = wordsFor(ask.locale);
  await change(begun);
  const said = head.isHeld ? words.series.held({ waiting: waitingIn(head) }) : words.find.looking;
  const message = await courier.placeholder(at, said).catch(async (error) => {
    // A platform that refuses a message and asks to wait has shown nothing.
    const isRefused = error instanceof Failure && error.details.seconds !== undefined;
    if (isRefused) await change((one) => ({ ...one, isBegun: false }));
    throw error;
  });
  try {
    return await change((one) => ({ ...one, at: message, isThere: true }));
  } catch (error) {
    // The person was erased in the meantime. The erasure did not know this message, so it is
    // replaced here.
    const isGone = error instanceof Lost && (await flow.series.of(ask.person)) === undefined;
    if (isGone) await courier.answer(message, [withdrawnReply(words)]);
    throw error;
  }
}

/**
 * Looks at the next photos. False when the process is about to end. Throws failures that a later
 * try may not have. Any other error ends the series.
 */
async function lookAtNext(turn: Turn, head: Head): Promise<boolean> {
  const { flow, faces, signal, change } = turn;
  try {
    const looks = await looksFor(flow, faces, signal, head.ask);
    if (isForAgain(head, flow.now())) return await lookAgain(turn, head, looks);
    const waiting = await flow.series.waiting(head, TURN);
    // The head counts photos that wait, but the shelf has lost them. So they count as failed.
    if (waiting.length === 0) {
      await change((one) => ({
        ...one,
        looked: one.received,
        failed: one.failed + waitingIn(one),
        version: one.version + 1,
      }));
    }
    let now = head;
    for (const { item, photo } of waiting) {
      await makeWay(flow, signal);
      if (signal.aborted) return false;
      now = await note(turn, now, { item, photo, ...(await looks.first(photo)) });
      await flow.series.dropPhoto(item);
    }
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    if (error instanceof Lost || (error instanceof Failure && error.again)) throw error;
    const { text } = failureReply(error, wordsFor(head.ask.locale), flow.log);
    await change((one) => ended(one, { why: 'failed', text }) ?? one);
    return true;
  }
}

/**
 * Looks once more at some uncertain photos, together with those that surely show the asker. False
 * when the process is about to end.
 */
async function lookAgain({ flow, signal, change }: Turn, head: Head, looks: Looks): Promise<boolean> {
  const { parts } = flow.series;
  const photoOf = async (number: number) => (await parts.read(head, number))?.photo;
  const sure = await Promise.all(head.sure.map(photoOf));
  const look = await looks.again(sure.filter((photo) => photo !== undefined));
  for (const number of head.again.slice(0, TURN - sure.length)) {
    await makeWay(flow, signal);
    if (signal.aborted) return false;
    const photo = await photoOf(number);
    const seen = photo ? await look(photo) : ({ verdict: 'absent' } as const);
    const { outbox, maybe, perhaps } = await change((one) => lookedAgain(one, number, seen));
    const isOf = [outbox, maybe, perhaps].some((numbers) => numbers.includes(number));
    if (!isOf) await parts.drop(head, number);
  }
  return true;
}

/** Drops the photos that are not looked at any more, because the series has ended. */
async function dropUnlooked({ flow: { series }, change }: Turn, head: Head): Promise<Head> {
  await series.dropPhotos(head);
  if (head.again.length === 0) return head;
  for (const number of head.again) if (!head.maybe.includes(number)) await series.parts.drop(head, number);
  return await change((one) => ({ ...one, again: [] }));
}

/**
 * Notes what was seen on the next photo. A photo that may be needed later is stored before the head
 * counts it.
 */
async function note(
  { flow: { series }, change }: Turn,
  head: Head,
  { item, photo, ...seen }: WaitingPhoto & Seen,
): Promise<Head> {
  const number = head.looked + 1;
  const isKept = seen.verdict === 'match' || seen.verdict === 'possible' || seen.again === true;
  if (isKept && !(await series.parts.keep(head, number, { photo }))) throw new Lost();
  try {
    return await change((one) => (one.ending ? undefined : looked(one, { item, ...seen })));
  } catch (error) {
    // The series was stopped in the meantime, or its person was erased.
    if (isKept && error instanceof Lost) await series.parts.drop(head, number);
    throw error;
  }
}

/**
 * Gives the first photos of the outbox back. Notes that first, because nothing may be given twice:
 * see {@link leased}.
 */
async function give({ flow, change }: Turn, before: Head): Promise<Head> {
  const head = await change((one) => ({ ...one, sending: Math.min(one.apart > 0 ? 1 : ALBUM, one.outbox.length) }));
  const { at, outbox, sending: photos, ask } = head;
  const words = wordsFor(ask.locale);
  if (!at) return before;
  const { parts } = flow.series;
  const there = new Set<number>();
  const album: { number: number; photo: PhotoRef; caption: string }[] = [];
  for (const number of outbox.slice(0, photos)) {
    const { photo, post } = (await parts.read(head, number)) ?? {};
    // An earlier worker sent this photo and noted its post, but died before it changed the head.
    if (post) there.add(number);
    else if (photo) album.push({ number, photo, caption: captionOf(number, head, words) });
  }
  try {
    const posts = album.length > 0 ? await courierOf(flow, at.platform).showOwn?.(at, album) : [];
    for (const [index, post] of (posts ?? []).entries()) {
      const { number } = album[index] ?? {};
      if (!post || number === undefined) continue;
      there.add(number);
      await parts.given(head, number, post);
    }
    const after = await change((one) => sent(one, posts && there));
    const refused = after.refusedBack.length - before.refusedBack.length;
    if (refused > 0) flow.log.warn('photos are refused by their platform', { photos: refused });
    return after;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Certainly nothing was shown.
    if (error.again) {
      await change((one) => ({ ...one, sending: 0 }));
      throw error;
    }
    if (error.code === 'expired') throw error;
    flow.log.warn('photos not given back', errorFields(error));
    return await change((one) => sent(one, undefined));
  }
}

async function tell({ flow, change }: Turn, head: Head): Promise<void> {
  const { at, ask, version } = head;
  if (!at) return;
  const { most } = flow.dailyPhotos;
  const answer = runningAnswer(head, wordsFor(ask.locale), { now: flow.now(), most });
  await courierOf(flow, at.platform).answer(at, [answer]);
  await change((one) => ({ ...one, told: version, toldAt: flow.now() }));
}
