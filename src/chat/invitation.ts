import { rulesOf } from '../consent/settings.ts';
import type { Place } from '../consent/who.ts';
import { wordsFor } from '../text/words.ts';
import type { Invitation } from './courier.ts';
import type { Flow } from './flow.ts';

/**
 * The invitation to a group, in the language that its admins set, else in that of `locale`. It says how many are in it, and stores
 * nothing of the group. Fails as the gallery does.
 */
export async function invitationTo(
  { gallery, rules }: Pick<Flow, 'gallery' | 'rules'>,
  place: Place,
  locale: string,
): Promise<Invitation> {
  const scope = await gallery.scopeOf(place);
  const people = scope ? await gallery.people(scope) : [];
  const enrolled = people.filter(({ standing }) => standing.templates > 0).length;
  const { language = locale } = rulesOf(rules, scope && (await gallery.settings(scope)));
  const words = wordsFor(language);
  return { text: words.invite.text({ people: enrolled }), label: words.commands.enroll.button, locale: language };
}
