import { LRUCache } from 'lru-cache';
import { ANSWER_MS, type Courier, SIGN_OF_LIFE_MS } from '../../../chat/courier.ts';
import { Failure } from '../../../failure.ts';
import { wordsFor } from '../../../text/words.ts';
import { within } from '../../../timing/within.ts';
import { telegramAddress, telegramPhoto } from '../address.ts';
import { fetchFile } from '../in/photo.ts';
import { offerGroups } from '../in/pick.ts';
import { membersOf } from '../membership.ts';
import { becameOf, presenceOf, topicsThere } from '../presence.ts';
import { type TelegramAccess, telegramApi } from './api.ts';
import { deliver, editText, placeholder } from './deliver.ts';
import { invite } from './invite.ts';
import { showOwn } from './own.ts';
import { isRefused, telegramFailure } from './refusal.ts';
import { render } from './render.ts';
import { showInPlace } from './show.ts';
import { takeBack } from './take-back.ts';

/** How many chats are remembered as refusing the bot at most. */
const MAX_REFUSING = 10_000;

/**
 * The share of an answer's time in which a group's post must be done. In the rest, the asker can be
 * told that it failed.
 */
const POSTING = 0.8;

/**
 * Answers on Telegram without an open connection, so a worker answers by itself. Within `answerMs`,
 * an answer is shown or has failed.
 */
export function telegramCourier(access: TelegramAccess, answerMs = ANSWER_MS): Courier {
  const api = telegramApi(access);
  const members = membersOf(api);
  const refusing = new LRUCache<number, true>({ max: MAX_REFUSING });

  /** Writes to a chat, and notes whether the bot may write there. */
  async function write<T>(chat: number, work: Promise<T>): Promise<T> {
    try {
      const written = await work;
      refusing.delete(chat);
      return written;
    } catch (error) {
      if (isRefused(error)) refusing.set(chat, true);
      throw telegramFailure(error);
    }
  }

  return {
    audience: 'group',
    picksGroups: true,
    async placeholder(address, text) {
      const to = telegramAddress(address);
      return await write(to.chat, placeholder(api, to, text));
    },
    async answer(address, replies, { showing, messages, place, topic, shownIn } = {}) {
      const to = telegramAddress(address);
      const words = wordsFor(to.locale);
      const isForAll = showing !== undefined && place !== undefined && replies.every(({ kind }) => kind === 'result');
      const ofMessage = isForAll && shownIn !== undefined ? wordsFor(shownIn) : words;
      const message = render(replies, ofMessage, { isPublic: isForAll, locale: to.locale });
      const answered = within(answerMs, async (signal) => {
        const answering = telegramApi(access, signal);
        const pick = replies.find((reply) => reply.kind === 'info')?.pick;
        if (pick !== undefined) return await offerGroups(answering, to, message, { pick, words });
        if (!isForAll) return await deliver(answering, to, message, messages);
        const posting = telegramApi(access, AbortSignal.timeout(answerMs * POSTING), { sendsOnce: true });
        await showInPlace({ answering, posting, showing }, to, message, { place, topic }, words);
      });
      await write(to.chat, answered);
    },
    invite: (place, invitation) =>
      invite(telegramApi(access, AbortSignal.timeout(answerMs), { sendsOnce: true }), place, invitation),
    async progress(address, text) {
      const to = telegramAddress(address);
      const saying = telegramApi(access, AbortSignal.timeout(SIGN_OF_LIFE_MS));
      await editText(saying, to, { text }).catch((error) => Promise.reject(telegramFailure(error)));
    },
    async sign(address) {
      const { chat } = telegramAddress(address);
      const signing = telegramApi(access, AbortSignal.timeout(SIGN_OF_LIFE_MS));
      await signing.sendChatAction(chat, 'upload_photo').catch((error) => Promise.reject(telegramFailure(error)));
    },
    async showOwn(address, photos) {
      const to = telegramAddress(address);
      const sending = telegramApi(access, AbortSignal.timeout(answerMs), { sendsOnce: true });
      return await write(to.chat, showOwn(sending, to, photos));
    },
    takeBack: (post) => takeBack(api, post),
    isDead: (address) => refusing.has(telegramAddress(address).chat),
    async fetchPhoto(photo, maxBytes, consent) {
      const { file, bytes = 0, borrowed } = telegramPhoto(photo);
      // Nobody may enrol somebody else, and a picture of another message may show anybody.
      if (borrowed && consent.purpose === 'enrol') throw new Failure('no_photo', { details: { borrowed: 1 } });
      if (bytes > maxBytes) throw new Failure('image_too_large');
      return await fetchFile(api, access, file, maxBytes);
    },
    membership: members.membership,
    channelLink: (place, topic) => `https://t.me/c/${place.id.replace(/^-100/, '')}/${topic}`,
    channelsThere: (place, among) => topicsThere(api, place, among),
    isAdmin: members.isAdmin,
    nameNow: members.nameNow,
    presence: (place) => presenceOf(api, place),
    becameOf: (place) => becameOf(api, place),
  };
}
