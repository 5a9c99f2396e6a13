import { hasCamera, openCamera } from './camera.js';
import { byId, el } from './dom.js';
import { commandOf, facts, numbers, t } from './facts.js';
import { draft, keepDraft } from './kept.js';
import { addPhotos, choosePhotos, chosenPhotos, collectPhotos, takePhotos, tray } from './photos.js';
import { suggestCommands } from './suggestions.js';

/** @typedef {import('./turn.js').Message} Message */

/** @typedef {import('./facts.js').Command} Command */

/** @type {(message: Message) => void} */
let send = () => {};

/** The photos and the command that the sheet shows. */
/** @type {{photos?: readonly File[], typed?: Command | undefined}} */
let shown = {};

/**
 * Lets a person write, press a command's button and add photos.
 * @param {(message: Message) => void} onSend
 */
export function compose(onSend) {
  send = onSend;
  collectPhotos(draw);
  suggestCommands(text());
  text().value = draft();
  text().addEventListener('input', draw);
  byId('take').addEventListener('click', takeWithCamera);
  byId('entry').addEventListener('submit', (event) => {
    event.preventDefault();
    if (text().value.trim() === '' && chosenPhotos().length === 0) return;
    submit(text().value.trim());
  });
  for (const command of facts.commands) {
    if (command.photos) byId('main-commands').append(button(command, propose));
    else byId('commands').append(button(command, (typed) => send({ text: typed, photos: [] })));
  }
  addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement === document.body) text().focus();
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) cancel();
  });
  draw();
}

/**
 * Puts a command into the message, and asks for the photos that it needs. A command that needs
 * none, or whose photos are chosen already, is sent.
 * @param {string} command
 */
export function propose(command) {
  if (commandOf(command)?.photos && chosenPhotos().length === 0) {
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

/**
 * Puts text and photos that could not be sent back into the message.
 * @param {string} typed
 * @param {readonly File[]} photos
 */
export function putBack(typed, photos) {
  text().value = typed;
  addPhotos(photos);
}

function cancel() {
  text().value = '';
  takePhotos();
  draw();
  text().focus();
}

/**
 * Draws the message that will be sent. If it has photos and no command, it asks for a command. If
 * it has a command and no photos, it asks for the command's photos.
 */
function draw() {
  keepDraft(text().value);
  const sheet = byId('sheet');
  const photos = chosenPhotos();
  const typed = commandOf(text().value);
  const command = typed?.photos && typed;
  sheet.hidden = photos.length === 0 && command === undefined;
  byId('send').textContent = command && photos.length > 0 ? command.button : t('send');
  byId('send').classList.toggle('ready', command !== undefined && photos.length > 0);
  for (const pressed of byId('main-commands').querySelectorAll('[data-command]')) {
    pressed.setAttribute('aria-pressed', String(pressed.getAttribute('data-command') === `/${command?.name}`));
  }
  // Small pictures are slow to make, so they are not made again at each typed letter.
  if (shown.photos === photos && shown.typed === typed) return;
  shown = { photos, typed };
  if (sheet.hidden) return sheet.replaceChildren();

  const add = photos.length === 0 ? typed?.photos : undefined;
  const heading = add ? add.add : t('photosReady', { n: numbers.format(photos.length) });
  const next = photos.length > 0 && command === undefined ? el('p', {}, t('whatWithPhotos')) : undefined;
  sheet.replaceChildren(
    el(
      'div',
      { class: 'sheet-head' },
      el('h3', {}, heading),
      el('button', { type: 'button', class: 'quiet', onclick: cancel }, t('cancel')),
    ),
    ...(photos.length > 0 ? [tray()] : []),
    ...(next ? [next] : []),
    ...(add ? [sources()] : []),
  );
}

/**
 * Shows from where photos can come: a button for files, one for the camera if there is one, and a
 * hint that photos can be dropped here.
 */
function sources() {
  return el(
    'div',
    { class: 'sources' },
    el('button', { type: 'button', class: 'primary', onclick: choosePhotos }, t('choosePhoto')),
    hasCamera() && el('button', { type: 'button', onclick: takeWithCamera }, t('takePhoto')),
    el('span', { class: 'hint' }, t('orDrop')),
  );
}

/** Opens the camera. For /enroll it gives instructions, and takes the selfies by itself. */
function takeWithCamera() {
  void openCamera({ isCoached: commandOf(text().value)?.name === 'enroll' });
}

/**
 * @param {Command} command
 * @param {(typed: string) => void} run
 */
function button({ name, button }, run) {
  const typed = `/${name}`;
  return el('button', { type: 'button', 'data-command': typed, title: typed, onclick: () => run(typed) }, button);
}

const text = () => /** @type {HTMLInputElement} */ (byId('text'));
