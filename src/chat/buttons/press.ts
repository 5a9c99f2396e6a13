import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { wordsFor } from '../../text/words.ts';
import { type Outcome, once, proceed } from '../answering/dispatch.ts';
import { isPassing, isRetry, retryButton, withButton } from '../answering/retry.ts';
import { type Ask, chargeOf, type Press } from '../ask.ts';
import { expired, failureReply } from '../failure.ts';
import { type Flow, ignoreUnavailable } from '../flow.ts';
import { placesOf } from '../group/move.ts';
import { enter } from '../place.ts';
import { seriesButton } from '../series/answer.ts';
import { letGo } from '../series/begin.ts';
import { isKept, pressedInSeries } from '../series/pressed.ts';
import { isAnsweredBeside } from './beside.ts';
import { detailsBehind, isDetails } from './details.ts';
import type { Awaiting, NotTaken, ParkedAsk, TakenAsk, Taker } from './parked.ts';
import { saysWrongName } from './wrong-names.ts';

/**
 * Handles a pressed button or an opened deep link. The ask that was parked behind it goes on, and
 * is answered where the press was made. `before`: what the button stood for when the press was
 * heard. It is used when the button has timed out since.
 * @throws Failure `unavailable` when it could not be answered
 */
export async function press(flow: Flow, pressed: Press, before?: ParkedAsk): Promise<void> {
  const { action, ...rest } = pressed;
  const bare: Ask = { ...rest, command: '', args: '', photos: [] };
  let taken: TakenAsk | undefined;
  await once(flow, bare, async (fresh) => {
    if (saysWrongName(action)) return await noteWrongName(flow, fresh, action);
    if (isDetails(action)) return explain(fresh, action);
    const ofSeries = seriesButton(action);
    if (ofSeries) return await pressedInSeries(flow, fresh, ofSeries);
    const [id = '', choice = ''] = action.split(':', 2);
    const found = await flow.parked.take(id, takerOf(flow, pressed));
    const parked = found === 'timed_out' ? (before ?? found) : found;
    if (typeof parked === 'string' || 'takenBy' in parked) throw await refusalOf(flow, parked);
    if (typeof found === 'object' && 'finish' in found) taken = found;
    const { id: update, address, deadline, locale, person, askedAt = flow.now(), acknowledgedAt } = fresh;
    const ask = {
      ...parked.ask,
      id: update,
      // The charge stood for the photos of one message. By now others may have joined them.
      charge: undefined,
      repeats: isRetry(parked.awaiting, choice) ? chargeOf(parked.ask) : undefined,
      address,
      deadline,
      locale,
      askedAt,
      acknowledgedAt,
      person: named(person, parked.ask.person),
      ...(pressed.about && { about: pressed.about }),
      sentInside: parked.ask.sentInside || (pressed.place && parked.ask.place) !== undefined,
    };
    try {
      return await choose(flow, ask, parked.awaiting, choice);
    } catch (error) {
      const replies = [failureReply(error, wordsFor(ask.locale), flow.log)];
      if (!isPassing(replies)) await letGo(flow, ask, replies[0]?.text);
      if (!taken || !isPassing(replies)) return { ask: fresh, replies };
      // After a failure that soon passes, the button can be pressed again.
      await taken.release().catch(ignoreUnavailable(flow));
      taken = undefined;
      return { ask: fresh, replies: withButton(replies, retryButton(action, ask.locale)) };
    }
  });
  await taken?.finish().catch(ignoreUnavailable(flow));
}

/**
 * Looks at a press before it is handled. `refusal`: the button is somebody else's, or was pressed
 * before. Say so beside the message, because the message must stay. `asked`: what the button stands
 * for. Never throws: if this fails, the press itself reports the failure.
 */
export async function lookAhead(
  flow: Flow,
  pressed: Press,
): Promise<{ readonly refusal?: Failure; readonly asked?: ParkedAsk }> {
  if (isAnsweredBeside(pressed.action)) return {};
  const [id = ''] = pressed.action.split(':', 1);
  const ofSeries = seriesButton(pressed.action);
  try {
    if (ofSeries) return (await isKept(flow, pressed.person, ofSeries)) ? {} : { refusal: expired('timedOut') };
    const found = await flow.parked.look(id, takerOf(flow, pressed));
    if (found === 'not_yours') return { refusal: new Failure('not_yours') };
    if (typeof found === 'string') return {};
    return 'takenBy' in found ? { refusal: await refusalOf(flow, found) } : { asked: found };
  } catch (error) {
    ignoreUnavailable(flow)(error);
    return {};
  }
}

function takerOf(flow: Flow, pressed: Press): Taker {
  return {
    person: pressed.person,
    by: flow.placeholders.idOf(pressed),
    isHere: (ask) => isSameRoom(flow, ask, pressed),
    isAbandoned: async (takenBy) => (await stateOf(flow, takenBy)) === 'abandoned',
  };
}

