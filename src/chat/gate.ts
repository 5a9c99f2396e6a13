import { admit, type Consent, type Purpose, type Standing } from '../consent/consent.ts';
import { type GroupRules, rulesOf } from '../consent/settings.ts';
import type { Place, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { wordsFor } from '../text/words.ts';
import type { Ask } from './ask.ts';
import { PARKED_MS } from './buttons/parked.ts';
import { type PhotoDeclaration, purposeOf } from './command.ts';
import { expired } from './failure.ts';
import { courierOf, type Flow, ignoreUnavailable } from './flow.ts';
import { notHere } from './group/channels.ts';
import { rulesAt } from './group/rules.ts';
import type { Reply } from './reply.ts';

/** The choices under a notice. Not every notice has all of them. */
export const NOTICE_CHOICES = ['agree', 'shown', 'decline'] as const;

/**
 * Passed: the sender's consent. Stopped: what to answer instead, such as the notice, with the ask
 * parked behind its buttons.
 */
export type Admission =
  | {
      readonly consent: Consent;
      readonly standing: Standing;
      readonly rules: GroupRules;
      /** Whether this ask brought the agreement, in a form. */
      readonly isNew: boolean;
      readonly instead?: undefined;
    }
  | { readonly instead: Reply; readonly standing: Standing };

/**
 * Checks whether the sender agreed in `place` to the command's purpose. An agreement that comes
 * with the ask (a ticked form with the notice in force) is recorded first. Until somebody agrees,
 * nothing about them is stored. `entrance` is the gallery's answer about sender and place, if it
 * was already read.
 * @throws `find_off` when nobody may search for others; `not_enrolled` when the asker is not
 * enrolled, but the command needs their face or only enrolled people may search; `not_your_photo`
 * for a photo in somebody else's message that may not be searched; `expired` when the person was
 * erased since `ask.epoch`
 */
export async function gate(
  flow: Flow,
  ask: Ask,
  place: Place,
  command: Pick<PhotoDeclaration, 'purpose' | 'needsEnrolment'>,
  entrance = flow.gallery.entrance(place, ask.person),
): Promise<Admission> {
  const { name, settings, ...entered } = await entrance;
  const rules = rulesOf(flow.rules, settings);
  let { scope, standing } = entered;
  const purpose = purposeOf(command, ask, standing);
  if (command.needsEnrolment?.(ask) && standing.templates === 0)
    throw new Failure('not_enrolled', { details: { self: 1 } });
  if (purpose === 'search' && rules.findBy === 'self') throw new Failure('find_off');
  const elsewhere = purpose === 'search' && (await notHere(courierOf(flow, place.platform), ask, place, rules));
  if (elsewhere) return { instead: elsewhere, standing };
  const notice = flow.notices(purpose, ask.locale, place, rules.retentionDays);
  if (purpose !== 'enrol') await assertMaySearch(flow, ask, scope);
  if (ask.epoch !== undefined && ask.epoch !== standing.epoch) throw expired('withdrawn');
  const agreedByForm = (ask.choice === 'agree' || ask.choice === 'shown') && ask.args === `notice:${notice.hash}`;
  // A queued ask passes here twice, but its agreement is recorded once. The second time it has an
  // epoch.
  const isNew = agreedByForm && ask.epoch === undefined;
  if (isNew) {
    const shown = ask.choice === 'shown';
    const { version, hash: noticeHash, retentionDays } = notice;
    const agreement = { version, noticeHash, retentionDays, at: flow.now(), shown };
    scope ??= await flow.gallery.scope(place);
    standing = await flow.gallery.agree(scope, ask.person, purpose, agreement, standing.epoch);
  }
  const consent = scope && admit(scope, ask.person, purpose, standing, notice.version);
  if (!consent) return { instead: await showNotice(flow, ask, purpose, notice, standing.epoch), standing };
  if (purpose === 'search' && rules.findBy === 'enrolled' && standing.templates === 0)
    throw new Failure('not_enrolled');
  // The gallery stores only a person's present name. So another name replaces the stored one.
  const isRenamed = name !== undefined && ask.person.name !== '' && ask.person.name !== name;
  if (isRenamed) await flow.gallery.rename(consent.scope, ask.person).catch(ignoreUnavailable(flow));
  return { consent, standing, rules, isNew };
}

/** Refuses photos in others' messages that may not be searched, whatever the asker agreed to. */
async function assertMaySearch({ sentPhotos }: Flow, ask: Ask, scope: ScopeId | undefined): Promise<void> {
  const may = await sentPhotos.maySearch(scope, ask);
  if (may === 'yes') return;
  throw new Failure('not_your_photo', may === 'forbidden' ? { details: { forbidden: 1 } } : {});
}

async function showNotice(
  flow: Flow,
  ask: Ask,
  purpose: Purpose,
  notice: ReturnType<Flow['notices']>,
  epoch: number,
): Promise<Reply> {
  const { version, hash, retentionDays } = notice;
  const awaiting = { for: 'consent', purpose, version, hash, retentionDays, epoch } as const;
  return noticeReply(flow, ask, purpose, notice, await flow.parked.park(ask, awaiting, PARKED_MS));
}

/** The notice once more, for an ask that waits under `id` behind its buttons. */
export async function noticeAgain(flow: Flow, ask: Ask, place: Place, purpose: Purpose, id: string): Promise<Reply> {
  const { retentionDays } = await rulesAt(flow, place);
  return noticeReply(flow, ask, purpose, flow.notices(purpose, ask.locale, place, retentionDays), id);
}

function noticeReply(
  flow: Flow,
  ask: Ask,
  purpose: Purpose,
  { version, hash, text }: ReturnType<Flow['notices']>,
  id: string,
): Reply {
  const words = wordsFor(ask.locale).notice;
  const agree = { id: `${id}:agree`, label: words.agree, role: 'agree' } as const;
  const agreeShown = { id: `${id}:shown`, label: words.agreeShown, role: 'agree' } as const;
  const decline = { id: `${id}:decline`, label: words.decline, role: 'decline' } as const;
  // Only people who can be found, on platforms with groups, are asked about being shown to a whole
  // group.
  const hasGroup = courierOf(flow, ask.address.platform).audience === 'group';
  const actions = purpose === 'enrol' && hasGroup ? [agree, agreeShown, decline] : [agree, decline];
  return { kind: 'consent', text, notice: { version, hash }, actions };
}
