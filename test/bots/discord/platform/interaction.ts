import type { Exchange } from './exchange.ts';
import { nameIn, referencesIn } from './reading.ts';
import type { Shown } from './shown.ts';
import { type Attachment, type DiscordGuild, type DiscordPerson, snowflake } from './world.ts';

export interface Asking {
  readonly person: DiscordPerson;
  /** Undefined for a private chat with the bot. */
  readonly guild?: DiscordGuild | undefined;
  /**
   * The channel; default: the server's own. With `threadOf` it is a thread in the channel
   * `threadOf`.
   */
  readonly channel?: string;
  readonly threadOf?: string;
  readonly locale?: string;
  /** Whether the person installed the app for themselves, and the bot is not in the server. */
  readonly isUserInstalled?: boolean;
  /** Whether the person may not write in the channel. */
  readonly isSilenced?: boolean;
  /** Whether the person may manage the server. */
  readonly isManager?: boolean;
}

export interface Filled {
  readonly ticked?: readonly string[];
  readonly photos: readonly Attachment[];
}

/** What every interaction has: who sent it, and where. */
export function envelope(
  {
    person,
    guild,
    channel = guild?.channel,
    threadOf,
    locale = 'en-US',
    isUserInstalled = false,
    isSilenced = false,
    isManager = false,
  }: Asking,
  application: string,
) {
  const user = userJson(person);
  const where = guild
    ? {
        guild_id: guild.id,
        guild_locale: 'en-US',
        channel_id: channel,
        channel: {
          ...(threadOf ? { type: 11, parent_id: threadOf } : { type: 0 }),
          id: channel,
          guild_id: guild.id,
          name: 'general',
        },
        member: {
          user,
          nick: null,
          roles: [],
          joined_at: '2026-01-01T00:00:00.000Z',
          deaf: false,
          mute: false,
          flags: 0,
          permissions: String((isSilenced ? 0n : (1n << 11n) | (1n << 15n)) | (isManager ? 1n << 5n : 0n)),
        },
        context: 0,
        authorizing_integration_owners: isUserInstalled ? { 1: person.id } : { 0: guild.id },
      }
    : {
        user,
        channel_id: '1',
        channel: { id: '1', type: 1 },
        context: 1,
        authorizing_integration_owners: isUserInstalled ? { 1: person.id } : { 0: '0' },
      };
  const limits = { entitlements: [], app_permissions: '0', attachment_size_limit: 10 * 1024 * 1024, version: 1 };
  return { ...limits, ...where, application_id: application, locale };
}

/** A person's JSON in the API. */
export function userJson({ id, name }: DiscordPerson) {
  return { id, username: name.toLowerCase(), global_name: name, discriminator: '0', avatar: null };
}

const BOT: DiscordPerson = { id: '1', name: 'facefinder' };

/** An empty message with the fields that discord.js needs. By default the bot sent it. */
export function messageJson(id: string, { person = BOT, guild }: Partial<Asking> = {}) {
  return {
    id,
    channel_id: guild?.channel ?? '1',
    author: userJson(person),
    content: '',
    timestamp: '2026-01-01T00:00:00.000Z',
    type: 0,
    attachments: [],
    embeds: [],
    mentions: [],
    mention_roles: [],
    components: [],
    tts: false,
    pinned: false,
    mention_everyone: false,
    edited_timestamp: null,
    flags: 0,
  };
}

/**
 * A message of the bot as the API gives it. Its `attachments` lack the files that its components
 * show.
 */
export function shownJson(shown: Shown, guild?: DiscordGuild) {
  const { content, embeds, components, flags } = shown;
  const media = (filename: string) => {
    const { id = snowflake() } = shown.attachments.find((one) => one.filename === filename) ?? {};
    const url = `https://cdn.discordapp.com/attachments/1/${id}/${filename}?ex=1`;
    return { id: snowflake(), attachment_id: id, url, proxy_url: url };
  };
  const references = new Set(referencesIn(components).map(({ filename }) => filename));
  const attachments = shown.attachments
    .filter(({ filename }) => !references.has(filename))
    .map(({ id, filename, bytes, description }) => {
      const { url, proxy_url } = media(filename);
      return { id, filename, size: bytes.length, url, proxy_url, description };
    });
  const parts = components.map((part, index) => ({
    ...part,
    id: index + 1,
    ...(part.file && { file: media(nameIn(part.file.url)) }),
    ...(part.items && { items: part.items.map((item) => ({ ...item, media: media(nameIn(item.media.url)) })) }),
  }));
  return {
    ...messageJson(shown.id, { guild }),
    flags,
    content,
    embeds,
    components: parts,
    attachments,
  };
}

/** Attachments by id, as an interaction has them. */
export function byId(attachments: readonly Attachment[]) {
  return Object.fromEntries(attachments.map((attachment) => [attachment.id, attachment]));
}

/**
 * The form that the bot showed in `opened`, as Discord sends it back: each field with its choice.
 */
export function submission(opened: Exchange, { ticked = [], photos }: Filled) {
  const modal = opened.ack?.data as { custom_id: string; components: readonly ModalPart[] };
  const components = modal.components.map(({ type, component }) => {
    if (!component) return { type };
    const chosen = component.options?.map(({ value }) => value).filter((value) => ticked.includes(value));
    const values = component.type === 19 ? photos.map(({ id }) => id) : (chosen ?? []);
    return { type, component: { type: component.type, custom_id: component.custom_id, values } };
  });
  return { custom_id: modal.custom_id, components, resolved: { attachments: byId(photos) } };
}

interface ModalPart {
  readonly type: number;
  readonly component?: {
    readonly type: number;
    readonly custom_id: string;
    readonly options?: readonly { readonly value: string }[];
  };
}
