import type { Courier } from '../../chat/courier.ts';
import { Failure } from '../../failure.ts';
import { wordsFor } from '../../text/words.ts';
import { telegramAddress, telegramPhoto } from './address.ts';
import { type TelegramAccess, telegramApi } from './api.ts';
import { deliver, placeholder } from './deliver.ts';
import { membershipOf } from './membership.ts';
import { fetchFile } from './photo.ts';
import { telegramFailure } from './refusal.ts';
import { render } from './render.ts';
import { showInPlace } from './show.ts';

/** Telegram without an open connection: a worker answers by itself. */
export function telegramCourier(access: TelegramAccess): Courier {
  const api = telegramApi(access);
  return {
    async placeholder(address, text) {
      return await placeholder(api, telegramAddress(address), text).catch(translated);
    },
    async answer(address, replies, { toChannel = false, place } = {}) {
      const to = telegramAddress(address);
      const words = wordsFor(to.locale);
      const message = render(replies, words);
      const isForAll = toChannel && replies.every(({ kind }) => kind === 'result');
      const delivered = isForAll && place ? showInPlace(api, to, message, place, words) : deliver(api, to, message);
      await delivered.catch(translated);
    },
    async fetchPhoto(photo, maxBytes, consent) {
      const { file, bytes = 0, borrowed } = telegramPhoto(photo);
      // Nobody enrols somebody else: a picture that was passed on shows whom its sender did not have to be.
      if (borrowed && consent.purpose === 'enrol') throw new Failure('no_photo', { details: { borrowed: 1 } });
      if (bytes > maxBytes) throw new Failure('image_too_large', { details: { maxBytes } });
      return await fetchFile(api, access, file, maxBytes);
    },
    membership: (place, personId) => membershipOf(api, place, personId),
  };
}

function translated(error: unknown): never {
  throw telegramFailure(error);
}
