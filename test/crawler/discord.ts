import { INVITED } from '../../src/bots/discord/buttons.ts';
import type { Exchange } from '../bots/discord/platform/exchange.ts';
import type { Asking } from '../bots/discord/platform/interaction.ts';
import { buttonsOf, textOf } from '../bots/discord/platform/reading.ts';
import type { Shown as Message } from '../bots/discord/platform/shown.ts';
import type { DiscordGuild, DiscordPerson } from '../bots/discord/platform/world.ts';
import type { Booth, Coming, Said, Shown } from './booth.ts';
import type { Photo } from './faces.ts';
import { type Program, until } from './program.ts';
import { LOOKING, titleOf } from './telegram.ts';

/** Discord's numbers for the kinds of acknowledgement: by a message, and by a form. */
const [MESSAGE, FORM] = [4, 9];

interface Known {
  readonly person: DiscordPerson;
  readonly locale: string;
  /** Groups that the person may manage. */
  readonly manages: Set<number>;
}

/** Discord: slash commands and buttons; what people write is not heard. */
export function discordBooth({ discord: platform }: Program): Booth {
  const people = new Map<number, Known>();
  const guilds = new Map<number, DiscordGuild>();
  const invitations: { readonly group: number; readonly exchange: Exchange }[] = [];
  const shows: typeof invitations = [];

  const guildOf = (group: number) => {
    const guild = guilds.get(group) ?? platform.guild(titleOf(group));
    guilds.set(group, guild);
    return guild;
  };
  const asking = (who: number, group: number | undefined): Asking => {
    const known = people.get(who);
    if (!known) throw new Error('nobody knows them');
    const { person, locale, manages } = known;
    if (group === undefined) return { person, locale };
    return { person, locale, guild: guildOf(group), isManager: manages.has(group) };
  };
  const attach = (photos: readonly Photo[]) => photos.map(({ bytes }) => platform.attach(bytes));

  /** `isShow`: a whole group sees the answer. */
  function follow(exchange: Exchange, isShow = false): Coming {
    const isForm = () => exchange.ack?.type === FORM;
    const isLooking = ({ original }: Exchange) => original && LOOKING.includes(textOf(original));
    const isThere = ({ ack, edits, followUps, isDeleted }: Exchange) =>
      isDeleted ||
      ack?.type === MESSAGE ||
      isForm() ||
      edits > 0 ||
      followUps.some(({ isEphemeral }) => isEphemeral || isShow);
    const first = until('an answer', () => isThere(exchange) && !isLooking(exchange));
    const all = (): Shown[] => {
      if (isForm()) return [{ text: '', buttons: [], at: exchange, isForm: true }];
      if (exchange.isDeleted) return [{ text: '', buttons: [], isGone: true }];
      const beside = exchange.followUps.filter(({ isEphemeral }) => isEphemeral);
      return (beside.length > 0 ? beside : [exchange.original].flatMap((one) => one ?? [])).map(shownOf);
    };
    return {
      first,
      all,
      isHeard: () => exchange.ack !== undefined,
      repeat: () => platform.replay(exchange),
    };
  }

  return {
    hasPrivate: true,
    join(who, name, language, groups, admin) {
      const person = platform.person(name);
      people.set(who, { person, locale: language === 'en' ? 'en-US' : language, manages: new Set(admin) });
      for (const group of groups) guildOf(group).members.add(person.id);
    },
    says(who, { words, photos, group, isReply }: Said) {
      const from = asking(who, group);
      const command = words.slice(1);
      const sent = attach(photos);
      const exchange = isReply ? platform.pickEntry(from, sent) : platform.slash(from, command, sent);
      if (command === 'invite' && group !== undefined) invitations.push({ group, exchange });
      return follow(exchange);
    },
    invitation(group) {
      const posted = invitations.filter((one) => one.group === group).flatMap(({ exchange }) => exchange.followUps);
      const last = posted.findLast(({ isEphemeral }) => !isEphemeral);
      return last && ((who) => follow(platform.press(asking(who, group), last, { custom_id: INVITED })));
    },
    presses(who, { at }, { id }, group) {
      const exchange = platform.press(asking(who, group), at as Message, { custom_id: id });
      const isShow = id.endsWith(':show');
      if (isShow && group !== undefined) shows.push({ group, exchange });
      return follow(exchange, isShow);
    },
    posts(group) {
      const posted = shows.filter((one) => one.group === group).flatMap(({ exchange }) => exchange.followUps);
      const all = posted.filter(({ isEphemeral }) => !isEphemeral);
      return all.map((message) => ({ key: message.id, shown: shownOf(message) }));
    },
    submits(who, { at }, photos, group, isShown) {
      const ticked = ['agree', ...(isShown ? ['shown'] : [])];
      return follow(platform.submit(asking(who, group), at as Exchange, { ticked, photos: attach(photos) }));
    },
    leaves(who, group) {
      people.get(who)?.manages.delete(group);
      platform.leave(guildOf(group), asking(who, group).person);
    },
    returns: (who, group) => void guildOf(group).members.add(asking(who, group).person.id),
    settled: async () => {},
  };
}

function shownOf(message: Message): Shown {
  return {
    text: textOf(message),
    buttons: buttonsOf(message).map(({ custom_id, label }) => ({ id: custom_id, label, isLink: false })),
    at: message,
  };
}
