import { albumCard } from './album-card.js';
import { countNotMe, pressButton, sendMessage } from './api.js';
import { addAnswer, addOwn, gone, reveal } from './conversation.js';
import { el } from './dom.js';
import { facts, numbers, t } from './facts.js';
import { answered, keep, keepSaid } from './kept.js';
import { foundOf } from './replies/mine.js';
import { stepAfter, withAgain } from './replies/problem.js';
import { renderReply } from './replies/reply.js';
import { sortOut } from './usable.js';

/**
 * @typedef {import('./api.js').Reply} Reply
 * @typedef {import('./api.js').Presence} Presence
 * @typedef {import('./api.js').PresencePhoto} PresencePhoto
 * @typedef {import('./conversation.js').Conversation} Conversation
 * @typedef {import('./replies/mine.js').Found} Found
 * @typedef {import('./usable.js').Unread} Unread
 */

/**
 * How many of the found photos are sent again, together with the photos that may show the asker.
 * With more of them, the asker is found on hardly more photos (`npm run measure:own`).
 */
const SURE = 3;

/**
 * Searches for the asker in more photos than one message may have. It sends the photos in parts,
 * and says with each part how many there are in all. Then it sends once more the photos that may
 * show the asker, together with the found photos that are surest: so the program finds the asker on
 * more photos. One card shows the results, and grows with them. A question or problem appears below
 * the card, and the search goes on once the person has answered that. Photos that cannot be read
 * are counted and named, and do not stop the search.
 * @param {Conversation} conversation
 * @param {string} text what was typed: `/me`, and perhaps more words, which mean nothing
 * @param {readonly File[]} photos
 */
export async function searchAlbum(conversation, text, photos) {
  const { speaker } = conversation;
  const { signal: forgotten } = conversation.photos;
  /** @type {import('./album-card.js').Album} */
  const album = { size: photos.length, left: photos.length, seen: 0, unread: [], found: [], maybe: [], takenOut: 0 };
  /** @type {File[]} */
  const again = [];
  let isStopped = false;
  addOwn(conversation, text, [el('span', { class: 'file' }, t('photosReady', { n: numbers.format(photos.length) }))]);
  keepSaid(speaker, text, photos.length);
  const card = albumCard(album, {
    stop: () => {
      isStopped = true;
      card.end();
    },
    takenOut: () => countNotMe(speaker),
  });
  reveal(addAnswer(conversation, card.element));
  forgotten.addEventListener('abort', () => {
    isStopped = true;
    card.element.replaceChildren(gone());
  });

  /**
   * @param {Presence | undefined} presence
   * @param {readonly File[]} sent
   * @param {readonly Unread[]} unread
   */
  const noteFirst = (presence, sent, unread) => {
    album.seen += presence?.seen ?? 0;
    album.unread.push(...unread, ...unseen(presence, sent));
    again.push(...filesOf(presence, sent, (photo) => photo.again === true));
  };
  /**
   * @param {Presence | undefined} presence
   * @param {readonly File[]} sent
   */
  const noteAgain = (presence, sent) => {
    album.maybe.push(...filesOf(presence, sent, ({ verdict }) => verdict === 'possible').map((file) => ({ file })));
    album.advice = presence?.advice ?? album.advice;
  };
  /**
   * @param {readonly File[]} all
   * @param {boolean} isAgain whether they were looked at before
   */
  const lookAt = async (all, isAgain) => {
    const queue = [...all];
    // A part fails when one of its photos cannot be read. Then its photos are sent one by one.
    const alone = new Set();
    while (queue.length > 0 && !isStopped) {
      album.left = queue.length;
      card.draw();
      const { usable: sure } = await sortOut(isAgain ? surest(album.found).slice(0, SURE) : []);
      const [first] = queue;
      const part = queue.slice(0, alone.has(first) ? 1 : facts.limits.photos - sure.length);
      const { usable, unread } = await sortOut(part);
      const said = `/me of ${photos.length}${isAgain ? ' again' : ''}`;
      const presence = await ask(conversation, { text, said, sure, photos: usable, onAway: card.away });
      if (forgotten.aborted) return;
      if (!presence && usable.length > 1) {
        for (const photo of part) alone.add(photo);
        continue;
      }
      queue.splice(0, part.length);
      if (presence) album.found.push(...foundOf(presence, [...sure, ...usable]));
      if (isAgain) noteAgain(presence, [...sure, ...usable]);
      else noteFirst(presence, usable, unread);
    }
  };
  await lookAt(photos, false);
  await lookAt(again, true);
  if (forgotten.aborted) return;
  album.left = 0;
  card.end();
}

