import type { Consent, Standing } from '../../consent/consent.ts';
import type { Faces } from '../../face/face.ts';
import { MAX_PHOTO_BYTES } from '../../face/limits.ts';
import { Failure } from '../../failure.ts';
import type { Job, JobHandler } from '../../queue/queue.ts';
import { type Words, wordsFor } from '../../text/words.ts';
import type { Ask, PhotoRef } from '../ask.ts';
import { isSearch, type PhotoCall } from '../command.ts';
import { expired, failureReply } from '../failure.ts';
import { answer, courierOf, type Flow, ignoreUnavailable, labelOf } from '../flow.ts';
import { gate } from '../gate.ts';
import { mayShowToGroup } from '../group/channels.ts';
import { groupName } from '../group/group-name.ts';
import { enter } from '../place.ts';
import type { Reply } from '../reply.ts';
import { endUnused, toldOfSeries } from '../series/begin.ts';
import { queuedAsk } from './dispatch.ts';
import type { Placeholder } from './placeholders.ts';
import { SPEAKING_MS } from './protocol.ts';
import { withRetry } from './retry.ts';
import { type Unanswered, unanswered } from './unanswered.ts';

interface Done {
  readonly replies: readonly Reply[];
  /** Work that must end before the replies are delivered. */
  readonly after?: Promise<unknown>;
  /** The BCP 47 locale of replies that a whole group sees. */
  readonly shownIn?: string | undefined;
  /** Called once the replies are delivered. */
  readonly acknowledge?: () => Promise<void>;
}

/**
 * Handles queued asks in a worker. The gate is asked again before anything of an image is fetched.
 */
export function executor(flow: Flow, faces: Faces): JobHandler {
  return async (job, attempt) => {
    const ask = queuedAsk(flow).open(job.id, job.body);
    const now = flow.now();
    const ending = await flow.metrics.during(labelOf(flow, ask), () => {
      flow.metrics.took('queue', now - (ask.queuedAt ?? now));
      return respond(flow, faces, job, ask, attempt);
    });
    if (ending !== 'spoken') unanswered(flow, ending);
  };
}

/**
 * Does the ask and answers it. The result says whether it was answered or why not, so that every
 * ask without an answer is reported.
 */
async function respond(
  flow: Flow,
  faces: Faces,
  job: Job,
  ask: Ask,
  { lastTry, signal }: Parameters<JobHandler>[1],
): Promise<'spoken' | Unanswered> {
  // The placeholder is read early, while the photos are fetched. The claim succeeds only if the
  // placeholder has not changed since.
  const early = flow.placeholders.find(job.id).catch(() => undefined);
  const failed = (error: unknown): Done => {
    // `signal` aborts at the deadline, after which no answer counts, and at a shutdown. After a
    // shutdown another worker does the ask.
    if (signal.aborted) throw new Failure('busy', { cause: error });
    if (error instanceof Failure && error.again && !lastTry) throw error;
    return { replies: [failureReply(error, wordsFor(ask.locale), flow.log)] };
  };
  const done = await signed(flow, ask, () => work(flow, faces, { job: job.id, queued: ask }, signal).catch(failed));
  // After the deadline the bot says `expired`, and a later result would be a second answer.
  if (flow.now() >= ask.deadline) return 'late';
  const isDone = Promise.resolve(done.after).then(() => done, failed);
  const [isAllowed, { replies, shownIn, acknowledge }] = await Promise.all([
    maySpeak(flow, job.id, ask, await early),
    isDone,
  ]);
  if (!isAllowed) return 'late';
  // An agreement that came with the ask gets its receipt, whether or not the work succeeded.
  const receipt = await flow.consentReceipts.given(ask);
  if (!replies.some(({ kind }) => kind === 'presence')) await endUnused(flow, ask);
  const offered = await withRetry(flow, ask, replies);
  if (await answer(flow, ask, [...offered, ...receipt], shownIn)) await acknowledge?.().catch(ignoreUnavailable(flow));
  return 'spoken';
}

/**
 * Whether the worker may answer. False when the ask has an answer already: it expired, or its
 * person withdrew.
 */
async function maySpeak(flow: Flow, id: string, { deadline }: Ask, early: Placeholder | undefined): Promise<boolean> {
  try {
    if (early && (await flow.placeholders.claim(early, 'worker', flow.now()))) return true;
    return (await flow.placeholders.awaitTurn(id, 'worker', flow.now, deadline)) !== undefined;
  } catch (error) {
    // Long before a deadline nobody else answers. So the answer is given even when the store
    // accepts no writes now.
    if (!(error instanceof Failure) || flow.now() + SPEAKING_MS > deadline) throw error;
    return true;
  }
}

/** Shows the person that `work` goes on, until it ends. */
async function signed<T>(flow: Flow, ask: Ask, work: () => Promise<T>): Promise<T> {
  using _ = flow.progress.sign(ask);
  return await work();
}

