import type { Person, Place } from '../consent/who.ts';
import { FAILURES, Failure } from '../failure.ts';
import { errorFields } from '../log.ts';
import { keyedHash } from '../secrets/hash.ts';
import { atMost } from '../timing/within.ts';
import { dispatch } from './answering/dispatch.ts';
import type { HeardRequest, Request } from './answering/heard.ts';
import { unanswered } from './answering/unanswered.ts';
import type { Ask, Press } from './ask.ts';
import type { ParkedAsk } from './buttons/parked.ts';
import { lookAhead, press } from './buttons/press.ts';
import { type Chat, WORD_WAITS_MS } from './chat.ts';
import { eraseGroup } from './erasure/group.ts';
import { type Flow, ignoreUnavailable } from './flow.ts';
import { invitationTo } from './group/invitation.ts';
import { moveGroup } from './group/move.ts';
import { rulesAt } from './group/rules.ts';
import { knownPlaces } from './place.ts';

/**
 * The chat that listeners call, on the parts of `flow`. Listeners use this machine's clock.
 * Everything behind the chat uses the clock that all processes share.
 */
export function openChat(flow: Flow): Chat {
  const timed = <T extends Request>(one: T): T => {
    const { deadline, askedAt, acknowledgedAt } = one;
    const ahead = flow.aheadMs();
    return {
      ...one,
      deadline: deadline - ahead,
      ...(askedAt !== undefined && { askedAt: askedAt - ahead }),
      ...(acknowledgedAt !== undefined && { acknowledgedAt: acknowledgedAt - ahead }),
    };
  };
  const heard = (ask: Ask): Ask => {
    const { place, channel = '' } = ask;
    return { ...flow.sentPhotos.known(timed(ask)), sentInside: place !== undefined, channel: place && channel };
  };
  /** Notes that are being written, by the request's id. */
  const noting = new Map<string, Promise<void>>();
  const note = async (request: Request): Promise<void> => {
    const { asked } = 'action' in request ? await lookAhead(flow, request) : {};
    await flow.heard.note(request, asked).catch(ignoreUnavailable(flow));
  };
  /**
   * Drops the note of a request. A note that is still being written is dropped once it is written,
   * because otherwise it would stay until the next start.
   */
  const drop = async (request: Request): Promise<void> => {
    await noting.get(request.id);
    await flow.heard.drop(request).catch(ignoreUnavailable(flow));
  };
  // The listener waits for the result, and gets its failures. So afterwards nobody needs the note.
  const answered: Chat['ask'] = (ask, unreached) => dispatch(flow, heard(ask), unreached).finally(() => drop(ask));
  return {
    ask: answered,
    press: (pressed) => press(flow, timed(pressed)).finally(() => drop(pressed)),
    async note(request) {
      const noted = note('action' in request ? timed(request) : heard(request));
      noting.set(
        request.id,
        noted.catch(() => undefined).finally(() => noting.delete(request.id)),
      );
      await atMost(WORD_WAITS_MS, noted);
    },
    drop,
    refusal: async (pressed) => (await atMost(WORD_WAITS_MS, lookAhead(flow, timed(pressed))))?.refusal,
    onlyPlace: (person) => atMost(WORD_WAITS_MS, onlyPlaceOf(flow, person).catch(ignoreUnavailable(flow))),
    async enrolsAt(pressed) {
      const { asked } = (await atMost(WORD_WAITS_MS, lookAhead(flow, timed(pressed)))) ?? {};
      return asked && enrolmentChosen(flow, asked, pressed.action);
    },
    async notice(purpose, locale, place) {
      const rules = await atMost(WORD_WAITS_MS, rulesAt(flow, place).catch(ignoreUnavailable(flow)));
      return flow.notices(purpose, locale, place, rules?.retentionDays);
    },
    invitation: (place, locale) => invitationTo(flow, place, locale),
    async park(ask, ttlMs) {
      await flow.parked.park(heard(ask), { for: 'opening' }, ttlMs, parkedIn(flow, ask.person, ask.place));
    },
    async goOn(ask) {
      const parked = ask.about && opening(ask, parkedIn(flow, ask.person, ask.about));
      const { asked, refusal } = parked ? await lookAhead(flow, timed(parked)) : {};
      if (parked && (asked || refusal)) await press(flow, timed(parked));
      else await answered(ask);
    },
    deleteShown: flow.shown.delete,
    async left(place, person) {
      await flow.eraser.erase(person, place, 'left');
    },
    removed: (place) => eraseGroup(flow, place),
    moved: (from, to) => moveGroup(flow, from, to),
  };
}

