import type { Place } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Entrance } from '../gallery/gallery.ts';
import { ownerOf, type Sealing, sealing } from '../queue/sealed-shelf.ts';
import { wordsFor } from '../text/words.ts';
import type { Ask } from './ask.ts';
import type { Command } from './command.ts';
import { failureReply } from './failure.ts';
import { answer, courierOf, type Flow, ignoreUnavailable } from './flow.ts';
import { gate } from './gate.ts';
import { placesOf } from './move.ts';
import { PARKED_MS } from './parked.ts';
import { findPlace } from './place.ts';
import type { Placeholder } from './placeholders.ts';
import type { Reply } from './reply.ts';
import { offerRetry, withRetry } from './retry.ts';

/** What is to be answered now, and where; undefined when the answer will come from the queue. */
export type Outcome = { readonly ask: Ask; readonly replies: readonly Reply[] } | undefined;

/**
 * Takes an ask in: answers it at once, or queues it when it carries photos. A repeated delivery shows nothing new.
 * @throws Failure `unavailable` when it could be neither answered nor queued.
 */
export async function dispatch(flow: Flow, ask: Ask): Promise<void> {
  const entrance = earlyEntrance(flow, ask);
  await once(flow, ask, (fresh) => proceed(flow, fresh, entrance));
}

/** For an ask that will come to the gate: asked for while its placeholder is looked for. */
function earlyEntrance({ commands, gallery }: Flow, { command, photos, place, person }: Ask) {
  if (!place || photos.length === 0 || commands.get(command)?.kind !== 'photos') return undefined;
  const entrance = gallery.entrance(place, person);
  // A repeated delivery does not wait for it.
  entrance.catch(() => undefined);
  return entrance;
}

/**
 * Runs `work` for an update that was not answered before, and answers with its outcome or its
 * failure. Of deliveries at the same moment, to whichever bot, one is first; the others find it done.
 */
export async function once(flow: Flow, ask: Ask, work: (ask: Ask) => Promise<Outcome>): Promise<void> {
  const id = flow.placeholders.idOf(ask);
  const find = () => flow.placeholders.find(id).catch(ignoreUnavailable(flow));
  // In this order: what an earlier delivery answered, it answered before another one could begin.
  const beginning = flow.alone.begin(id).catch(ignoreUnavailable(flow));
  const early = find();
  const begun = await beginning;
  try {
    await onceAlone(flow, ask, await (begun?.hasWaited ? find() : early), work);
  } finally {
    await begun?.end().catch(ignoreUnavailable(flow));
  }
}

async function onceAlone(
  flow: Flow,
  ask: Ask,
  known: Placeholder | undefined,
  work: (ask: Ask) => Promise<Outcome>,
): Promise<void> {
  if (known && !known.open) return;
  const fresh = { ...ask, askedAt: flow.now(), ...(known?.open?.address && { address: known.open.address }) };
  const undelivered = known?.open?.undelivered;
  if (undelivered) return void (await answer(flow, fresh, undelivered));
  const outcome = await work(fresh).catch(
    (error): Outcome => ({ ask: fresh, replies: [failureReply(error, wordsFor(ask.locale), flow.log)] }),
  );
  if (outcome) await answer(flow, outcome.ask, await withRetry(flow, outcome.ask, outcome.replies));
}

/** The way of an ask from here on; button presses join it once they are understood. */
export async function proceed(flow: Flow, incoming: Ask, entrance?: Promise<Entrance>): Promise<Outcome> {
  const { ask, command } = await recognise(flow, incoming);
  return await flow.metrics.during(command.name, () => goOn(flow, ask, command, entrance));
}

async function goOn(
  flow: Flow,
  complete: Ask,
  command: Command,
  entrance: Promise<Entrance> | undefined,
): Promise<Outcome> {
  if (command.kind === 'anywhere') {
    const turn = { ask: complete, words: wordsFor(complete.locale), now: flow.now() };
    return { ask: complete, replies: await command.run(turn) };
  }
  const found = await findPlace(flow, complete);
  if ('replies' in found) return found;
  return await enqueue(flow, found.ask, found.place, command, entrance);
}

/** Photos that came without a command complete the command that waits for them. */
async function recognise(flow: Flow, ask: Ask): Promise<{ readonly ask: Ask; readonly command: Command }> {
  const command = flow.commands.get(ask.command);
  if (command) return { ask, command };
  if (ask.command !== '' || ask.photos.length === 0) throw new Failure('bad_command');
  const waiting = await flow.parked.takeAwaiting(ask.person, ask.place && (await placesOf(flow, ask.place)));
  const awaited = waiting && flow.commands.get(waiting.command);
  if (!waiting || !awaited) throw new Failure('bad_command');
  const { command: name, args } = waiting;
  const { place, sentInside } = ask.place ? ask : waiting;
  return { ask: { ...ask, command: name, args, place, sentInside }, command: awaited };
}

async function enqueue(
  flow: Flow,
  ask: Ask,
  place: Place,
  command: Extract<Command, { kind: 'photos' }>,
  entrance?: Promise<Entrance>,
): Promise<Outcome> {
  const { min, max, of } = command.photos;
  if (ask.photos.length > max) throw new Failure('too_many_photos', { details: { max } });
  if (ask.photos.length < min) {
    await flow.parked.awaitPhoto(ask, PARKED_MS);
    throw new Failure('no_photo', { details: of === 'sender' ? { selfies: max } : {} });
  }
  const admission = await gate(flow, ask, place, command.purpose, entrance);
  if (admission.notice) return { ask, replies: [admission.notice] };
  const { scope, epoch } = admission.consent;
  const owner = ownerOf(flow.keys, ask.person);
  const courier = courierOf(flow, ask.address.platform);
  if (courier.audience === 'group') flow.limits.spend(`${owner} ${scope}`, ask.id);

  const id = flow.placeholders.idOf(ask);
  const address = await courier.placeholder(ask.address, wordsFor(ask.locale).find.looking);
  const queuedAt = flow.now();
  flow.metrics.took('acknowledge', queuedAt - (ask.askedAt ?? queuedAt));
  const job = { ...ask, address, epoch, queuedAt, ...(admission.isNew && { agreed: true }) };
  try {
    const opened = flow.placeholders.open(id, job);
    const body = queuedAsk(flow).close(id, job);
    await flow.queue.add({ id, kind: 'ask', deadline: ask.deadline, body, owner }, opened);
    return undefined;
  } catch (error) {
    const replies = [failureReply(error, wordsFor(ask.locale), flow.log)];
    return { ask: job, replies: await offerRetry(flow, job, replies) };
  }
}

/** How an ask is closed for the queue. */
export function queuedAsk({ keys }: Pick<Flow, 'keys'>): Sealing<Ask> {
  return sealing(keys, 'job');
}
