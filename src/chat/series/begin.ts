import type { Consent, Standing } from '../../consent/consent.ts';
import { wordsFor } from '../../text/words.ts';
import type { Ask } from '../ask.ts';
import type { Command } from '../command.ts';
import { failureText } from '../failure.ts';
import { courierOf, type Flow, ignoreUnavailable } from '../flow.ts';
import { groupName } from '../group/group-name.ts';
import { placesOf } from '../group/move.ts';
import type { Reply } from '../reply.ts';
import { ended, type Head, takesMore } from './head.ts';
import type { Opening } from './heads.ts';

type PhotoCommand = Extract<Command, { kind: 'photos' }>;

/** What the gate says of the sender of a /me. */
interface Admitted {
  readonly consent: Consent;
  readonly standing: Standing;
}

/**
 * Begins a series for a /me that an enrolled person sent in private, if the platform can give
 * photos back. It begins before the /me is queued, so that photos that come before the answer
 * belong to the series. Undefined when no photos may follow the ask.
 */
export async function openSeries(
  flow: Flow,
  ask: Ask,
  command: PhotoCommand,
  { consent, standing }: Admitted,
  { isAdvised = false } = {},
): Promise<Opening | undefined> {
  if (!mayGoOn(flow, ask, command)) return undefined;
  if (standing.templates === 0) return void (await letGoUnknown(flow, ask));
  const opening = await open(flow, ask, { isAdvised });
  const { epoch } = await flow.gallery.standing(consent.scope, ask.person);
  // An erasure in the meantime could not reach the series, which was not open yet. So the series is
  // dropped now.
  if (epoch !== standing.epoch) await flow.series.forget(ask.person);
  return opening;
}

/**
 * Begins a held series for a /me with photos, after which the person must first answer a question:
 * whether they agree to the notice, or which group they mean. Photos that follow wait in the
 * series, and are not fetched before the answer. `standing` is missing until the group is known. If
 * it says that the person is not enrolled, what is held ends.
 */
export async function holdPhotos(flow: Flow, ask: Ask, command: PhotoCommand, standing?: Standing): Promise<void> {
  if (!mayGoOn(flow, ask, command) || ask.photos.length === 0) return;
  if (standing?.templates === 0) return await letGoUnknown(flow, ask);
  await open(flow, ask, { isHeld: true });
}

/**
 * Ends the series that {@link holdPhotos} holds for this ask. `text` says why the ask failed.
 * Without it, the person has refused.
 */
export async function letGo(flow: Flow, { person, command, place }: Ask, text?: string): Promise<void> {
  const isFor = ({ isHeld, ask }: Head) =>
    isHeld && ask.command === command && (!place || !ask.place || ask.place.id === place.id);
  const ending = text === undefined ? ({ why: 'stopped' } as const) : ({ why: 'failed', text } as const);
  await change(flow, person, (one) => (isFor(one) ? ended(one, ending) : undefined));
}

/** Ends the held series of somebody who is not enrolled in the group that they picked. */
async function letGoUnknown(flow: Flow, ask: Ask): Promise<void> {
  await letGo(flow, ask, failureText(wordsFor(ask.locale), 'not_enrolled', { self: 1 }));
}

/**
 * The reply that tells, below the answer to a /me, what becomes of photos that follow it. None when
 * no photos may follow.
 */
export async function toldOfSeries(
  flow: Flow,
  ask: Ask,
  command: PhotoCommand,
  [first]: readonly Reply[],
  admitted: Admitted,
): Promise<Reply[]> {
  if (first?.kind !== 'presence') return [];
  const isAdvised = first.advice !== undefined;
  const { isOpen, head } = (await openSeries(flow, ask, command, admitted, { isAdvised })) ?? {};
  if (!head) return [];
  const words = wordsFor(ask.locale);
  if (isOpen) {
    const others = head.ask.id === ask.id ? head.received : 0;
    const text = [...(others > 0 ? [words.series.others({ others })] : []), words.series.goOn].join(' ');
    return [{ kind: 'info', text }];
  }
  const [group, other] = [head.ask.place, ask.place].map((place) => place && groupName(words, place));
  if (!takesMore(head, flow.now()) || !group || !other) return [];
  return [{ kind: 'info', text: words.series.elsewhere({ group, other }) }];
}

/** Ends the series of a /me whose answer has no result, if no photo has followed the /me. */
export async function endUnused(flow: Flow, asked: Ask): Promise<void> {
  const command = flow.commands.get(asked.command);
  if (command?.kind !== 'photos' || !mayGoOn(flow, asked, command)) return;
  const isUnused = ({ ask, at }: Head) => ask.id === asked.id && at === undefined;
  await change(flow, asked.person, (one) => (isUnused(one) ? ended(one, { why: 'stopped' }) : undefined));
}

/** Whether photos may follow this ask without a command. */
function mayGoOn(flow: Flow, ask: Ask, { look }: PhotoCommand): boolean {
  const isPrivate = !ask.sentInside && ask.choice === undefined;
  return isPrivate && look !== undefined && courierOf(flow, ask.address.platform).showOwn !== undefined;
}

async function open(flow: Flow, ask: Ask, about: { isAdvised?: boolean; isHeld?: boolean }) {
  const places = ask.place ? await placesOf(flow, ask.place) : [];
  return await flow.series.open(ask, { ...about, places }).catch(ignoreUnavailable(flow));
}

async function change(flow: Flow, person: Ask['person'], edit: (one: Head) => Head | undefined): Promise<void> {
  const found = await flow.series.of(person).catch(ignoreUnavailable(flow));
  if (found && edit(found.head)) await flow.series.change(found.id, edit).catch(ignoreUnavailable(flow));
}
