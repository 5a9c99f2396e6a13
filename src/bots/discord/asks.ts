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
import { type CommandName, languageOf } from '../../text/words.ts';
import type { DiscordAddress, DiscordPhoto } from './address.ts';

/** An interaction's token is valid for 15 minutes. The last minute is left for saying `expired`. */
const ANSWERABLE_MS = 14 * 60_000;

/** How many bytes of files are sent at most when Discord names no limit. */
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

/** The parts of an interaction that an ask or press is made of. */
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
  | 'channelId'
> & { readonly attachmentSizeLimit?: number | null };

/**
 * The fields that an ask and a press of this interaction share. `now` is when the interaction came.
 */
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
    ...channelOf(interaction),
    locale,
    ...group,
    address,
    deadline: now + ANSWERABLE_MS,
    askedAt: now,
  } satisfies Partial<Ask>;
}

/** A slash command as an ask. */
export function askOf(interaction: ChatInputCommandInteraction): Ask {
  // An option that is switched on counts as a word that was typed after the command.
  const args = interaction.options.data.flatMap(({ name, value }) => (value === true ? [name] : [])).join(' ');
  return { ...origin(interaction), command: interaction.commandName, args, photos: photosOf(interaction) };
}

/**
 * An entry of a message's menu as an ask: the command with the message's pictures, and with those
 * of a message that it forwards.
 */
export function askAboutMessage(interaction: MessageContextMenuCommandInteraction, command: CommandName): Ask {
  const message: Message = interaction.targetMessage;
  const own = picturesIn(message);
  const forwarded = [...message.messageSnapshots.values()].flatMap(picturesIn);
  const photos = [...own.map(photoOf), ...forwarded.map((one) => ({ ...photoOf(one), borrowed: true as const }))];
  const of = whose(message, interaction.user.id);
  return { ...origin(interaction), command, args: '', photos: photos.map((photo) => ({ ...photo, ...of })) };
}

function picturesIn({ attachments }: Pick<Message, 'attachments'>): Attachment[] {
  return [...attachments.values()].filter(isPicture);
}

/**
 * Whose photos they are. A bot or a webhook is not named as the sender, because only people can
 * forbid searches of their photos.
 */
function whose({ author, webhookId }: Message, asker: string): Pick<PhotoRef, 'isOfOthers' | 'sender'> {
  if (author.id === asker) return {};
  return { isOfOthers: true, ...(!author.bot && !webhookId && { sender: author.id }) };
}

/** Where an attachment's bytes are. */
export function photoOf({ url, size }: Attachment): DiscordPhoto {
  return { platform: 'discord', url, bytes: size };
}

/**
 * Whether only the person installed the app, not the server. Then the bot is not in the server, so
 * the server is no place.
 */
export function isUserInstalled({ authorizingIntegrationOwners: owners }: Answerable): boolean {
  return (
    owners[ApplicationIntegrationType.UserInstall] !== undefined &&
    owners[ApplicationIntegrationType.GuildInstall] === undefined
  );
}

/** The first of the person's and the server's locale that has words; else the person's. */
export function localeOf({ locale, guildLocale }: Pick<Answerable, 'locale' | 'guildLocale'>): string {
  return [locale, guildLocale].find((known) => known && languageOf(known)) ?? locale;
}

function groupLocaleOf({ guildLocale }: Answerable): { readonly groupLocale?: string } {
  return guildLocale && languageOf(guildLocale) ? { groupLocale: guildLocale } : {};
}

/**
 * Whether the asker may post pictures in the channel of this interaction; undefined when Discord
 * does not say. False in a direct message, which no server sees.
 */
function mayPostIn({ guildId, memberPermissions, channel }: Answerable): boolean | undefined {
  if (!guildId) return false;
  const { AttachFiles, SendMessages, SendMessagesInThreads } = PermissionFlagsBits;
  return memberPermissions?.has([AttachFiles, channel?.isThread() ? SendMessagesInThreads : SendMessages]);
}

/** The channel of this interaction in a server; for a thread, the channel that has the thread. */
function channelOf({ guildId, channel, channelId }: Answerable): Pick<Ask, 'channel'> {
  const id = channel?.isThread() ? channel.parentId : channelId;
  return guildId && id ? { channel: id } : {};
}

/** The server of this interaction, if Discord says that the asker may manage it. */
function managedBy({ memberPermissions, guildId }: Answerable): Pick<DiscordAddress, 'manages'> {
  return guildId && memberPermissions?.has(PermissionFlagsBits.ManageGuild) ? { manages: guildId } : {};
}

function photosOf({ options }: ChatInputCommandInteraction): DiscordPhoto[] {
  return options.data
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .flatMap(({ attachment }) => (attachment ? [photoOf(attachment)] : []));
}

/**
 * Whether an attachment may be a picture. It excludes only files that Discord itself takes for
 * something else. The pipeline checks the bytes.
 */
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