/**
 * Sends photos of an album, and gives the results. If a question or problem comes back instead, it
 * is shown, and the results come after the person has answered it. Gives undefined when there are
 * no photos, when one of them cannot be read, or when the person was erased.
 * @param {Conversation} conversation
 * @param {{text: string, said: string, sure: readonly File[], photos: readonly File[], onAway:
 * (isAway: boolean) => void}} message `text` was typed, `said` is sent. `sure` are photos whose
 * results are known. `onAway` gets true when the program ended before it answered, and false once
 * it has answered
 * @returns {Promise<Presence | undefined>}
 */
function ask(conversation, { text, said, sure, photos, onAway }) {
  const { speaker } = conversation;
  const { signal: forgotten } = conversation.photos;
  const away = () => onAway(true);
  return new Promise((resolve) => {
    const take = async (/** @type {Promise<Reply[]>} */ coming) => {
      const replies = (await coming).map((reply) => withoutKnown(reply, sure.length));
      onAway(false);
      if (forgotten.aborted) return resolve(undefined);
      const presence = replies.find((reply) => reply.kind === 'presence');
      const isUnread = !presence && (replies.some(isAboutPhoto) || (await sortOut(photos)).unread.length > 0);
      if (isUnread) return resolve(undefined);
      keep(speaker, text, replies);
      if (presence?.kind === 'presence') return resolve(presence);
      const context = {
        press: (/** @type {string} */ action) => {
          answered(action);
          void take(pressButton(speaker, action, away));
        },
        say: () => {},
        again: send,
        command: text,
        photos: [],
      };
      for (const reply of replies) reveal(addAnswer(conversation, withAgain(renderReply(reply, context), reply, send)));
    };
    const send = () => void take(sendMessage(speaker, said, [...sure, ...photos], away));
    if (photos.length > 0) send();
    else resolve(undefined);
  });
}

/**
 * A reply without the results of the first photos, which are known.
 * @param {Reply} reply
 * @param {number} known
 * @returns {Reply}
 */
function withoutKnown(reply, known) {
  if (reply.kind !== 'presence') return reply;
  return { ...reply, photos: reply.photos.filter(({ number }) => number > known) };
}

/** @param {Reply} reply */
function isAboutPhoto(reply) {
  return reply.kind === 'error' && stepAfter(reply) === 'photo';
}

/**
 * The sent photos that have no result.
 * @param {Presence | undefined} presence
 * @param {readonly File[]} sent
 * @returns {Unread[]}
 */
function unseen(presence, sent) {
  const seen = new Set(presence?.photos.map(({ number }) => number));
  return sent.flatMap((file, index) => (seen.has(index + 1) ? [] : [{ file }]));
}

/**
 * The files of the photos that are `wanted`.
 * @param {Presence | undefined} presence
 * @param {readonly File[]} files the sent files, in their order
 * @param {(photo: PresencePhoto) => boolean} wanted
 */
function filesOf(presence, files, wanted) {
  return presence?.photos.filter(wanted).flatMap(({ number }) => files[number - 1] ?? []) ?? [];
}

/**
 * The files of found photos, the nearest first.
 * @param {readonly Found[]} found
 */
function surest(found) {
  return found.toSorted((a, b) => (a.distance ?? 0) - (b.distance ?? 0)).flatMap(({ file }) => file ?? []);
}