async function work(
  flow: Flow,
  faces: Faces,
  { job, queued }: { readonly job: string; readonly queued: Ask },
  signal: AbortSignal,
): Promise<Done> {
  const command = flow.commands.get(queued.command);
  if (command?.kind !== 'photos' || !queued.place) throw new Failure('bad_command');
  if (flow.now() >= queued.deadline) throw expired('late');
  // While the ask waited, its sender may have left the group, or the group's id may have changed.
  // So the platform is asked again.
  const entrance = flow.gallery.entrance(queued.place, queued.person);
  const entering = enter(flow, queued, queued.place);
  const [{ ask, place }] = await Promise.all([entering, flow.gallery.checkPack(), entrance]);
  const admission = await gate(flow, ask, place, command, entrance);
  if (admission.instead) return { replies: [admission.instead] };
  const { consent, standing, rules } = admission;
  const { scope, purpose } = consent;
  if (ask.choice === 'show' && !mayShowToGroup(ask, rules)) {
    return { replies: [{ kind: 'info', text: wordsFor(ask.locale).shown.off }] };
  }
  const shownIn = rules.language ?? ask.groupLocale;
  if (isSearch(command, ask, purpose)) await flow.sentPhotos.noteSearch({ scope, place }, ask);
  const open = (photo: PhotoRef) => openPhoto(flow, photo, consent);
  await using told = flow.progress.photos(job, ask);
  const photos = ask.photos.map((photo, index) => () => {
    told.at(index + 1);
    return open(photo);
  });
  const works: Promise<unknown>[] = [];
  const answerAfter = (work: Promise<unknown>) => {
    // The promise may reject before anything awaits it.
    work.catch(() => undefined);
    works.push(work);
  };
  const words = wordsFor(ask.choice === 'show' ? (shownIn ?? ask.locale) : ask.locale);
  // These fields are for this answer alone: it brings a receipt, and says which photos are left
  // out. So the ask behind its buttons does not have them.
  const { agreed: _, sent: __, oneOfAlbum: ___, ...asked } = ask;
  const about = { ask: asked, words, now: flow.now(), scope, place, rules, consent };
  const call = { ...about, signal, photos, open, faces, answerAfter };
  const unseen = [...toldOfTooMany(ask, command.photos.max, words), ...toldOfAlbum(ask, call)];
  const answered = await command.run(call);
  const goOn = await toldOfSeries(flow, asked, command, answered, admission);
  const replies = [...answered, ...goOn, ...unseen, ...outdated(standing, call)];
  const { alerts } = standing;
  const after = Promise.all(works);
  // A group is shown only the result. The asker hears of alerts with the next answer.
  if (alerts === 0 || ask.choice === 'show') return { replies, after, shownIn };
  // Somebody tried to enrol this person's face. The alert comes again with each answer until one of
  // these answers was certainly delivered.
  const alert = {
    kind: 'info',
    text: call.words.alert({ count: alerts, group: groupName(call.words, place) }),
  } as const;
  return {
    replies: [...replies, alert],
    after,
    shownIn,
    acknowledge: () => flow.gallery.acknowledge(scope, ask.person, alerts),
  };
}

/** A note for people who sent more photos than are looked at. */
function toldOfTooMany({ sent }: Ask, max: number, words: Words): Reply[] {
  return sent === undefined ? [] : [{ kind: 'info', text: words.intent.overMany({ sent, max }) }];
}

/** A note for people whose platform gave only one photo of their album. */
function toldOfAlbum({ oneOfAlbum: how }: Ask, { words, place }: PhotoCall): Reply[] {
  if (how === undefined) return [];
  const text = words.intent.oneOfAlbum({ how: how === 'replied' ? how : 'other', group: groupName(words, place) });
  return [{ kind: 'info', text }];
}

/** A note for searchers whom nobody can find, because the models changed since they enrolled. */
function outdated({ templates, outdated }: Standing, { ask, words, place, consent }: PhotoCall): Reply[] {
  const isTold = consent.purpose === 'search' && ask.choice !== 'show' && outdated === templates;
  return isTold ? [{ kind: 'info', text: words.enroll.again({ group: groupName(words, place) }) }] : [];
}

/**
 * Fetches a photo. Nothing of an image is fetched before this, and the consent proves that its
 * person agreed. Throws `photo_gone` for a photo that is gone, and else what the courier throws.
 */
export function openPhoto(
  flow: Pick<Flow, 'couriers' | 'metrics'>,
  photo: PhotoRef,
  consent: Consent,
): Promise<Uint8Array> {
  const courier = courierOf(flow, photo.platform);
  return flow.metrics
    .time('fetch', () => courier.fetchPhoto(photo, MAX_PHOTO_BYTES, consent))
    .catch((error) => {
      // The photo existed when the ask was made. So the person is told that it is gone.
      const isGone = error instanceof Failure && error.code === 'no_photo' && !error.details.borrowed;
      throw isGone ? new Failure('photo_gone', { cause: error }) : error;
    });
}
