import {
  ApplicationIntegrationType,
  type Attachment,
  type BaseInteraction,
  type ChatInputCommandInteraction,
  type Message,
  type MessageContextMenuCommandInteraction,
  PermissionFlagsBits,
} from 'discord.js';
import type { Ask, PhotoRef } from '../../chat/ask.ts';
import { type Person, type Place, personNamed, placeTitled } from '../../consent/who.ts';
import { languageOf } from '../../text/words.ts';
import type { DiscordAddress, DiscordPhoto } from './address.ts';

/** An interaction's token lives 15 minutes; the last one is kept for saying `expired`. */
const ANSWERABLE_MS = 14 * 60_000;

/** What Discord takes as files where it does not say otherwise. */
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

/** Any interaction that can be answered. */
export type Answerable = Pick<
  BaseInteraction,
  | 'id'
  | 'token'
  | 'applicationId'
  | 'user'
  | 'member'
  | 'guild'
  | 'guildId'
  | 'locale'
  | 'guildLocale'
  | 'authorizingIntegrationOwners'
  | 'memberPermissions'
  | 'channel'
> & { readonly attachmentSizeLimit?: number | null };

/** What every ask and press of an interaction has in common. */
export function origin(interaction: Answerable, now = Date.now()) {
  const locale = localeOf(interaction);
  const group = groupLocaleOf(interaction);
  const mayPost = mayPostIn(interaction);
  const address: DiscordAddress = {
    platform: 'discord',
    application: interaction.applicationId,
    token: interaction.token,
    user: interaction.user.id,
    locale,
    maxBytes: interaction.attachmentSizeLimit ?? DEFAULT_MAX_BYTES,
    ...group,
    ...(mayPost !== undefined && { mayPost }),
    ...managedBy(interaction),
  };
  return {
    id: `discord:${interaction.id}`,
    person: personOf(interaction),
    place: placeOf(interaction),
    locale,
    ...group,
    address,
    deadline: now + ANSWERABLE_MS,
  } satisfies Partial<Ask>;
}

/** A slash command as an ask. */
export function askOf(interaction: ChatInputCommandInteraction): Ask {
  // What can be switched on with a command is typed as a word after it elsewhere.
  const args = interaction.options.data.flatMap(({ name, value }) => (value === true ? [name] : [])).join(' ');
  return { ...origin(interaction), command: interaction.commandName, args, photos: photosOf(interaction) };
}

/** "Find faces" on a message: `/find` with its pictures, also those of a message it forwards. */
export function askAboutMessage(interaction: MessageContextMenuCommandInteraction): Ask {
  const message: Message = interaction.targetMessage;
  const shown = [message, ...message.messageSnapshots.values()];
  const pictures = shown.flatMap(({ attachments }) => [...attachments.values()]).filter(isPicture);
  const photos = pictures.map((picture) => ({ ...photoOf(picture), ...whose(message, interaction.user.id) }));
  return { ...origin(interaction), command: 'find', args: '', photos };
}

/** A bot or a webhook is nobody who could say that its photos may not be searched. */
function whose({ author, webhookId }: Message, asker: string): Pick<PhotoRef, 'isOfOthers' | 'sender'> {
  if (author.id === asker) return {};
  return { isOfOthers: true, ...(!author.bot && !webhookId && { sender: author.id }) };
}

/** Where an attachment's bytes are. */
export function photoOf({ url, size }: Attachment): DiscordPhoto {
  return { platform: 'discord', url, bytes: size };
}

/** Installed by the person alone: the bot is not in the server, which therefore is no place. */
export function isUserInstalled({ authorizingIntegrationOwners: owners }: Answerable): boolean {
  return (
    owners[ApplicationIntegrationType.UserInstall] !== undefined &&
    owners[ApplicationIntegrationType.GuildInstall] === undefined
  );
}

/** The person's language where there are words for it, else the server's. */
export function localeOf({ locale, guildLocale }: Pick<Answerable, 'locale' | 'guildLocale'>): string {
  return [locale, guildLocale].find((known) => known && languageOf(known)) ?? locale;
}

function groupLocaleOf({ guildLocale }: Answerable): { readonly groupLocale?: string } {
  return guildLocale && languageOf(guildLocale) ? { groupLocale: guildLocale } : {};
}

/** By what Discord says of the asker's rights in the channel of this interaction. */
function mayPostIn({ memberPermissions, channel }: Answerable): boolean | undefined {
  const { AttachFiles, SendMessages, SendMessagesInThreads } = PermissionFlagsBits;
  return memberPermissions?.has([AttachFiles, channel?.isThread() ? SendMessagesInThreads : SendMessages]);
}

/** By what Discord says of the asker's rights in the server of this interaction. */
function managedBy({ memberPermissions, guildId }: Answerable): Pick<DiscordAddress, 'manages'> {
  return guildId && memberPermissions?.has(PermissionFlagsBits.ManageGuild) ? { manages: guildId } : {};
}

function photosOf({ options }: ChatInputCommandInteraction): DiscordPhoto[] {
  return options.data
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .flatMap(({ attachment }) => (attachment ? [photoOf(attachment)] : []));
}

/** Only what Discord itself takes for something else is left out: the pipeline looks into the bytes. */
function isPicture({ contentType }: Attachment): boolean {
  return contentType === null || contentType.startsWith('image/');
}

function personOf({ user, member }: Answerable): Person {
  const nickname = member && 'nickname' in member ? member.nickname : member?.nick;
  return personNamed('discord', user.id, nickname, user.displayName, user.username);
}

function placeOf(interaction: Answerable): Place | undefined {
  const { guildId, guild } = interaction;
  if (!guildId || isUserInstalled(interaction)) return undefined;
  return placeTitled('discord', guildId, guild?.name);
}
