import { pressButton, sendMessage } from './api.js';
import { addAnswer, addOwn, reveal } from './conversation.js';
import { el } from './dom.js';
import { facts, numbers, t } from './facts.js';
import { answered, keep, keepSaid } from './kept.js';
import { downloadAll, foundOf, grid, uncertain } from './replies/mine.js';
import { renderReply } from './replies/reply.js';

/**
 * @typedef {import('./api.js').Reply} Reply
 * @typedef {import('./api.js').Presence} Presence
 * @typedef {import('./api.js').PresencePhoto} PresencePhoto
 * @typedef {import('./conversation.js').Conversation} Conversation
 * @typedef {import('./replies/mine.js').Found} Found
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
 * the card, and the search goes on once the person has answered that.
 * @param {Conversation} conversation
 * @param {string} text what was typed: `/me`, and perhaps more words, which mean nothing
 * @param {readonly File[]} photos
 */
export function searchAlbum(conversation, text, photos) {
  const { speaker } = conversation;
  const most = facts.limits.photos;
  const state = { at: 0, seen: 0, unread: 0, takenOut: 0, isStopped: false, isAway: false };
  /** @type {Found[]} */
  const found = [];
  /** @type {File[]} */
  const again = [];
  /** @type {Found[]} */
  const maybe = [];
  /** @type {string | undefined} */
  let advice;
  addOwn(conversation, text, [el('span', { class: 'file' }, t('photosReady', { n: numbers.format(photos.length) }))]);
  keepSaid(speaker, text, photos.length);
  const card = el('div', { class: 'card presence', role: 'status' });
  reveal(addAnswer(conversation, card));

  const draw = () => {
    const left = photos.length - state.at || again.length;
    const isOver = left === 0 || state.isStopped;
    const figures = { found: numbers.format(found.length), seen: numbers.format(state.seen) };
    const said = isOver ? t('albumDone', figures) : t('albumSoFar', { ...figures, left: numbers.format(left) });
    card.replaceChildren(
      el('p', {}, said),
      el('progress', { max: photos.length, value: state.at, 'aria-label': said }),
      ...(state.isAway ? [el('p', {}, t('startingAgain'))] : []),
      ...(state.unread > 0 ? [el('p', { class: 'fine' }, t('albumUnread', { n: numbers.format(state.unread) }))] : []),
      ...(state.takenOut > 0
        ? [el('p', { class: 'fine' }, t('albumTakenOut', { n: numbers.format(state.takenOut) }))]
        : []),
      ...(found.length > 0 ? [grid(found, takeOut)] : []),
      ...[
        isOver ? downloadAll(found) : stopButton(),
        isOver ? uncertain(maybe) : undefined,
        isOver && maybe.length > 0 && advice ? el('p', {}, advice) : undefined,
      ].filter((one) => one !== undefined),
    );
    card.dataset.state = isOver ? 'over' : 'running';
  };
  /** @param {Found} one */
  const takeOut = (one) => {
    found.splice(found.indexOf(one), 1);
    state.takenOut++;
    draw();
  };
  const stopButton = () => {
    const stop = () => {
      state.isStopped = true;
      draw();
    };
    return el('button', { type: 'button', class: 'stop', onclick: stop }, t('stop'));
  };

  const away = (/** @type {boolean} */ isAway) => {
    state.isAway = isAway;
    draw();
  };
  const next = async () => {
    draw();
    if (state.isStopped) return;
    if (state.at < photos.length) {
      const part = photos.slice(state.at, state.at + most);
      await send(conversation, text, { said: `/me of ${photos.length}`, sure: [], part, next, away }, (presence) => {
        state.seen += presence.seen;
        state.unread += part.length - presence.seen;
        state.at += part.length;
        found.push(...foundOf(presence, part));
        again.push(...filesOf(presence, part, (photo) => photo.again === true));
      });
    } else if (again.length > 0) {
      const sure = surest(found).slice(0, SURE);
      const part = again.slice(0, most - sure.length);
      await send(conversation, text, { said: `/me of ${photos.length} again`, sure, part, next, away }, (presence) => {
        again.splice(0, part.length);
        found.push(...foundOf(presence, [...sure, ...part]));
        advice = presence.advice ?? advice;
        const isPossible = (/** @type {PresencePhoto} */ photo) => photo.verdict === 'possible';
        maybe.push(...filesOf(presence, [...sure, ...part], isPossible).map((file) => ({ file })));
      });
    }
  };
  return next();
}

/**
 * Sends a part of an album, and then calls `next`. If a question or problem comes back instead of
 * results, it is shown, and `next` is called after the person has answered it.
 * @param {Conversation} conversation
 * @param {string} text what was typed
 * @param {{said: string, sure: readonly File[], part: readonly File[], next: () => Promise<void>,
 * away: (isAway: boolean) => void}} message `sure` are photos whose results are known. `away` gets
 * true when the program ended before it answered, and false once it has answered
 * @param {(presence: Presence) => void} note takes the results of `part`
 */
async function send(conversation, text, { said, sure, part, next, away }, note) {
  const { speaker } = conversation;
  const onAway = () => away(true);
  /** @param {readonly Reply[]} all */
  const take = async (all) => {
    away(false);
    const replies = all.map((reply) =>
      reply.kind === 'presence'
        ? { ...reply, photos: reply.photos.filter(({ number }) => number > sure.length) }
        : reply,
    );
    keep(speaker, text, replies);
    const presence = replies.find((reply) => reply.kind === 'presence');
    if (presence?.kind === 'presence') {
      note(presence);
      return await next();
    }
    const context = {
      press: async (/** @type {string} */ action) => {
        answered(action);
        await take(await pressButton(speaker, action, onAway));
      },
      say: () => {},
      again: () => void next(),
      command: text,
      photos: [],
    };
    for (const reply of replies) reveal(addAnswer(conversation, renderReply(reply, context)));
  };
  await take(await sendMessage(speaker, said, [...sure, ...part], onAway));
}

/**
 * The files of the photos that are `wanted`.
 * @param {Presence} presence
 * @param {readonly File[]} files the sent files, in their order
 * @param {(photo: PresencePhoto) => boolean} wanted
 */
function filesOf({ photos }, files, wanted) {
  return photos.filter(wanted).flatMap(({ number }) => files[number - 1] ?? []);
}

/**
 * The files of found photos, the nearest first.
 * @param {readonly Found[]} found
 */
function surest(found) {
  return found.toSorted((a, b) => (a.distance ?? 0) - (b.distance ?? 0)).flatMap(({ file }) => file ?? []);
}