async function refusalOf(flow: Flow, why: NotTaken): Promise<Failure> {
  if (typeof why === 'object') {
    const isUnderWay = (await stateOf(flow, why.takenBy)) === 'under_way';
    return isUnderWay ? new Failure('in_progress') : expired('used');
  }
  if (why === 'not_yours') return new Failure('not_yours');
  if (why === 'elsewhere') return expired('elsewhere');
  if (why === 'timed_out') return expired('timedOut');
  return why === 'gone' ? expired('lost') : new Failure('expired');
}

/** The state of the update whose job took a parked ask. */
async function stateOf(flow: Flow, job: string): Promise<'under_way' | 'answered' | 'abandoned'> {
  const [placeholder, isTaken] = await Promise.all([flow.placeholders.find(job), flow.alone.isTaken(job)]);
  if (placeholder?.open || isTaken) return 'under_way';
  return placeholder ? 'answered' : 'abandoned';
}

function explain(ask: Ask, button: string): Outcome {
  const details = detailsBehind(button, ask.locale);
  if (!details) throw new Failure('expired');
  return { ask, replies: [details] };
}

async function noteWrongName(flow: Flow, ask: Ask, button: string): Promise<Outcome> {
  const { by, isNew } = await flow.wrongNames.note(ask.person, button);
  if (isNew) flow.metrics.harmed(`wrong_name_said_by_${by}`);
  const { noted, known } = wordsFor(ask.locale).wrong;
  return { ask, replies: [{ kind: 'info', text: isNew ? noted : known }] };
}

async function choose(flow: Flow, ask: Ask, awaiting: Awaiting, choice: string): Promise<Outcome> {
  switch (awaiting.for) {
    case 'consent':
      return await decide(flow, ask, awaiting, choice);
    case 'choice':
      return await proceed(flow, { ...ask, choice });
    case 'command': {
      const command = awaiting.commands[Number(choice)];
      if (command === undefined) throw new Failure('expired');
      return await proceed(flow, { ...ask, command });
    }
    case 'place': {
      const place = awaiting.places[Number(choice)];
      if (!place) throw new Failure('expired');
      return await proceed(flow, (await enter(flow, ask, place)).ask);
    }
    case 'group':
      return await proceed(flow, ask);
    case 'opening':
      return await proceed(flow, ask.place && !isForAll(flow, ask) ? (await enter(flow, ask, ask.place)).ask : ask);
  }
}

/** Whether the command of an ask is about no group and no person, such as /privacy. */
function isForAll({ commands }: Flow, { command }: Ask): boolean {
  const named = commands.get(command);
  return named?.kind === 'anywhere' && !named.isPersonal;
}

/**
 * Handles the choice under a notice. An agreement is written into the ledger, and the command that
 * led to the notice goes on. A refusal writes nothing, and ends the wait for photos.
 */
async function decide(
  flow: Flow,
  shown: Ask,
  awaiting: Extract<Awaiting, { for: 'consent' }>,
  choice: string,
): Promise<Outcome> {
  if (choice !== 'agree' && choice !== 'shown') {
    await flow.parked.awaitNone(shown.person).catch(ignoreUnavailable(flow));
    await letGo(flow, shown);
    return { ask: shown, replies: [{ kind: 'info', text: wordsFor(shown.locale).notice.declined }] };
  }
  if (!shown.place) throw new Failure('expired');
  // The person may have left the group since the notice. Somebody who has left may still decline.
  const { ask, place } = await enter(flow, shown, shown.place);
  const { purpose, version, hash: noticeHash, retentionDays, epoch } = awaiting;
  // If another notice is in force by now, nothing is written, and that notice is shown.
  if (version === flow.notices(purpose, ask.locale, place).version && retentionDays !== undefined) {
    const scope = await flow.gallery.scope(place);
    const agreement = { version, noticeHash, retentionDays, at: flow.now(), shown: choice === 'shown' };
    await flow.gallery.agree(scope, ask.person, purpose, agreement, epoch);
    return await proceed(flow, { ...ask, agreed: purpose });
  }
  return await proceed(flow, ask);
}

/**
 * Whether a press may take an ask: it comes from the place of the ask, or one of the two has no
 * place.
 */
async function isSameRoom(flow: Flow, parked: ParkedAsk['ask'], { place }: Press): Promise<boolean> {
  if (!place || !parked.place) return true;
  const { id } = parked.place;
  return place.id === id || (await placesOf(flow, place)).some((one) => one.id === id);
}

/**
 * The person with their present name. A press may come without a name; then the earlier name stays.
 */
function named(now: Person, before: Person): Person {
  return now.name === '' ? before : now;
}
