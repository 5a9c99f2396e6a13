import { pressButton, sendMessage } from './api.js';
import { addAnswer, addOwn, reveal } from './conversation.js';
import { el } from './dom.js';
import { facts, numbers, t } from './facts.js';
import { answered, keep, keepSaid } from './kept.js';
import { downloadAll, foundOf, grid } from './replies/mine.js';
import { renderReply } from './replies/reply.js';

/**
 * @typedef {import('./api.js').Reply} Reply
 * @typedef {import('./conversation.js').Conversation} Conversation
 */

/**
 * Searches for the asker in more photos than one message may have. It sends the photos in parts,
 * and says with each part how many there are in all. One card shows the results, and grows with
 * them. A question or problem appears below the card. The search goes on once it is answered.
 * @param {Conversation} conversation
 * @param {string} text what was typed: `/me`, and perhaps more words, which mean nothing
 * @param {readonly File[]} photos
 */
export function searchAlbum(conversation, text, photos) {
  const { speaker } = conversation;
  const most = facts.limits.photos;
  const state = { at: 0, seen: 0, unread: 0, takenOut: 0, isStopped: false, isAway: false };
  /** @type {import('./replies/mine.js').Found[]} */
  const found = [];
  addOwn(conversation, text, [el('span', { class: 'file' }, t('photosReady', { n: numbers.format(photos.length) }))]);
  keepSaid(speaker, text, photos.length);
  const card = el('div', { class: 'card presence', role: 'status' });
  reveal(addAnswer(conversation, card));

  const draw = () => {
    const left = photos.length - state.at;
    const isOver = left <= 0 || state.isStopped;
    const figures = { found: numbers.format(found.length), seen: numbers.format(state.seen) };
    const said = isOver ? t('albumDone', figures) : t('albumSoFar', { ...figures, left: numbers.format(left) });
    card.replaceChildren(
      el('p', {}, said),
      el('progress', { max: photos.length, value: Math.min(state.at, photos.length), 'aria-label': said }),
      ...(state.isAway ? [el('p', {}, t('startingAgain'))] : []),
      ...(state.unread > 0 ? [el('p', { class: 'fine' }, t('albumUnread', { n: numbers.format(state.unread) }))] : []),
      ...(state.takenOut > 0
        ? [el('p', { class: 'fine' }, t('albumTakenOut', { n: numbers.format(state.takenOut) }))]
        : []),
      ...(found.length > 0 ? [grid(found, takeOut)] : []),
      ...[isOver ? downloadAll(found) : stopButton()].filter((button) => button !== undefined),
    );
    card.dataset.state = isOver ? 'over' : 'running';
  };
  /** @param {import('./replies/mine.js').Found} one */
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

  const onAway = () => {
    state.isAway = true;
    draw();
  };
  const part = () => photos.slice(state.at, state.at + most);
  const next = async () => {
    draw();
    if (state.at >= photos.length || state.isStopped) return;
    await take(await sendMessage(speaker, `/me of ${photos.length}`, part(), onAway));
  };
  /** @param {readonly Reply[]} replies */
  const take = async (replies) => {
    state.isAway = false;
    keep(speaker, text, replies);
    const presence = replies.find((reply) => reply.kind === 'presence');
    if (presence?.kind === 'presence') {
      found.push(...foundOf(presence, part()));
      state.seen += presence.seen;
      state.unread += part().length - presence.seen;
      state.at += most;
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
    draw();
    for (const reply of replies) reveal(addAnswer(conversation, renderReply(reply, context)));
  };
  return next();
}
