import type { Address, PhotoRef } from '../../chat/ask.ts';
import { Failure } from '../../failure.ts';

/** Where an interaction is answered: its token stands for it, for 15 minutes. */
export type DiscordAddress = Address & {
  readonly platform: 'discord';
  readonly application: string;
  readonly token: string;
  /** The asker's Discord id. */
  readonly user: string;
  /** BCP 47, for the words that only Discord needs. */
  readonly locale: string;
  /** What Discord takes as files here, bytes. */
  readonly maxBytes: number;
  /** As of the Ask. */
  readonly groupLocale?: string;
  /** Whether the asker may post pictures in that channel; left out where Discord does not say, in private. */
  readonly mayPost?: boolean;
  /** The server that the asker may manage, where this came from one: its admin. */
  readonly manages?: string;
  /** It was a button: the message that an answer replaces may be worth something to somebody else. */
  readonly isPress?: true;
};

/** A photo that was attached to an interaction or a message. */
export type DiscordPhoto = PhotoRef & { readonly platform: 'discord'; readonly url: string; readonly bytes: number };

/** The address as this bot's listener made it. @throws Failure `internal` for one of another platform */
export function discordAddress(address: Address): DiscordAddress {
  if (address.platform !== 'discord' || typeof address.token !== 'string') {
    throw new Failure('internal', { cause: new TypeError('not an address of Discord') });
  }
  return address as DiscordAddress;
}

/** The photo as this bot's listener made it. @throws Failure `internal` for one of another platform */
export function discordPhoto(photo: PhotoRef): DiscordPhoto {
  if (photo.platform !== 'discord' || typeof photo.url !== 'string') {
    throw new Failure('internal', { cause: new TypeError('not a photo of Discord') });
  }
  return photo as DiscordPhoto;
}
