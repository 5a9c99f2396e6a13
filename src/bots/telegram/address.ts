import type { Address, PhotoRef, PlatformData } from '../../chat/ask.ts';
import { Failure } from '../../failure.ts';

/** Where Telegram shows an answer: plain data, which can be sealed and read by another process. */
export interface TelegramAddress extends PlatformData {
  readonly platform: 'telegram';
  /** The chat of the answer, nearly always the asker's private one. */
  readonly chat: number;
  /** The BCP 47 locale of the few words that the courier adds itself. */
  readonly locale: string;
  /**
   * The message that the answer replaces: a placeholder, or the message with the pressed button.
   */
  readonly message?: number;
  /**
   * Whether {@link message} has a picture or file. Such a message can never become plain text.
   */
  readonly media?: boolean;
  /** The message in the same chat to which the answer is a reply. */
  readonly replyTo?: number;
  /** The forum's topic in that chat. */
  readonly topic?: number;
}

/** A photo that Telegram gives as long as its message exists. */
export interface TelegramPhoto extends PhotoRef {
  readonly platform: 'telegram';
  readonly file: string;
  /** The size that Telegram states. */
  readonly bytes?: number;
  /** Whether it was sent as a file. It can be sent again only as a file. */
  readonly isFile?: true;
}

/**
 * Checks that an address is one of Telegram, and gives it with its own type.
 * @throws Failure `internal` for an address of another platform
 */
export function telegramAddress(address: Address): TelegramAddress {
  const { platform, chat, locale } = address;
  if (platform !== 'telegram' || typeof chat !== 'number' || typeof locale !== 'string') {
    throw new Failure('internal', { cause: new TypeError('not an address of Telegram') });
  }
  return address as TelegramAddress;
}

/**
 * Checks that a photo is one of Telegram, and gives it with its own type.
 * @throws Failure `internal` for a photo of another platform
 */
export function telegramPhoto(photo: PhotoRef): TelegramPhoto {
  if (photo.platform !== 'telegram' || typeof photo.file !== 'string') {
    throw new Failure('internal', { cause: new TypeError('not a photo of Telegram') });
  }
  return photo as TelegramPhoto;
}
