import type { Api } from 'grammy';
import type { InputMediaDocument, InputMediaPhoto } from 'grammy/types';
import type { PhotoRef } from '../../../chat/ask.ts';
import { type TelegramAddress, type TelegramPhoto, telegramPhoto } from '../address.ts';
import { isRefusal, telegramFailure } from './refusal.ts';
import { postOf, type TelegramPost } from './take-back.ts';

/** A photo to send. `index`: its position in the list of all photos. */
interface Sent extends TelegramPhoto {
  readonly caption: string;
  readonly index: number;
}

interface Captioned {
  readonly photo: PhotoRef;
  readonly caption: string;
}

/**
 * Sends photos by their file ids below a message: one album of photos, and one of those that were
 * sent as files, because Telegram mixes them in no album.
 * @returns for each photo, in the order of `photos`, its post; undefined in place of a post when
 * Telegram refused the photo's album. Undefined instead of the list when it is not known whether
 * some photos are there
 * @throws Failure when certainly nothing was sent, and the photos are not the reason
 */
export async function showOwn(
  api: Api,
  to: TelegramAddress,
  photos: readonly Captioned[],
): Promise<readonly (TelegramPost | undefined)[] | undefined> {
  const all = photos.map(({ photo, caption }, index): Sent => ({ ...telegramPhoto(photo), caption, index }));
  const posts: (TelegramPost | undefined)[] = all.map(() => undefined);
  for (const album of [all.filter(({ isFile }) => !isFile), all.filter(({ isFile }) => isFile)]) {
    try {
      for (const [at, message] of (await sendAlbum(api, to, album)).entries()) {
        const one = album[at];
        if (one) posts[one.index] = postOf([message]);
      }
    } catch (error) {
      if (!isRefusal(error)) return undefined;
      const failure = telegramFailure(error);
      const isOfPhotos = !failure.again && failure.code !== 'expired';
      if (!isOfPhotos && posts.every((post) => post === undefined)) throw failure;
    }
  }
  return posts;
}

async function sendAlbum(api: Api, { chat, message }: TelegramAddress, album: readonly Sent[]) {
  const extras =
    message === undefined ? {} : { reply_parameters: { message_id: message, allow_sending_without_reply: true } };
  const [only, ...more] = album;
  if (!only) return [];
  const { file, caption, isFile } = only;
  if (more.length === 0) {
    const under = { caption, ...extras };
    return [isFile ? await api.sendDocument(chat, file, under) : await api.sendPhoto(chat, file, under)];
  }
  const media = album.map((one) => ({ media: one.file, caption: one.caption }));
  if (isFile) {
    return await api.sendMediaGroup(
      chat,
      media.map((one): InputMediaDocument => ({ type: 'document', ...one })),
      extras,
    );
  }
  return await api.sendMediaGroup(
    chat,
    media.map((one): InputMediaPhoto => ({ type: 'photo', ...one })),
    extras,
  );
}
