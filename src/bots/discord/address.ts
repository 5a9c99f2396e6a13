import type { Address, PhotoRef } from '../../chat/ask.ts';
import { Failure } from '../../failure.ts';

/** Says where to answer an interaction. Its token is valid for 15 minutes. */
export type DiscordAddress = Address & {
  readonly platform: 'discord';
  readonly application: string;
  readonly token: string;
  /** The asker's Discord id. */
  readonly user: string;
  /** The BCP 47 locale of the words that the courier adds. */
  readonly locale: string;
  /** How many bytes of files Discord accepts here at most. */
  readonly maxBytes: number;
  /** See {@link Ask.groupLocale}. */
  readonly groupLocale?: string;
  /**
   * Whether the asker may post pictures in the interaction's channel. False in a direct message,
   * which no server sees. Absent where Discord does not say.
   */
  readonly mayPost?: boolean;
  /** The server of this interaction, if the asker may manage it. That makes them an admin. */
  readonly manages?: string;
  /**
   * Whether the interaction is the press of a button. Not every answer may replace the message with
   * the button, because it may still matter.
   */
  readonly isPress?: true;
};

/** A photo that was attached to an interaction or a message. */
export type DiscordPhoto = PhotoRef & { readonly platform: 'discord'; readonly url: string; readonly bytes: number };

/**
 * Checks that an address is one of Discord, and gives it with its own type.
 * @throws Failure `internal` for an address of another platform
 */
export function discordAddress(address: Address): DiscordAddress {
  if (address.platform !== 'discord' || typeof address.token !== 'string') {
    throw new Failure('internal', { cause: new TypeError('not an address of Discord') });
  }
  return address as DiscordAddress;
}

/**
 * Checks that a photo is one of Discord, and gives it with its own type.
 * @throws Failure `internal` for a photo of another platform
 */
export function discordPhoto(photo: PhotoRef): DiscordPhoto {
  if (photo.platform !== 'discord' || typeof photo.url !== 'string') {
    throw new Failure('internal', { cause: new TypeError('not a photo of Discord') });
  }
  return photo as DiscordPhoto;
}
