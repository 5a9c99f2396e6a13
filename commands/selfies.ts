import { PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { CommandCall } from '../src/chat/command.ts';
import { groupName, shortName } from '../src/chat/group/group-name.ts';
import type { Action, Reply } from '../src/chat/reply.ts';
import type { Group, Held } from '../src/chat/rights/dossiers.ts';
import type { Place } from '../src/consent/who.ts';
import { writtenMoment } from '../src/text/moment.ts';
import { confirm } from './forget.ts';
import type { Tools } from './tools.ts';

/** The most groups that are offered as buttons. A platform may take as few as 25 in one message. */
export const MAX_OFFERED = 20;

/** One offer about a person's data. All offers together are one question. */
export interface Offer {
  readonly text: string;
  readonly actions: readonly Action[];
}

/**
 * What buttons under /mydata choose. After {@link OF} comes the id of a group's scope, after
 * {@link DROP} the id of a template.
 */
const [OF, DROP, KEEP] = ['of-', 'drop-', 'cancel'];

/**
 * Offers to remove a selfie, in each group where the person enrolled several. `id` is the id of the
 * parked ask.
 */
export function dropOffer(id: string, { words }: CommandCall, held: readonly Held[]): Offer | undefined {
  const several = held.filter(({ dossier, place }) => place && dossier.templates.length > 1).slice(0, MAX_OFFERED);
  if (several.length === 0) return undefined;
  const actions = several.flatMap(({ scope, place }): Action[] => {
    if (!place) return [];
    const label = words.mydata.selfies.of({ group: shortName(words, place) });
    return [{ id: `${id}:${OF}${scope}`, label, role: 'confirm' }];
  });
  return { text: words.mydata.selfies.offer, actions };
}

/**
 * The answer to a press under {@link dropOffer}, or under the question that follows it; undefined
 * for other choices.
 */
export async function dropChosen(
  tools: Tools,
  call: CommandCall,
  groups: readonly Group[],
): Promise<Reply[] | undefined> {
  const { choice = '' } = call.ask;
  if (choice === KEEP) return [{ kind: 'info', text: call.words.mydata.selfies.kept }];
  if (choice.startsWith(OF)) return await which(tools, call, groups, choice.slice(OF.length));
  return choice.startsWith(DROP) ? await drop(tools, call, groups, choice.slice(DROP.length)) : undefined;
}

async function which(
  { gallery, parked }: Tools,
  { ask, words: all }: CommandCall,
  groups: readonly Group[],
  chosen: string,
): Promise<Reply[] | undefined> {
  const { selfies: words } = all.mydata;
  const { scope, place } = groups.find((group) => group.scope === chosen) ?? {};
  const dossier = scope && (await gallery.dossier(scope, ask.person));
  if (!dossier || !place) return undefined;
  const id = await parked.park(ask, { for: 'choice' }, PARKED_MS);
  const drops = dossier.templates.map((template, index): Action => {
    // A button cannot show a time in its reader's time zone. So it shows UTC.
    const date = writtenMoment(template.enrolledAt, 'minute', ask.locale, 'UTC');
    const label = words.one({ number: index + 1, date });
    return { id: `${id}:${DROP}${template.id}`, label, role: 'confirm' };
  });
  const cancel: Action = { id: `${id}:${KEEP}`, label: words.keep, role: 'cancel' };
  return [{ kind: 'confirm', text: words.which({ group: groupName(all, place) }), actions: [...drops, cancel] }];
}

async function drop(
  tools: Tools,
  call: CommandCall,
  groups: readonly Group[],
  template: string,
): Promise<Reply[] | undefined> {
  const { gallery, eraser } = tools;
  const { ask, words } = call;
  for (const { scope, place } of groups) {
    const templates = (await gallery.dossier(scope, ask.person))?.templates ?? [];
    if (!place || !templates.some(({ id }) => id === template)) continue;
    const { outcome, isClean } = await eraser.drop(ask.person, { scope, place }, template);
    if (outcome === 'last') return await insteadForget(tools, call, place);
    if (outcome === 'gone') return undefined;
    const group = groupName(words, place);
    const text = words.mydata.selfies.dropped({ group, left: templates.length - 1, final: isClean });
    return [{ kind: 'info', text }];
  }
  return undefined;
}

/**
 * Asks the question of /forget for that group instead, because without a selfie nobody stays
 * enrolled.
 */
async function insteadForget(tools: Tools, { ask, ...call }: CommandCall, place: Place): Promise<Reply[]> {
  const { choice: _, ...bare } = ask;
  const question = await confirm(tools, { ...call, ask: { ...bare, command: 'forget', place } });
  return [{ kind: 'info', text: call.words.mydata.selfies.last }, question];
}
