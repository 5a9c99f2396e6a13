import { byId, el } from './dom.js';
import { t } from './facts.js';
import { avatar, groupTitle } from './who.js';

/** @typedef {import('./api.js').Speaker} Speaker */

/**
 * One person's chat in one group. Its messages stay while the tab is open, even when another person
 * is chosen.
 * @typedef {object} Conversation
 * @property {Speaker} speaker
 * @property {HTMLElement} log
 * @property {AbortController} photos aborted when the person is erased: then nothing shows their
 * photos any more
 */

/** @type {Map<string, Conversation>} */
const conversations = new Map();

/**
 * Shows a person's conversation in a group.
 * @param {Speaker} speaker
 * @param {(conversation: Conversation) => void} [onBegin] called for a conversation that is shown
 * for the first time
 * @returns {Conversation}
 */
export function openConversation(speaker, onBegin = () => {}) {
  const key = JSON.stringify([speaker.user, speaker.scope]);
  const known = conversations.get(key);
  const conversation = known ?? begin(speaker);
  conversations.set(key, conversation);
  if (!known) onBegin(conversation);
  for (const { log } of conversations.values()) log.hidden = log !== conversation.log;
  scrollToEnd(conversation);
  return conversation;
}

/**
 * Adds a person's message: its text, and its photos as the tray showed them.
 * @param {Conversation} conversation
 * @param {string} text
 * @param {readonly HTMLElement[]} thumbnails
 */
export function addOwn({ log, speaker }, text, thumbnails) {
  log.querySelector('.welcome')?.remove();
  log.append(
    el(
      'article',
      { class: 'own' },
      el('h3', { class: 'sr' }, t('says', { name: speaker.name })),
      thumbnails.length > 0 && el('div', { class: 'thumbnails' }, ...thumbnails),
      text !== '' && el('p', {}, text),
    ),
  );
}

/**
 * Adds a card with an answer of facefinder, and gives the article around the card.
 * @param {Conversation} conversation
 * @param {HTMLElement} card
 */
export function addAnswer({ log }, card) {
  log.querySelector('.welcome')?.remove();
  const article = el('article', { class: 'answer', tabindex: '-1' }, el('h3', { class: 'sr' }, t('answers')), card);
  log.append(article);
  return article;
}

/**
 * How much of a conversation is in view at once, in pixels. On a low screen the whole page scrolls,
 * so the height of the window counts too.
 */
export const viewHeight = () => Math.min(byId('logs').clientHeight, innerHeight);

/**
 * Scrolls to an answer, or to its beginning when it is taller than the view. It scrolls again when
 * the answer's picture has loaded.
 * @param {HTMLElement} article
 */
export function reveal(article) {
  const show = () => {
    const isTall = article.offsetHeight > viewHeight();
    article.scrollIntoView({ block: isTall ? 'start' : 'nearest' });
  };
  show();
  article.querySelector('.picture img')?.addEventListener('load', show, { once: true });
}

/**
 * Removes all photos, and the buttons that save them, from the conversation of a person who was
 * erased. Ends the searches that are still running.
 * @param {Conversation} conversation
 */
export function forgetPhotos(conversation) {
  const { log, photos } = conversation;
  photos.abort();
  conversation.photos = new AbortController();
  for (const image of log.querySelectorAll('img')) URL.revokeObjectURL(image.src);
  for (const saver of log.querySelectorAll('.save, .save-all, .maybe, .crop canvas')) saver.remove();
  for (const picture of log.querySelectorAll('.thumbnails img, .thumbnails .file, .picture, .album')) {
    picture.replaceWith(gone());
  }
}

/** The words that stand where a photo was. */
export const gone = () => el('span', { class: 'gone' }, t('photoGone'));

/** @param {Speaker} speaker */
function begin(speaker) {
  const log = el(
    'section',
    {
      class: 'log',
      role: 'log',
      'aria-label': t('conversation', { name: speaker.name, group: groupTitle(speaker.scope) }),
    },
    el(
      'header',
      { class: 'log-head' },
      avatar(speaker.name),
      el('h2', {}, t('conversation', { name: speaker.name, group: groupTitle(speaker.scope) })),
    ),
  );
  byId('logs').append(log);
  return { speaker, log, photos: new AbortController() };
}

/** @param {Conversation} conversation */
function scrollToEnd({ log }) {
  const last = log.lastElementChild;
  if (last instanceof HTMLElement) reveal(last);
}
