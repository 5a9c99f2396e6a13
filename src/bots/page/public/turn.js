import { searchAlbum } from './album.js';
import { pressButton, sendMessage } from './api.js';
import { addAnswer, addOwn, forgetPhotos, gone, reveal } from './conversation.js';
import { byId, el } from './dom.js';
import { commandOf, facts, numbers, t } from './facts.js';
import { answered, keep, keepSaid, keptOf } from './kept.js';
import { nextSteps } from './replies/next.js';
import { renderReply } from './replies/reply.js';
import { thumbnails } from './thumbnail.js';
import { sortOut, told } from './usable.js';

/**
 * @typedef {import('./api.js').Reply} Reply
 * @typedef {import('./conversation.js').Conversation} Conversation
 * @typedef {{text: string, photos: readonly File[]}} Message
 */

/**
 * Whether there is a keyboard. On a touch screen, setting the focus would open an on-screen
 * keyboard that nobody asked for.
 */
const hasKeyboard = matchMedia('(pointer: fine)');

/**
 * Sends a message, shows the answer when it comes, and gives it.
 * @param {Conversation} conversation
 * @param {Message} message
 */
export async function say(conversation, message) {
  addOwn(conversation, message.text, thumbnails(message.photos));
  keepSaid(conversation.speaker, message.text, message.photos.length);
  return await show(conversation, message, (onAway) =>
    sendMessage(conversation.speaker, message.text, message.photos, onAway),
  );
}

/** Commands that answer each photo on its own. */
const IN_PARTS = ['find', 'blur'];

/**
 * Sends a message. The photos of a `/find` or `/blur` go in parts, each with as many as one message
 * may have, until an answer is no result (a question, a limit). If a `/me` has more photos than one
 * message may have, they are searched as an album. Photos that cannot be sent are named.
 * @param {Conversation} conversation
 * @param {Message} message
 * @returns {Promise<readonly File[]>} photos that were not sent
 */
export async function sayInParts(conversation, { text, photos }) {
  if (commandOf(text)?.name === 'me' && photos.length > facts.limits.photos) {
    await searchAlbum(conversation, text, photos);
    return [];
  }
  const most = IN_PARTS.includes(commandOf(text)?.name ?? '') ? facts.limits.photos : photos.length;
  let left = photos;
  do {
    const part = left.slice(0, most);
    // A single photo is always sent, because the program says best what is wrong with it.
    const { usable, unread } = photos.length > 1 ? await sortOut(part) : { usable: part, unread: [] };
    const replies = usable.length > 0 || unread.length === 0 ? await say(conversation, { text, photos: usable }) : [];
    left = left.slice(most);
    if (unread.length > 0) reveal(addAnswer(conversation, unreadCard(unread)));
    if (usable.length > 0 && !replies.some(({ kind }) => kind === 'result' || kind === 'blurred')) return left;
  } while (left.length > 0);
  return left;
}

/**
 * Names the photos that were not sent.
 * @param {readonly import('./usable.js').Unread[]} unread
 */
function unreadCard(unread) {
  return el(
    'div',
    { class: 'card guidance' },
    el('p', {}, t('albumUnread', { n: numbers.format(unread.length) })),
    el('ul', {}, ...unread.map((one) => el('li', {}, told(one)))),
  );
}

/**
 * Presses a button of an answer to `message`.
 * @param {Conversation} conversation
 * @param {Message} message
 * @param {string} action
 */
async function press(conversation, message, action) {
  answered(action);
  await show(conversation, message, (onAway) => pressButton(conversation.speaker, action, onAway));
}

/**
 * @param {Conversation} conversation
 * @param {Message} message
 * @param {(onAway: () => void) => Promise<Reply[]>} send
 */
async function show(conversation, message, send) {
  const { card, onAway } = waiting(message);
  const progress = addAnswer(conversation, card);
  reveal(progress);
  const replies = await send(onAway);
  // The focus moves only if the person waits for this answer, and not while they read or write
  // elsewhere.
  const isWaiting = document.activeElement === document.body || document.activeElement === byId('text');
  progress.remove();
  keep(conversation.speaker, message.text, replies);
  const cards = replies.map((reply) => addAnswer(conversation, renderReply(reply, contextOf(conversation, message))));
  offerNext(conversation, replies);
  if (replies.some((reply) => reply.kind === 'receipt' && reply.of === 'erasure')) forgetPhotos(conversation);
  const [first] = cards;
  if (!first) return replies;
  reveal(first);
  if (isWaiting && first.querySelector('.actions')) first.focus({ preventScroll: true });
  else if (isWaiting && hasKeyboard.matches) byId('text').focus({ preventScroll: true });
  return replies;
}

/**
 * Offers next steps, only under the last answer.
 * @param {Conversation} conversation
 * @param {readonly Reply[]} replies
 */
function offerNext({ log, speaker }, replies) {
  for (const past of log.querySelectorAll('.next-steps')) past.remove();
  const steps = nextSteps(speaker, replies);
  if (steps) log.append(steps);
}

/**
 * Shows the messages from before a reload, without photos. The program keeps a result's picture
 * only for some minutes; after that, words stand in its place.
 * @param {Conversation} conversation
 */
export function restore(conversation) {
  const kept = keptOf(conversation.speaker);
  for (const one of kept) {
    if ('said' in one) {
      addOwn(conversation, one.said.text, Array.from({ length: one.said.photos }, gone));
      continue;
    }
    const context = contextOf(conversation, { text: one.command, photos: [] });
    const answer = addAnswer(conversation, renderReply(one.reply, context));
    const picture = answer.querySelector('.picture');
    picture?.querySelector('img')?.addEventListener('error', () => picture.replaceWith(gone()));
  }
  const answers = kept.slice(kept.findLastIndex((one) => 'said' in one) + 1);
  offerNext(
    conversation,
    answers.flatMap((one) => ('reply' in one ? [one.reply] : [])),
  );
}

/**
 * The actions for the cards of an answer to `message`.
 * @param {Conversation} conversation
 * @param {Message} message
 */
function contextOf(conversation, message) {
  return {
    press: (/** @type {string} */ action) => void press(conversation, message, action),
    say: (/** @type {string} */ text) => void say(conversation, { text, photos: [] }),
    again: () => void say(conversation, message),
    command: message.text,
    photos: message.photos,
  };
}

/**
 * A card with moving dots, and later the seconds, so that people see that work goes on. A call of
 * `onAway` makes it say that the program is starting again.
 * @param {Message} message
 */
function waiting({ photos }) {
  const doing = el('span', {}, photos.length > 0 ? t('looking') : t('thinking'));
  const seconds = el('span', { class: 'seconds', 'aria-hidden': 'true' });
  const started = performance.now();
  const card = el(
    'p',
    { class: 'waiting' },
    el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')),
    doing,
    seconds,
  );
  const clock = setInterval(() => {
    if (!card.isConnected) return clearInterval(clock);
    const passed = Math.floor((performance.now() - started) / 1000);
    if (passed >= 2) seconds.textContent = ` ${t('seconds', { n: numbers.format(passed) })}`;
  }, 500);
  const onAway = () => {
    doing.textContent = t('startingAgain');
  };
  return { card, onAway };
}
