import { PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { AdminCall } from '../src/chat/command.ts';
import { eraseGroup } from '../src/chat/erasure/group.ts';
import { linked } from '../src/chat/group/channels.ts';
import { groupName } from '../src/chat/group/group-name.ts';
import { enrolledAt, rulesAt } from '../src/chat/group/rules.ts';
import type { Reply } from '../src/chat/reply.ts';
import type { GroupRules, GroupSettings } from '../src/consent/settings.ts';
import { Failure } from '../src/failure.ts';
import type { Declared } from './declared.ts';
import {
  type Circumstances,
  isOffered,
  languageName,
  type Option,
  optionsOf,
  SETTINGS,
  type Setting,
} from './settings-offered.ts';
import type { Tools } from './tools.ts';

/** /settings: the rules that a group's admins may make stricter, and the erasure of the group. */
export const settings = {
  name: 'settings',
  kind: 'admins',
  async run(tools, call) {
    const { choice = '' } = call.ask;
    const [what = '', value] = choice.split('-', 2);
    if (choice === 'done') return [{ kind: 'info', text: await overview(tools, call) }];
    if (what === 'erase') return [value === 'all' ? await eraseAll(tools, call) : await askToErase(tools, call)];
    const about = circumstances(tools, call, await rulesNow(tools, call));
    const setting = SETTINGS.find((one) => one === what && isOffered(one, about));
    if (!setting) return [await menu(tools, call)];
    if (value === undefined) return [await askWhich(tools, call, setting, about)];
    const option = optionsOf(setting, about, call.words).find((one) => one.id === value);
    // Since the offer, the operator's rules may have become stricter, or other channels may be set.
    if (!option) throw new Failure('expired');
    await set(tools, call, setting, option);
    return [await menu(tools, call)];
  },
} satisfies Declared;

function circumstances(tools: Tools, { ask, place }: AdminCall, { channels }: GroupRules): Circumstances {
  return {
    operator: tools.rules,
    // On the asker's own machine no group sees anything, and searches have no limit.
    isAlone: tools.isOwnMachine(place.platform),
    seesGestures: tools.seesGestures,
    channel: ask.channel || undefined,
    channels,
  };
}

/** The present rules. Channels that are gone are left out, so none may be left. */
async function rulesNow(tools: Tools, { place }: AdminCall): Promise<GroupRules> {
  const rules = await rulesAt(tools, place);
  return rules.channels ? { ...rules, channels: await tools.channelsThere(place, rules.channels) } : rules;
}

async function set({ gallery }: Tools, { place }: AdminCall, setting: Setting, { value }: Option): Promise<void> {
  const change: GroupSettings = { [setting]: value };
  await gallery.configure(await gallery.scope(place), change);
}

async function menu(tools: Tools, call: AdminCall): Promise<Reply> {
  const { words, ask } = call;
  const id = await tools.parked.park(ask, { for: 'choice' }, PARKED_MS);
  const about = circumstances(tools, call, await rulesNow(tools, call));
  const offered = SETTINGS.filter((setting) => isOffered(setting, about));
  const actions = [...offered, 'erase' as const, 'done' as const].map((choice) => {
    return { id: `${id}:${choice}`, label: words.settings.buttons[choice], role: 'confirm' } as const;
  });
  return { kind: 'confirm', text: await overview(tools, call), actions };
}

/** A text with the present rules and the number of people who are enrolled. It names nobody. */
async function overview(tools: Tools, call: AdminCall): Promise<string> {
  const { words, place } = call;
  const [enrolled, rules] = await Promise.all([enrolledAt(tools, place), rulesNow(tools, call)]);
  const about = circumstances(tools, call, rules);
  const told = SETTINGS.filter((setting) => isAlwaysTold(setting, rules) || isOffered(setting, about));
  return [
    words.settings.title({ group: groupName(words, place), people: enrolled }),
    ...told.map((setting) => line(tools, call, setting, rules)),
    words.settings.bounds,
  ].join('\n');
}

/** Whether a rule is told even where nobody can make it stricter. */
function isAlwaysTold(setting: Setting, { enrolProof }: GroupRules): boolean {
  return setting === 'findBy' || (setting === 'enrolProof' && enrolProof === 'gesture');
}

function line(tools: Tools, { words, place, ask }: AdminCall, setting: Setting, rules: GroupRules): string {
  const { lines } = words.settings;
  switch (setting) {
    case 'findBy':
      return lines.findBy({ who: rules.findBy === 'members' ? 'other' : rules.findBy });
    case 'showing':
      return lines.showing({ allowed: rules.showing });
    case 'findsPerHour':
      return lines.findsPerHour({ finds: rules.findsPerHour });
    case 'retentionDays':
      return lines.retentionDays({ days: rules.retentionDays });
    case 'enrolProof': {
      const isAsked = rules.enrolProof === 'gesture';
      return lines.enrolProof({ proof: isAsked ? (tools.seesGestures ? 'gesture' : 'unseen') : 'other' });
    }
    case 'channels': {
      const { channels } = rules;
      const where = linked(channels ?? [], (channel) => tools.channelLink(place, channel), ask.locale);
      return lines.channels({ which: channels ? (where === '' ? 'gone' : 'some') : 'other', where });
    }
    case 'language':
      return lines.language({ isSet: rules.language !== undefined, language: languageName(rules.language ?? 'en') });
  }
}

async function askWhich(
  { parked, channelLink }: Tools,
  { ask, words, place }: AdminCall,
  setting: Setting,
  about: Circumstances,
): Promise<Reply> {
  const id = await parked.park(ask, { for: 'choice' }, PARKED_MS);
  const offered = optionsOf(setting, about, words).map((option) => ({
    id: `${id}:${setting}-${option.id}`,
    label: option.label,
    role: 'confirm' as const,
  }));
  const back = { id: `${id}:back`, label: words.settings.buttons.back, role: 'confirm' } as const;
  const which = words.settings.which[setting]({ group: groupName(words, place) });
  // An admin may read this in private, where "this channel" says nothing.
  const here = setting === 'channels' && about.channel !== undefined ? [about.channel] : [];
  const where = here.map((one) => words.settings.thisChannel({ where: channelLink(place, one) ?? one }));
  const text = [which, ...where].join(' ');
  return { kind: 'confirm', text, actions: [...offered, back] };
}

async function askToErase({ parked }: Tools, { ask, words, place }: AdminCall): Promise<Reply> {
  const id = await parked.park(ask, { for: 'choice' }, PARKED_MS);
  const text = words.settings.erase.ask({ group: groupName(words, place) });
  const actions = [
    { id: `${id}:erase-all`, label: words.settings.erase.all, role: 'confirm' },
    { id: `${id}:back`, label: words.settings.erase.keep, role: 'cancel' },
  ] as const;
  return { kind: 'confirm', text, actions };
}

async function eraseAll(tools: Tools, { words, place }: AdminCall): Promise<Reply> {
  await eraseGroup(tools, place, 'admin');
  const scope = await tools.gallery.scopeOf(place);
  const isDone = scope === undefined || (await tools.gallery.people(scope)).length === 0;
  return { kind: 'info', text: words.settings.erase.done({ group: groupName(words, place), isDone }) };
}
