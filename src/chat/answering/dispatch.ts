import type { Place } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Entrance } from '../../gallery/groups.ts';
import { ownerOf, type Sealing, sealing } from '../../queue/sealed-shelf.ts';
import { type CommandName, wordsFor } from '../../text/words.ts';
import { type Ask, chargeOf } from '../ask.ts';
import type { OpenNotice, WaitingAsk } from '../buttons/awaits.ts';
import { PARKED_MS } from '../buttons/parked.ts';
import { type Command, isSearch } from '../command.ts';
import { failureReply } from '../failure.ts';
import { answer, courierOf, type Flow, ignoreUnavailable } from '../flow.ts';
import { gate, NOTICE_CHOICES, noticeAgain } from '../gate.ts';
import { placesOf } from '../group/move.ts';
import { assertAdmin } from '../group/rules.ts';
import { meant, offerCommands } from '../intent.ts';
import { findPlace } from '../place.ts';
import type { Reply } from '../reply.ts';
import { holdPhotos, openSeries } from '../series/begin.ts';
import { type Placeholder, stateOf } from './placeholders.ts';
import { delivered } from './protocol.ts';
import { offerRetry, withRetry } from './retry.ts';

/** What to answer now, and where. Undefined when the answer will come from a worker. */
export type Outcome =
  | {
      readonly ask: Ask;
      readonly replies: readonly Reply[];
      /** Called once the replies are delivered. */
      readonly acknowledge?: () => Promise<void>;
    }
  | undefined;

/**
 * Answers an ask at once, or queues it when it has photos. A repeated delivery shows nothing new.
 * @throws Failure `unavailable` when it could be neither answered nor queued
 */
export async function dispatch(flow: Flow, ask: Ask, unreached?: () => Promise<void>): Promise<void> {
  const early = { entrance: earlyEntrance(flow, ask), noWait: endWait(flow, ask) };
  // Nothing awaits this promise when a delivery is a repeated one. So its failure is caught here.
  early.noWait.catch(() => undefined);
  await once(flow, ask, (fresh) => proceed(flow, fresh, early), unreached);
}

/** Work that starts while the ask's placeholder is looked up, so that the answer comes sooner. */
interface Early {
  readonly entrance?: Promise<Entrance> | undefined;
  readonly noWait?: Promise<void>;
}

/** The command that an ask means without naming it. */
function meantBy({ commands }: Flow, ask: Ask): CommandName | undefined {
  return meant([...commands.values()], ask);
}

/** Ends the wait of an earlier ask for photos, if this ask names or means a command. */
async function endWait(flow: Flow, ask: Ask): Promise<void> {
  if (ask.command === '' && !meantBy(flow, ask)) return;
  await flow.parked.awaitNone(ask.person).catch(ignoreUnavailable(flow));
}

/** Starts to read what the gate needs. Undefined for an ask that will not reach the gate. */
function earlyEntrance({ commands, gallery }: Flow, { command, photos, place, person }: Ask) {
  if (!place || photos.length === 0 || commands.get(command)?.kind !== 'photos') return undefined;
  const entrance = gallery.entrance(place, person);
  // Nothing awaits this promise when a delivery is a repeated one. So its failure is caught here.
  entrance.catch(() => undefined);
  return entrance;
}

/**
 * Runs `work` for an update that was not answered before, and answers with its outcome or failure.
 * When several bots get the update at once, one of them runs `work`. The others wait, and find that
 * it is done.
 */
export async function once(
  flow: Flow,
  ask: Ask,
  work: (ask: Ask) => Promise<Outcome>,
  unreached?: () => Promise<void>,
): Promise<void> {
  const id = flow.placeholders.idOf(ask);
  const find = () => flow.placeholders.find(id).catch(ignoreUnavailable(flow));
  // `begin` and `find` start together. When an earlier delivery is still being processed, `begin`
  // waits until that has ended. Then `find` is called again, because the first call may have come
  // before the answer.
  const beginning = flow.alone.begin(id).catch(ignoreUnavailable(flow));
  const early = find();
  const begun = await beginning;
  try {
    await onceAlone(flow, ask, await (begun?.hasWaited ? find() : early), work, unreached);
  } finally {
    await begun?.end().catch(ignoreUnavailable(flow));
  }
}