/**
 * The id of the ask that a person parked for the link of a group. It hides person and group,
 * because stores show ids.
 */
function parkedIn({ keys }: Pick<Flow, 'keys'>, { platform, id }: Person, place: Place): string {
  return keyedHash(keys.lookup, 'parked in', platform, id, place.id);
}

/** A press by the sender of `ask` that takes the ask with the id `parked`. */
function opening(ask: Ask, parked: string): Press {
  const { id, person, locale, address, deadline, askedAt } = ask;
  const times = { deadline, ...(askedAt !== undefined && { askedAt }) };
  return { id, person, locale, address, ...times, place: undefined, action: `${parked}:open` };
}

/** The group that a press chooses for an enrolment without selfies. Undefined for other asks. */
function enrolmentChosen({ commands }: Flow, { ask, awaiting }: ParkedAsk, action: string): Place | undefined {
  const command = commands.get(ask.command);
  const isEnrolment = command?.kind === 'photos' && command.photos.of === 'sender' && ask.photos.length === 0;
  const [, choice] = action.split(':', 2);
  return isEnrolment && awaiting.for === 'place' ? awaiting.places[Number(choice)] : undefined;
}

async function onlyPlaceOf(flow: Flow, person: Person): Promise<Place | undefined> {
  const [only, ...others] = await knownPlaces(flow, person);
  return others.length === 0 ? only : undefined;
}

/**
 * After this long nobody works on a noted request any more. To answer or queue a request takes less
 * time.
 */
const FORSAKEN_MS = 60_000;

/**
 * Does requests that a process noted before it ended. When a request's deadline is over, it cannot
 * be answered. Then commands with photos or for admins are not done: nobody would see the result,
 * and the sender may no longer be an admin.
 */
export async function resumeHeard(flow: Flow, ageMs = FORSAKEN_MS): Promise<void> {
  for (const one of await flow.heard.left(flow.now() - ageMs)) {
    // A request of somebody who is being erased, or was erased since it was read, is not done. It
    // could agree to something for them.
    if (await flow.eraser.isUnfinished(one.request.person)) continue;
    if (!(await flow.heard.stands(one.request))) continue;
    if (await isOver(flow, one)) await flow.heard.settle(one.request);
  }
}

/**
 * Does a noted request. Gives whether it is done, or can never be done. Gives false when a later
 * try may help, because the platform or a store is down.
 */
async function isOver(flow: Flow, one: HeardRequest): Promise<boolean> {
  try {
    await resume(flow, one);
  } catch (error) {
    if (error instanceof Failure && FAILURES[error.code].again && flow.now() < one.request.deadline) return false;
    // The error is logged and not thrown, because a throw would stop the program now, and at each
    // start.
    flow.log.error('what was heard was not done', errorFields(error));
    unanswered(flow, error instanceof Failure ? 'undeliverable' : 'crashed');
  }
  return true;
}

async function resume(flow: Flow, { request, asked }: HeardRequest): Promise<void> {
  const command = 'action' in request ? asked?.ask.command : request.command;
  const kind = command === undefined ? undefined : flow.commands.get(command)?.kind;
  if ((kind === 'photos' || kind === 'admins') && flow.now() >= request.deadline) return unanswered(flow, 'late');
  if ('action' in request) await press(flow, request, asked);
  else await dispatch(flow, request);
}
