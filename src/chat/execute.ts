import type { Consent, Standing } from '../consent/consent.ts';
import type { Faces } from '../face/face.ts';
import { MAX_PHOTO_BYTES } from '../face/limits.ts';
import { Failure } from '../failure.ts';
import type { Job, JobHandler } from '../queue/queue.ts';
import { type Words, wordsFor } from '../text/words.ts';
import type { Ask, PhotoRef } from './ask.ts';
import type { PhotoTurn } from './command.ts';
import { queuedAsk } from './dispatch.ts';
import { expired, failureReply } from './failure.ts';
import { answer, courierOf, type Flow, ignoreUnavailable, labelOf } from './flow.ts';
import { gate } from './gate.ts';
import { groupName } from './group-name.ts';
import { enter } from './place.ts';
import type { Placeholder } from './placeholders.ts';
import { SPEAKING_MS } from './protocol.ts';
import type { Reply } from './reply.ts';
import { withRetry } from './retry.ts';
import { type Unanswered, unanswered } from './unanswered.ts';

interface Done {
  readonly replies: readonly Reply[];
  /** What must be done before they are delivered. */
  readonly after?: Promise<unknown>;
  /** BCP 47, of what a group is shown. */
  readonly shownIn?: string | undefined;
  /** To be called once they are delivered. */
  readonly acknowledge?: () => Promise<void>;
}

/** The worker's side: handles queued asks. Nothing of an image is fetched before the gate has been asked again. */
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

/** Does what was asked and answers; says how that ended, so that no way out of it is silent. */
async function respond(
  flow: Flow,
  faces: Faces,
  job: Job,
  ask: Ask,
  { lastTry, signal }: Parameters<JobHandler>[1],
): Promise<'spoken' | Unanswered> {
  // Read while the photos are, and only taken if it is still the same then.
  const early = flow.placeholders.find(job.id).catch(() => undefined);
  const failed = (error: unknown): Done => {
    // Stopped from outside: by a deadline, after which no answer counts, or by a shutdown, after which another worker does it.
    if (signal.aborted) throw new Failure('busy', { cause: error });
    if (error instanceof Failure && error.again && !lastTry) throw error;
    return { replies: [failureReply(error, wordsFor(ask.locale), flow.log)] };
  };
  const done = await signed(flow, ask, () => work(flow, faces, { job: job.id, queued: ask }, signal).catch(failed));
  // The listener says `expired` then, and a result after it would be a second answer.
  if (flow.now() >= ask.deadline) return 'late';
  const isDone = Promise.resolve(done.after).then(() => done, failed);
  const [isAllowed, { replies, shownIn, acknowledge }] = await Promise.all([
    maySpeak(flow, job.id, ask, await early),
    isDone,
  ]);
  if (!isAllowed) return 'late';
  // Of what its sender agreed to on the way, however the work ended.
  const receipt = await flow.consentReceipts.given(ask);
  const offered = await withRetry(flow, ask, replies);
  if (await answer(flow, ask, [...offered, ...receipt], shownIn)) await acknowledge?.().catch(ignoreUnavailable(flow));
  return 'spoken';
}

/** False when the ask was answered in our stead: `expired`, or withdrawn with its person. */
async function maySpeak(flow: Flow, id: string, { deadline }: Ask, early: Placeholder | undefined): Promise<boolean> {
  try {
    if (early && (await flow.placeholders.claim(early, 'worker', flow.now()))) return true;
    return (await flow.placeholders.awaitTurn(id, 'worker', flow.now, deadline)) !== undefined;
  } catch (error) {
    // Nobody else speaks long before a deadline: a store that takes nothing now does not cost the answer.
    if (!(error instanceof Failure) || flow.now() + SPEAKING_MS > deadline) throw error;
    return true;
  }
}

/** Shows that there is work, as long as there is. */
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
  // The ask may have waited: its sender may have left the group meanwhile, or the group have got another id.
  const entrance = flow.gallery.entrance(queued.place, queued.person);
  const entering = enter(flow, queued, queued.place);
  const [{ ask, place }] = await Promise.all([entering, flow.gallery.checkPack(), entrance]);
  const admission = await gate(flow, ask, place, command, entrance);
  if (admission.notice) return { replies: [admission.notice] };
  const { consent, standing, rules } = admission;
  const { scope, purpose } = consent;
  if (ask.choice === 'show' && !rules.showing) {
    return { replies: [{ kind: 'info', text: wordsFor(ask.locale).shown.off }] };
  }
  const shownIn = rules.language ?? ask.groupLocale;
  if (purpose !== 'blur') await flow.sentPhotos.noteSearch({ scope, place }, ask);
  const open = (photo: PhotoRef) => openPhoto(flow, photo, consent);
  await using told = flow.progress.photos(job, ask);
  const photos = ask.photos.map((photo, index) => () => {
    told.at(index + 1);
    return open(photo);
  });
  const works: Promise<unknown>[] = [];
  const answerAfter = (work: Promise<unknown>) => {
    // It may fail before it is waited for.
    work.catch(() => undefined);
    works.push(work);
  };
  const words = wordsFor(ask.choice === 'show' ? (shownIn ?? ask.locale) : ask.locale);
  // What a button of the answer repeats brings no second receipt.
  const { agreed: _, ...asked } = ask;
  const about = { ask: asked, words, now: flow.now(), scope, place, rules, consent };
  const turn = { ...about, signal, photos, open, faces, answerAfter };
  const overMany = toldOfTooMany(ask, command.photos.max, words);
  const replies = [...(await command.run(turn)), ...overMany, ...outdated(standing, turn)];
  const { alerts } = standing;
  const after = Promise.all(works);
  // A group is shown a result and nothing else; its asker is told with the next answer.
  if (alerts === 0 || ask.choice === 'show') return { replies, after, shownIn };
  // Somebody tried to enrol this person's face: told until it is certain that they saw it.
  const alert = {
    kind: 'info',
    text: turn.words.alert({ count: alerts, group: groupName(turn.words, place) }),
  } as const;
  return {
    replies: [...replies, alert],
    after,
    shownIn,
    acknowledge: () => flow.gallery.acknowledge(scope, ask.person, alerts),
  };
}

/** Told to whoever sent more photos than are looked at. */
function toldOfTooMany({ sent, choice }: Ask, max: number, words: Words): Reply[] {
  return sent === undefined || choice === 'show' ? [] : [{ kind: 'info', text: words.intent.overMany({ sent, max }) }];
}

/** Told to whoever searches and is found by nobody, because the models were changed since they enrolled. */
function outdated({ templates, outdated }: Standing, { ask, words, place, consent }: PhotoTurn): Reply[] {
  const isTold = consent.purpose === 'search' && ask.choice !== 'show' && outdated === templates;
  return isTold ? [{ kind: 'info', text: words.enroll.again({ group: groupName(words, place) }) }] : [];
}

/** The first moment that anything of an image is fetched; the consent is the proof that it may be. */
function openPhoto(flow: Flow, photo: PhotoRef, consent: Consent): Promise<Uint8Array> {
  const courier = courierOf(flow, photo.platform);
  return flow.metrics
    .time('fetch', () => courier.fetchPhoto(photo, MAX_PHOTO_BYTES, consent))
    .catch((error) => {
      // It was there when it was asked about.
      const isGone = error instanceof Failure && error.code === 'no_photo' && !error.details.borrowed;
      throw isGone ? new Failure('photo_gone', { cause: error }) : error;
    });
}