async function onceAlone(
  flow: Flow,
  ask: Ask,
  known: Placeholder | undefined,
  work: (ask: Ask) => Promise<Outcome>,
  unreached?: () => Promise<void>,
): Promise<void> {
  const does = delivered(known && stateOf(known));
  if (does === 'ignore') return;
  const { askedAt = flow.now() } = ask;
  const fresh = { ...ask, askedAt, ...(known?.open?.address && { address: known.open.address }) };
  const undelivered = known?.open?.undelivered;
  if (does === 'repeat' && undelivered) return void (await answer(flow, fresh, undelivered));
  const outcome = await work(fresh).catch(
    (error): Outcome => ({ ask: fresh, replies: [failureReply(error, wordsFor(ask.locale), flow.log)] }),
  );
  if (!outcome) return;
  const replies = await withRetry(flow, outcome.ask, outcome.replies);
  const isDelivered = await answer(flow, outcome.ask, replies, outcome.ask.groupLocale, unreached);
  if (isDelivered) await outcome.acknowledge?.().catch(ignoreUnavailable(flow));
}

/**
 * Goes on with an ask that was not answered before. A press goes on here too, once the ask behind
 * its button is known.
 */
export async function proceed(flow: Flow, incoming: Ask, { entrance, noWait }: Early = {}): Promise<Outcome> {
  await (noWait ?? endWait(flow, incoming));
  const recognised = await recognise(flow, incoming);
  if (!recognised || 'replies' in recognised) return recognised;
  const { ask, command, waiting } = recognised;
  return await flow.metrics.during(command.name, () => goOn(flow, { ask, waiting }, command, entrance));
}

/** An ask, completed by the earlier ask that waited for its photos. */
interface Complete {
  readonly ask: Ask;
  readonly waiting?: WaitingAsk | undefined;
}

async function goOn(
  flow: Flow,
  { ask, waiting }: Complete,
  command: Command,
  entrance: Promise<Entrance> | undefined,
): Promise<Outcome> {
  if (command.kind === 'anywhere') {
    const call = { ask, words: wordsFor(ask.locale), now: flow.now() };
    return { ask, replies: await command.run(call) };
  }
  if (command.kind === 'admins') return await forAdmins(flow, ask, command);
  const { max } = command.photos;
  const taken = ask.photos.length > max ? { ...ask, photos: ask.photos.slice(0, max), sent: ask.photos.length } : ask;
  const found = await findPlace(flow, taken);
  if ('replies' in found) {
    if (found.replies.some(({ kind }) => kind === 'confirm')) await holdPhotos(flow, found.ask, command);
    return found;
  }
  if (waiting) return await collect(flow, { ask: found.ask, waiting }, found.place, command);
  return await enqueue(flow, found.ask, found.place, command, entrance);
}

/** Runs the command for an admin of the group. Everybody else is told that it is for admins. */
async function forAdmins(flow: Flow, asked: Ask, command: Extract<Command, { kind: 'admins' }>): Promise<Outcome> {
  const found = await findPlace(flow, asked);
  if ('replies' in found) return found;
  const { ask, place } = found;
  await assertAdmin(flow, ask, place);
  return { ask, replies: await command.run({ ask, words: wordsFor(ask.locale), now: flow.now(), place }) };
}

/** An ask with its command, or an immediate answer. Undefined when its photos went to a series. */
type Recognised = (Complete & { readonly command: Command }) | Outcome;

/**
 * Photos without a command complete the command that waits for them, or belong to the series that
 * their sender began in private. Photos of somebody else's message never belong to a series. A text
 * that means no command gets the commands to choose from.
 */
async function recognise(flow: Flow, ask: Ask): Promise<Recognised> {
  const command = flow.commands.get(ask.command) ?? flow.commands.get(meantBy(flow, ask) ?? '');
  if (command) return { ask: { ...ask, command: command.name }, command };
  const isBare = ask.command === '' && ask.photos.length > 0;
  const awaited = isBare ? await complete(flow, ask) : undefined;
  if (awaited) return awaited;
  const isForSeries = isBare && !ask.place && !ask.photos.some(({ isOfOthers }) => isOfOthers);
  if (isForSeries && (await flow.series.take(ask))) return undefined;
  return { ask, replies: [await offerCommands(flow, ask)] };
}

/**
 * The command that waits for these photos; undefined when none does. Selfies that are sent one by
 * one belong to one enrolment. While its notice is open, they join the ask behind the notice.
 */
