import type { Place } from '../../consent/who.ts';
import { wordsFor } from '../../text/words.ts';
import type { Invitation } from '../courier.ts';
import type { Flow } from '../flow.ts';
import { enrolledAt, rulesAt } from './rules.ts';

/**
 * The invitation to a group, in the language that its admins set, else in that of `locale`. It says
 * how many people are enrolled. Making it stores nothing about the group. Fails as the gallery
 * does.
 */
export async function invitationTo(
  flow: Pick<Flow, 'gallery' | 'rules'>,
  place: Place,
  locale: string,
): Promise<Invitation> {
  const [people, { language = locale, findBy }] = await Promise.all([enrolledAt(flow, place), rulesAt(flow, place)]);
  const words = wordsFor(language);
  const text = words.invite.text({ people, search: findBy === 'self' ? findBy : 'other' });
  return { text, label: words.commands.enroll.button, locale: language };
}
