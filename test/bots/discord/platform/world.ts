export interface DiscordPerson {
  readonly id: string;
  readonly name: string;
}

export interface DiscordGuild {
  readonly id: string;
  readonly name: string;
  readonly channel: string;
  /** All its channels. */
  readonly channels: Set<string>;
  readonly members: Set<string>;
  /** Whether Discord greets people in its channel. */
  readonly saysHello?: boolean;
}

export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly content_type: string;
  readonly url: string;
  readonly proxy_url: string;
}

/** The loopback Discord's world: servers, their members, and attachments. */
export interface World {
  readonly guilds: Map<string, DiscordGuild>;
  readonly files: Map<string, Uint8Array>;
  /** People's present names, by id. */
  readonly names: Map<string, string>;
  /** Makes a server with these members. The bot is in it. */
  guild(name: string, ...members: readonly DiscordPerson[]): DiscordGuild;
  person(name: string): DiscordPerson;
  attach(bytes: Uint8Array, options?: { readonly filename?: string; readonly contentType?: string }): Attachment;
}

const EPOCH = 1_420_070_400_000n;
let counter = 0n;

/** A new id that contains the time, like Discord's. */
export function snowflake(): string {
  counter += 1n;
  return String(((BigInt(Date.now()) - EPOCH) << 22n) | (counter & 0x3fffffn));
}

export function openWorld(origin: () => string): World {
  const guilds = new Map<string, DiscordGuild>();
  const files = new Map<string, Uint8Array>();
  const names = new Map<string, string>();
  return {
    guilds,
    files,
    names,
    guild(name, ...members) {
      const channel = snowflake();
      const ids = members.map(({ id }) => id);
      const guild = { id: snowflake(), name, channel, channels: new Set([channel]), members: new Set(ids) };
      guilds.set(guild.id, guild);
      return guild;
    },
    person(name) {
      const person = { id: snowflake(), name };
      names.set(person.id, name);
      return person;
    },
    attach(bytes, { filename = 'photo.jpg', contentType = 'image/jpeg' } = {}) {
      const id = snowflake();
      const path = `/attachments/${id}/${filename}`;
      files.set(path, bytes);
      const url = `${origin()}${path}`;
      return { id, filename, size: bytes.length, content_type: contentType, url, proxy_url: url };
    },
  };
}