async function complete(flow: Flow, ask: Ask): Promise<Recognised | undefined> {
  const waiting = await flow.parked.takeAwaiting(ask, ask.place && (await placesOf(flow, ask.place)));
  const command = waiting && flow.commands.get(waiting.ask.command);
  if (!waiting || command?.kind !== 'photos') return undefined;
  const { command: name, args } = waiting.ask;
  if (waiting.notice === undefined) {
    const { place, sentInside } = ask.place ? ask : waiting.ask;
    return { ask: { ...ask, command: name, args, place, sentInside }, command, waiting };
  }
  const { max } = command.photos;
  const photos = await flow.parked.join(waiting.notice, ask.person, ask.photos, max);
  // The notice was answered or is too old, so it says nothing about what later photos are for.
  if (photos === undefined) return undefined;
  await waitOn(flow, waiting, { notice: waiting.notice, isShown: true }, photos < max);
  const text = wordsFor(ask.locale).enroll.collected({ photos });
  const joins = NOTICE_CHOICES.map((choice) => `${waiting.notice}:${choice}`);
  // The page sends a message again that had no answer, as a new one. So nobody knows there whether
  // its person has seen the notice.
  const place = waiting.ask.place ?? ask.place;
  const isSeen = courierOf(flow, ask.address.platform).audience === 'group' || !place;
  const again = isSeen ? [] : [await noticeAgain(flow, ask, place, 'enrol', waiting.notice)];
  return { ask: { ...ask, command: name }, replies: [...again, { kind: 'info', text, joins }] };
}

/**
 * Goes on with photos that complete an earlier ask. While selfies wait for an answer to the notice,
 * further selfies are collected.
 */
async function collect(
  flow: Flow,
  { ask, waiting }: Required<Complete>,
  place: Place,
  command: Extract<Command, { kind: 'photos' }>,
): Promise<Outcome> {
  const outcome = await enqueue(flow, ask, place, command);
  const consent = outcome?.replies.find((reply) => reply.kind === 'consent');
  const notice = consent?.actions[0]?.id.split(':', 1)[0];
  const { max, of } = command.photos;
  if (!outcome || !waiting || !notice || of !== 'sender') return outcome;
  await waitOn(flow, waiting, { notice, answers: ask.id }, ask.photos.length < max);
  return { ...outcome, acknowledge: () => flow.parked.noticeShown(waiting.ask, notice) };
}

/**
 * Waits for more photos while a notice is open. The wait ends when the wait for the first photo
 * would have ended.
 */
async function waitOn(flow: Flow, { ask, expiresAt }: WaitingAsk, notice: OpenNotice, isMore: boolean): Promise<void> {
  const ttlMs = expiresAt - flow.now();
  if (isMore && ttlMs > 0) await flow.parked.awaitPhoto(ask, ttlMs, notice);
}

async function enqueue(
  flow: Flow,
  ask: Ask,
  place: Place,
  command: Extract<Command, { kind: 'photos' }>,
  entrance?: Promise<Entrance>,
): Promise<Outcome> {
  const { min, max, of } = command.photos;
  const courier = courierOf(flow, ask.address.platform);
  if (ask.photos.length < min) {
    if (courier.hearsMessages === false) throw new Failure('no_photo', { details: { attached: 1 } });
    await flow.parked.awaitPhoto(ask, PARKED_MS);
    throw new Failure('no_photo', { details: of === 'sender' ? { selfies: max } : {} });
  }
  const admission = await gate(flow, ask, place, command, entrance);
  if (admission.instead) {
    await holdPhotos(flow, ask, command, admission.standing);
    return { ask, replies: [admission.instead] };
  }
  const { scope, epoch, purpose } = admission.consent;
  const owner = ownerOf(flow.keys, ask.person);
  if (courier.audience === 'group') {
    // The limit that admins set is for searches alone, so that nobody has to wait an hour to enrol.
    const counts = isSearch(command, ask, purpose);
    const { findsPerHour } = counts ? admission.rules : flow.rules;
    flow.limits.spend([owner, scope, counts ? 'search' : 'other'].join(' '), chargeOf(ask), findsPerHour);
  }

  const id = flow.placeholders.idOf(ask);
  const [address] = await Promise.all([
    courier.placeholder(ask.address, wordsFor(ask.locale).find.looking),
    openSeries(flow, ask, command, admission),
  ]);
  const queuedAt = flow.now();
  flow.metrics.took('acknowledge', (ask.acknowledgedAt ?? queuedAt) - (ask.askedAt ?? queuedAt));
  const job = { ...ask, address, epoch, queuedAt, ...(admission.isNew && { agreed: purpose }) };
  try {
    const opened = flow.placeholders.open(id, job);
    const body = queuedAsk(flow).close(id, job);
    await flow.queue.add({ id, kind: 'ask', deadline: ask.deadline, body, owner }, opened);
    flow.progress.queued(id, job);
    return undefined;
  } catch (error) {
    const replies = [failureReply(error, wordsFor(ask.locale), flow.log)];
    return { ask: job, replies: await offerRetry(flow, job, replies) };
  }
}

/** Seals an ask for the queue. */
export function queuedAsk({ keys }: Pick<Flow, 'keys'>): Sealing<Ask> {
  return sealing(keys, 'job');
}
