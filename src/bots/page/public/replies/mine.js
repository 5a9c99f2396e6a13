import { el } from '../dom.js';
import { saveFile } from '../download.js';
import { numbers, t } from '../facts.js';
import { thumbnail } from '../thumbnail.js';
import { buttons } from './question.js';
import { paragraphs } from './text.js';

/**
 * A photo that shows its asker: the picture that came back, the file, if the tab still has it, and
 * the distance.
 * @typedef {{picture?: string | undefined, alt?: string | undefined, file?: File | undefined,
 * distance?: number | undefined}} Found
 */

/**
 * Shows the answer's text, and the photos that show the asker.
 * @param {import('../api.js').Presence} reply
 * @param {import('./reply.js').Context} context
 */
export function renderPresence(reply, context) {
  const found = foundOf(reply, context.photos);
  return el(
    'div',
    { class: 'card presence' },
    ...paragraphs(reply.text),
    found.length > 0 && grid(found),
    downloadAll(found),
    reply.actions && reply.actions.length > 0 && buttons(reply.actions, context),
  );
}

/**
 * The photos that match, or that came back as a picture, each with its file.
 * @param {import('../api.js').Presence} reply
 * @param {readonly File[]} files the sent files, in their order
 * @returns {Found[]}
 */
export function foundOf({ photos }, files) {
  return photos.flatMap(({ number, verdict, picture, alt, distance }) =>
    verdict === 'match' || picture !== undefined ? [{ picture, alt, distance, file: files[number - 1] }] : [],
  );
}

/**
 * A small picture. Pressing it opens it in its full size; a button saves the original.
 * @param {Found} found
 * @param {() => void} [takeOut] called when the asker says that the photo shows somebody else
 */
export function tile(found, takeOut) {
  // After a press the next tile moves to where the pressed button was. So the second click of a
  // double click is ignored.
  const onclick = (/** @type {MouseEvent} */ { detail }) => detail < 2 && takeOut?.();
  const out = takeOut && el('button', { type: 'button', class: 'not-me', onclick }, t('notMe'));
  return el('li', {}, view(found), save(found), out);
}

/** @param {readonly Found[]} found */
function grid(found) {
  return el('ul', { class: 'album' }, ...found.map((one) => tile(one)));
}

/**
 * Photos that may show the asker, folded until somebody opens them.
 * @param {readonly Found[]} found
 */
export function uncertain(found) {
  if (found.length === 0) return undefined;
  return el(
    'details',
    { class: 'maybe' },
    el('summary', {}, t('albumMaybe', { n: numbers.format(found.length) })),
    grid(found),
  );
}

/** @param {Found} found */
function view({ picture, alt = '', file }) {
  const own = () => (file ? thumbnail(file) : el('span', { class: 'gone' }, t('photoGone')));
  if (picture === undefined) return own();
  const shown = el('img', { loading: 'lazy', src: picture, alt });
  const larger = el('a', { href: picture, target: '_blank', rel: 'noreferrer' }, shown);
  // The program drops its pictures after some minutes. Then the asker's own file is shown.
  shown.addEventListener('error', () => larger.replaceWith(own()));
  return larger;
}

/** @param {Found} found */
function save({ file }) {
  if (!file) return undefined;
  const title = t('saveOriginal', { name: file.name });
  return el('button', { type: 'button', class: 'save', title, onclick: () => saveFile(file) }, title);
}

/**
 * A button that saves all originals. They are the browser's own files, so this sends nothing.
 * @param {readonly Found[]} found
 */
export function downloadAll(found) {
  const files = found.flatMap(({ file }) => file ?? []);
  if (files.length === 0) return undefined;
  return el(
    'button',
    { type: 'button', class: 'primary save-all', onclick: () => files.forEach(saveFile) },
    t('downloadAll', { n: numbers.format(files.length) }),
  );
}
