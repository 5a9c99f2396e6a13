import { hasCamera, openCamera } from './camera.js';
import { byId, el } from './dom.js';
import { t } from './facts.js';
import { choosePhotos, chosenPhotos, collectPhotos, takePhotos, tray } from './photos.js';
import { sampleStrip } from './samples.js';
import { suggestCommands } from './suggestions.js';

/** @typedef {import('./turn.js').Message} Message */

/** The two commands that need photos, and their button's words. */
const WITH_PHOTOS = { '/enroll': 'enrolMe', '/find': 'findPeople' };

const AT_ONCE = { '/forget': 'forgetMe', '/mydata': 'myData', '/privacy': 'privacy', '/help': 'help' };

/** @type {(message: Message) => void} */
let send = () => {};

/**
 * Lets a person write, press a command's button and add photos.
 * @param {(message: Message) => void} onSend
 */
export function compose(onSend) {
  send = onSend;
  collectPhotos(draw);
  suggestCommands(text());
  text().addEventListener('input', draw);
  byId('entry').addEventListener('submit', (event) => {
    event.preventDefault();
    if (text().value.trim() === '' && chosenPhotos().length === 0) return;
    submit(text().value.trim());
  });
  byId('main-commands').append(...Object.entries(WITH_PHOTOS).map(([command, word]) => button(command, word, propose)));
  byId('commands').append(
    ...Object.entries(AT_ONCE).map(([command, word]) =>
      button(command, word, () => send({ text: command, photos: [] })),
    ),
  );
  addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement === document.body) text().focus();
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) cancel();
  });
  draw();
}

/**
 * Puts a command into the message and asks for what it lacks; one that lacks nothing is sent.
 * @param {string} command
 */
export function propose(command) {
  if (command in WITH_PHOTOS && chosenPhotos().length === 0) {
    text().value = command;
    draw();
    byId('sheet').querySelector('button')?.focus();
  } else submit(command);
}

/** @param {string} command */
function submit(command) {
  text().value = '';
  send({ text: command, photos: takePhotos() });
  draw();
}

function cancel() {
  text().value = '';
  takePhotos();
  text().focus();
}

/** The sheet says what is about to happen: photos without a command ask for one, a command without photos for those. */
function draw() {
  const sheet = byId('sheet');
  const photos = chosenPhotos();
  const command = text().value.trim().toLowerCase();
  const word = Object.entries(WITH_PHOTOS).find(([name]) => name === command)?.[1];
  sheet.hidden = photos.length === 0 && word === undefined;
  byId('send').textContent = word && photos.length > 0 ? t(word) : t('send');
  byId('send').classList.toggle('ready', word !== undefined && photos.length > 0);
  for (const name of Object.keys(WITH_PHOTOS)) {
    document.querySelector(`[data-command="${name}"]`)?.setAttribute('aria-pressed', String(name === command));
  }
  if (sheet.hidden) return sheet.replaceChildren();

  const heading =
    photos.length === 0 ? t(command === '/find' ? 'addPhotos' : 'addSelfies') : t('photosReady', { n: photos.length });
  const next = photos.length > 0 && word === undefined ? el('p', {}, t('whatWithPhotos')) : undefined;
  sheet.replaceChildren(
    el(
      'div',
      { class: 'sheet-head' },
      el('h3', {}, heading),
      el('button', { type: 'button', class: 'quiet', onclick: cancel }, t('cancel')),
    ),
    ...(photos.length > 0 ? [tray()] : []),
    ...(next ? [next] : []),
    ...(photos.length === 0 ? [sources(command)] : []),
  );
}

/** @param {string} command */
function sources(command) {
  const strip = sampleStrip(command === '/find' ? 'groups' : 'selfies');
  return el(
    'div',
    { class: 'sources' },
    el('button', { type: 'button', class: 'primary', onclick: choosePhotos }, t('choosePhoto')),
    hasCamera() && el('button', { type: 'button', onclick: () => void openCamera() }, t('takePhoto')),
    el('span', { class: 'hint' }, t('orDrop')),
    strip,
  );
}

/**
 * @param {string} command
 * @param {string} word
 * @param {(command: string) => void} run
 */
function button(command, word, run) {
  return el(
    'button',
    { type: 'button', 'data-command': command, title: command, onclick: () => run(command) },
    t(word),
  );
}

const text = () => /** @type {HTMLInputElement} */ (byId('text'));
