import { byId, el } from './dom.js';
import { droppedFiles } from './dropped.js';
import { t } from './facts.js';
import { thumbnail, thumbnails } from './thumbnail.js';

/** The photos that go with the next message. @type {File[]} */
let photos = [];

/** @type {() => void} */
let onChange = () => {};

/**
 * Lets people choose photos, drop them anywhere on the page (folders too), or paste them.
 * @param {() => void} changed called when the photos change
 */
export function collectPhotos(changed) {
  onChange = changed;
  const files = /** @type {HTMLInputElement} */ (byId('files'));
  byId('choose').addEventListener('click', choosePhotos);
  files.addEventListener('change', () => {
    addPhotos(files.files ?? []);
    files.value = '';
  });
  addEventListener('paste', ({ clipboardData }) => addPhotos(clipboardData?.files ?? []));
  const drop = byId('drop');
  addEventListener('dragenter', ({ dataTransfer }) => {
    drop.hidden = !dataTransfer?.types.includes('Files');
  });
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) drop.hidden = true;
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    drop.hidden = true;
    if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(addPhotos);
  });
}

/** Opens the system's file chooser. */
export function choosePhotos() {
  byId('files').click();
}

/** @param {Iterable<File>} added */
export function addPhotos(added) {
  const more = [...added];
  if (more.length === 0) return;
  photos = [...photos, ...more];
  onChange();
}

export function chosenPhotos() {
  return photos;
}

/** Gives the photos, and begins again with none. */
export function takePhotos() {
  const taken = photos;
  photos = [];
  onChange();
  return taken;
}

/** The first photos as small pictures, each with a button that removes it. */
export function tray() {
  const figures = thumbnails(photos, (photo) =>
    el(
      'span',
      {},
      thumbnail(photo),
      el(
        'button',
        {
          type: 'button',
          'aria-label': t('removePhoto', { name: photo.name }),
          onclick: () => {
            photos = photos.filter((one) => one !== photo);
            onChange();
            byId('text').focus();
          },
        },
        '×',
      ),
    ),
  );
  return el('ul', { class: 'tray', 'aria-label': t('photosToSend') }, ...figures.map((figure) => el('li', {}, figure)));
}
