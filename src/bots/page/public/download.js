import { el } from './dom.js';

/**
 * Saves a copy of a file that the browser has, under its name.
 * @param {File} file
 */
export function saveFile(file) {
  const href = URL.createObjectURL(file);
  el('a', { href, download: file.name }).click();
  URL.revokeObjectURL(href);
}

/**
 * Saves text as a file.
 * @param {string} name
 * @param {string} text
 * @param {string} type
 */
export function download(name, text, type) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href, download: name }).click();
  URL.revokeObjectURL(href);
}
